"""What was said when a login failed: symptoms in the text the user gave, in StatusMessage and on the pages of a capture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from samlcheck.capture.model import Exchange
from samlcheck.case import Case
from samlcheck.facts import FactTable
from samlcheck.finding import Slot, Text
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.causes import cause_of
from samlcheck.packs.fixes import steps, unknown_value
from samlcheck.packs.select import Selection
from samlcheck.packs.symptoms import Sighting, match

_MESSAGES = frozenset(("SAMLRequest", "SAMLResponse", "RelayState", "Signature", "SigAlg", "SAMLart"))
"""Query parameters that hold messages, not words."""
_ASKED = {"set_acs": "request.acs_url", "set_audience": "request.issuer", "set_nameid": "request.nameid_policy_format"}
"""Facts that tell what value an action needs."""


def sightings(catalogue: Catalogue, table: FactTable, selection: Selection) -> tuple[Sighting, ...]:
    """Return the most telling symptom of each text that was said about a login, in the order of the texts.

    First what the user typed (``--error``), then StatusMessage of the response (IdPs pass on what an IdP behind them
    said), then the pages from the response on; where none was issued, from the request on.
    """
    case = table.case
    hits: list[tuple[Sighting, ...]] = []
    if case.told.error:
        hits.append(match(catalogue, case.told.error, homes=_homes(selection)))
    for reading in table.read("response.status_message").items:
        hits.append(tuple(replace(item, in_status=reading.node) for item in match(catalogue, reading.raw) if item.sure))
    hits.extend(match(catalogue, words, url=page.url, status=page.status) for page in _pages(case) if (words := _words(page)))
    first: dict[str, Sighting] = {}
    for found in hits:
        for item in found[:1]:
            seen = first.setdefault(item.symptom.id, item)
            if item.in_status and not seen.in_status:
                first[item.symptom.id] = replace(seen, in_status=item.in_status)
    return tuple(replace(item, steps=_steps(item, selection)) for item in first.values())


def _homes(selection: Selection) -> frozenset[str]:
    """Return the symptom packs of the service at hand, with those it builds upon, and of the IdP."""
    names = [pack.pack for pack, _ in selection.packs if pack.kind == "service"]
    if selection.idp is not None:
        names.append(selection.idp.pack)
    return frozenset(f"{part}-symptoms" for name in names for part in (name, name.partition("-")[0]))


def _steps(sighting: Sighting, selection: Selection) -> tuple[Text, ...]:
    """Return where to click for the most likely cause; what the request asked for is the value to enter."""
    names = sighting.symptom.causes
    do = cause_of(names[0]).do if names else ""
    if not do:
        return ()
    asked = selection.context.table.read(_ASKED[do]).items if do in _ASKED else ()
    value = Slot(asked[0].raw, asked[0].sensitive) if asked else Text.of(unknown_value(do))
    return steps(do, selection, {"value": value})


def _pages(case: Case) -> Iterator[Exchange]:
    """Yield the exchanges that belong to a login: up to the next message, with which another login begins."""
    login = case.login
    message = login.response or login.request
    start = message.captured.exchange if message is not None else None
    starts = [item.exchange for item in login.capture.messages if item.exchange is not None]
    end = min((index for index in starts if start is not None and index > start), default=None)
    for exchange in login.capture.exchanges:
        if exchange.index >= (start or 0) and (end is None or exchange.index < end):
            yield exchange


def _words(exchange: Exchange) -> str:
    """Return what an exchange says to people: the page, and the words in the query strings of its URL and Location."""
    said = [exchange.page_text or "", *_query_words((exchange.url, exchange.location or ""))]
    return "\n".join(part for part in said if part)


def _query_words(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        pairs = [f"{name}={value}" for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _MESSAGES]
        if pairs:
            yield f"{parts.path}?{'&'.join(pairs)}"
