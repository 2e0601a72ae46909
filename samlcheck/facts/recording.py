"""Facts of the recording itself: what it lacks, what made it, and how to record again."""

from __future__ import annotations

from samlcheck.case import Case
from samlcheck.facts.reading import constant
from samlcheck.facts.table import Reading, Readings, fact
from samlcheck.facts.trails import of_trail
from samlcheck.flow import quality
from samlcheck.flow.trail import Trail


@fact("capture.quality", "what the recording lacks", "text", "One code for each shortcoming of the recording", many=True)
@of_trail
def _quality(case: Case, trail: Trail) -> Readings:
    return Readings(tuple(Reading(item.code, item.code, label=item.words) for item in quality.shortcomings(case.login, trail)))


@fact("capture.recorder", "what made the recording", "text", "Browser or proxy that made the recording: Chrome, Firefox, Charles")
@of_trail
def _recorder(case: Case, trail: Trail) -> Readings:
    return constant(quality.made_with(trail, case.login.capture.producer).title)


@fact("capture.how_to_record", "how to record again", "text", "Steps of recording, in the words of what made this one", many=True)
@of_trail
def _how_to_record(case: Case, trail: Trail) -> Readings:
    steps = quality.made_with(trail, case.login.capture.producer).steps
    return Readings(tuple(Reading(step, step) for step in steps))
