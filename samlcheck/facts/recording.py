"""Facts of the recording itself: what it lacks, what made it, and how to record again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import of_flow

if TYPE_CHECKING:
    from samlcheck.flow.flow import Flow


@fact("capture.quality", "what the recording lacks", "text", "One code for each shortcoming of the recording", many=True)
@of_flow
def _quality(flow: Flow) -> Readings:
    return Readings(tuple(Reading(item.code, item.code, label=item.words) for item in flow.shortcomings))


@fact("capture.cookies", "cookies in the recording", "text", "recorded, left out (a sanitised export) or masked")
@of_flow
def _cookies(flow: Flow) -> Readings:
    return constant(flow.cookies_kept)


@fact("capture.recorder", "what made the recording", "text", "Browser or proxy that made the recording: Chrome, Firefox, Charles")
@of_flow
def _recorder(flow: Flow) -> Readings:
    return constant(flow.recorder.title)


@fact("capture.how_to_record", "how to record again", "text", "Steps of recording, in the words of what made this one", many=True)
@of_flow
def _how_to_record(flow: Flow) -> Readings:
    return Readings(tuple(Reading(step, step) for step in flow.recorder.steps))
