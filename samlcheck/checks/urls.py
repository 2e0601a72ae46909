"""URLs: the check ``url`` for one whose parts are as wanted, and whether two are one address to a browser (RFC 3986)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.judging import OK, Judge, Judgement, broken, known, unwanted
from samlcheck.checks.model import Check, UrlShape
from samlcheck.checks.template import Wanted
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Slot, Text

_PORTS = {"http": "80", "https": "443"}


def url(check: Check, context: Context, kind: str) -> Judge | Unknown | Nothing:
    """``url``: every part that the shape names is one of its values; the first part that is not is told.

    Scheme and host are compared without regard to case (RFC 3986 6.2.2.1), a default port counts as written.
    """
    shape = check.url or UrlShape()
    wanted = tuple((name, template.one_of(texts, context)) for name, texts in values_of(shape))
    patterns = tuple((name, template.regex_of(text, context)) for name, text in patterns_of(shape))
    for _, item in (*wanted, *patterns):
        if item.missing is not None:
            return item.missing

    def judge(reading: Reading) -> Judgement:
        trimmed = reading.raw.strip()
        if trimmed != reading.raw:
            fits = isinstance(parts(reading, _split(trimmed)), Held)
            how = difference(trimmed, reading.raw) if fits else None
            expected = Slot(trimmed, reading.sensitive) if fits else None
            return Violation(reading, expected=expected, difference=how, detail=Text.of("it has blanks around it"))
        return parts(reading, _split(reading.raw))

    def parts(reading: Reading, split: SplitResult | None) -> Judgement:
        if split is None or (shape.absolute and not (split.scheme and split.netloc)):
            return broken(reading, "it is not an absolute URL")
        unverified: list[str] = []
        for name, found in wanted:
            open_ones = _fits(name, _actual(split, name), found)
            if open_ones is None:
                return _other(reading, split, name, found)
            unverified.extend(open_ones)
        for name, found in patterns:
            if not template.fits(found.regex, _actual(split, name)):
                return broken(reading, f"the {name} has not the form that is wanted")
            unverified.extend(found.unknown)
        for key in _missing_parameters(split, shape):
            return Violation(reading, detail=Text.of("the query parameter ", Slot(key), " is missing"))
        if not shape.fragment and split.fragment:
            return broken(reading, "it has a fragment (the part after #)")
        return Held(tuple(dict.fromkeys(unverified)))

    return Judge(judge)


def browser_address(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge whether the address is where the browser went.

    A browser writes ``/`` for an empty path, the host in small letters and no default port (RFC 3986 6.2.2.1 and 6.2.3),
    so that tells nothing of what was asked of it. Options: ``fact``: where it went, or what it was asked for.
    """
    if readings is None or not readings.items:
        return Nothing("there is no address")
    there = known(context, options["fact"])
    reading = readings.items[0]
    if not there:
        return Nothing("there is no other address to compare")
    if _in_browser(reading.raw) in map(_in_browser, there):
        return OK
    found = unwanted(reading, Wanted("", there, there[0]), context)
    return Violated((found,)) if isinstance(found, Violation) else OK


def _in_browser(text: str) -> str:
    split = _split(text)
    if split is None or not split.hostname:
        return text
    port = "" if split.port is None or str(split.port) == _PORTS.get(split.scheme) else f":{split.port}"
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    return split._replace(netloc=host + port, path=split.path or "/", fragment="").geturl()


def predicate(shape: UrlShape, parts: Mapping[str, tuple[str, ...]]) -> Callable[[str], bool]:
    """Return what tells whether a URL has a shape, without the reasons that ``url`` gives.

    parts: the values of each part (``values_of``), for no name stands in them; nor may one in the patterns.
    """
    wanted = tuple((name, Wanted("", values)) for name, values in parts.items())
    patterns = tuple(patterns_of(shape))

    def fits(value: str) -> bool:
        split = _split(value)
        return (
            split is not None
            and not (shape.absolute and not (split.scheme and split.netloc))
            and all(_fits(name, _actual(split, name), found) is not None for name, found in wanted)
            and all(template.fits(regex, _actual(split, name)) for name, regex in patterns)
            and not _missing_parameters(split, shape)
            and (shape.fragment or not split.fragment)
        )

    return fits


def values_of(shape: UrlShape) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the parts of a shape that are given by their values."""
    for name in ("scheme", "host", "host_suffix", "port", "path", "path_prefix"):
        texts: tuple[str, ...] = getattr(shape, name)
        if texts:
            yield name, texts


def patterns_of(shape: UrlShape) -> Iterator[tuple[str, str]]:
    """Yield the parts of a shape that are given by patterns."""
    for name, text in (("host", shape.host_pattern), ("path", shape.path_pattern)):
        if text is not None:
            yield name, text


def _missing_parameters(split: SplitResult, shape: UrlShape) -> list[str]:
    there = {key for key, _ in parse_qsl(split.query, keep_blank_values=True)} if shape.query_has else ()
    return [key for key in shape.query_has if key not in there]


# Every service that is installed asks for the host of the same few URLs.
@lru_cache(maxsize=64)
def _split(text: str) -> SplitResult | None:
    try:
        split = urlsplit(text)
        _ = split.port
    except ValueError:
        return None
    return split if text == text.strip() else None


@lru_cache(maxsize=256)
def _actual(split: SplitResult, name: str) -> str:
    if name == "scheme":
        return split.scheme
    if name.startswith("host"):
        return split.hostname or ""
    if name == "port":
        return str(split.port) if split.port is not None else _PORTS.get(split.scheme, "")
    return split.path


def _fits(name: str, actual: str, wanted: Wanted) -> tuple[str, ...] | None:
    """Return the parameters that are not verified, or None if the part does not fit."""
    if name == "host_suffix":
        has = any(actual.endswith(value.lower()) for value in wanted.literals)
        regex = f"(?s).*(?:{wanted.regex})"
    elif name == "path_prefix":
        has = any(actual.startswith(value) for value in wanted.literals)
        regex = f"(?s)(?:{wanted.regex}).*"
    else:
        has = actual in ([value.lower() for value in wanted.literals] if name in ("host", "scheme") else wanted.literals)
        regex = wanted.regex
    if has:
        return ()
    return wanted.unknown if wanted.unknown and template.fits(regex, actual) else None


def _other(reading: Reading, split: SplitResult, name: str, wanted: Wanted) -> Violation:
    """Return the violation for a part that is another, beside the whole URL as it should be where that can be said."""
    if name == "host_suffix":
        return Violation(reading, detail=Text.of("the host does not end in ", wanted.slot))
    if name == "path_prefix":
        return Violation(reading, detail=Text.of("the path does not begin with ", wanted.slot))
    whole = _with(split, name, wanted.shown)
    how = difference(whole, reading.raw) if wanted.literals else None
    return Violation(reading, expected=Slot(whole, wanted.sensitive), difference=how, detail=Text.of(f"the {name} is another"))


def _with(split: SplitResult, name: str, value: str) -> str:
    if name in ("scheme", "path"):
        return split._replace(**{name: value}).geturl()
    host = value if name == "host" else split.hostname or ""
    port = value if name == "port" else split.port
    return split._replace(netloc=host if port is None else f"{host}:{port}").geturl()
