"""What the user did between two requests of a recording, as far as the browser says: that tells a retry from a loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from samlcheck.capture.entry import header, served
from samlcheck.capture.model import Exchange

_AT_ONCE = timedelta(seconds=5)


def user_acted(exchanges: Sequence[Exchange], after: int, before: int) -> bool:
    """Tell whether the user clicked, submitted or typed an address between two exchanges.

    Browsers mark what a user began (Fetch Metadata, Sec-Fetch-User; Sec-Fetch-Site: none is the address bar). Where they
    say nothing of that, a form that was posted without a message after some seconds counts.
    """
    between = exchanges[after + 1 : before]
    if any(header(step.request_headers, "sec-fetch-mode") for step in between):
        return any(
            header(step.request_headers, "sec-fetch-user") == "?1" or header(step.request_headers, "sec-fetch-site") == "none"
            for step in between
        )
    first, last = (step.started or served(step.response_headers) for step in (exchanges[after], exchanges[before]))
    slow = first is None or last is None or last - first > _AT_ONCE
    return slow and any(step.method == "POST" and not step.request_body for step in between)
