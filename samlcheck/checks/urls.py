"""The check ``url``: an absolute URL whose parts are as wanted (RFC 3986)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, urlsplit

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Nothing, Unknown, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.judging import Judge, Judgement, broken
from samlcheck.checks.model import Check, UrlShape
from samlcheck.checks.template import Wanted
from samlcheck.facts import Reading
from samlcheck.finding import Slot, Text

_PORTS = {"http": "80", "https": "443"}


def url(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``url``: every part that the shape names is one of its values; the first part that is not is told."""
    shape = check.url or UrlShape()
    wanted = [(name, part, template.one_of(texts, context)) for name, part, texts in _parts(shape)]
    patterns = [
        (part, template.regex_of(text, context))
        for part, text in (("host", shape.host_pattern), ("path", shape.path_pattern))
        if text is not None
    ]
    for item in [*(found for _, _, found in wanted), *(found for _, found in patterns)]:
        if item.missing is not None:
            return item.missing

    def judge(reading: Reading) -> Judgement:
        split = _split(reading.raw)
        if split is None or (shape.absolute and not (split.scheme and split.netloc)):
            detail = "it has blanks around it" if reading.raw != reading.raw.strip() else "it is not an absolute URL"
            return broken(reading, detail)
        unverified: list[str] = []
        for name, part, found in wanted:
            actual = _actual(split, part)
            shape_only = _fits(name, actual, found)
            if shape_only is None:
                expected = found.shown
                how = difference(expected, actual) if name in ("scheme", "host", "port", "path") and found.literals else None
                return Violation(
                    reading,
                    expected=Slot(expected, found.sensitive),
                    difference=how,
                    detail=Text.of(f"the {part} is not as it should be"),
                )
            unverified.extend(shape_only)
        for part, found in patterns:
            if template.compiled(found.regex).fullmatch(_actual(split, part)) is None:
                return broken(reading, f"the {part} is not as it should be", found.slot)
            unverified.extend(found.unknown)
        names = {key for key, _ in parse_qsl(split.query, keep_blank_values=True)}
        for key in shape.query_has:
            if key not in names:
                return broken(reading, "a query parameter is missing", Slot(key))
        if not shape.fragment and split.fragment:
            return broken(reading, "it has a fragment (the part after #)")
        return Held(tuple(dict.fromkeys(unverified)))

    return Judge(judge)


def _parts(shape: UrlShape) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for name in ("scheme", "host", "host_suffix", "port", "path", "path_prefix"):
        texts: tuple[str, ...] = getattr(shape, name)
        if texts:
            yield name, name.partition("_")[0], texts


def _split(text: str) -> SplitResult | None:
    try:
        split = urlsplit(text)
        _ = split.port
    except ValueError:
        return None
    return split if text == text.strip() else None


def _actual(split: SplitResult, part: str) -> str:
    if part == "scheme":
        return split.scheme
    if part == "host":
        return split.hostname or ""
    if part == "port":
        return str(split.port) if split.port is not None else _PORTS.get(split.scheme, "")
    return split.path


def _fits(name: str, actual: str, wanted: Wanted) -> tuple[str, ...] | None:
    """Return the parameters that are not verified, or None if the part does not fit."""
    if name == "host_suffix":
        has = any(actual.endswith(value.lower()) for value in wanted.literals)
        regex = f".*(?:{wanted.regex})"
    elif name == "path_prefix":
        has = any(actual.startswith(value) for value in wanted.literals)
        regex = f"(?:{wanted.regex}).*"
    else:
        has = actual in ([value.lower() for value in wanted.literals] if name in ("host", "scheme") else wanted.literals)
        regex = wanted.regex
    if has:
        return ()
    return wanted.unknown if wanted.unknown and template.compiled(regex).fullmatch(actual) is not None else None
