"""Headers and cookies of a recording: which are kept, and what of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from samlcheck.capture import jsontext
from samlcheck.flow.ledger import BESIDE
from samlcheck.redact import queries
from samlcheck.redact.words import listing

if TYPE_CHECKING:
    from samlcheck.redact.copyist import Copyist

Object = dict[str, Any]
_AS_IT_IS = listing(
    """
    accept accept-encoding accept-language accept-ranges age allow alt-svc cache-control connection content-encoding
    content-language content-length content-type cross-origin-opener-policy cross-origin-embedder-policy
    cross-origin-resource-policy date dnt expires keep-alive last-modified permissions-policy pragma priority
    referrer-policy retry-after sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site
    sec-fetch-user strict-transport-security te transfer-encoding upgrade upgrade-insecure-requests user-agent vary
    x-content-type-options x-frame-options x-xss-protection :method :scheme access-control-allow-credentials
    access-control-allow-methods
    """
)
_WITH_URLS = listing(
    """
    access-control-allow-origin content-location content-security-policy content-security-policy-report-only forwarded host
    link location origin referer refresh server via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto
    :authority :path
    """
)
_CHALLENGES = listing("authorization proxy-authorization www-authenticate proxy-authenticate")
_VOCABULARY = listing(
    """
    application text html xhtml xml json image avif webp apng png jpeg gif svg css javascript font woff woff2 octet stream
    form urlencoded multipart data boundary charset utf iso plain signed exchange gzip deflate br zstd identity chunked max
    age stale while revalidate no cache store transform must private public immutable only if cached proxy keep alive close
    timeout nosniff deny sameorigin mode block strict origin when cross includesubdomains preload navigate document iframe
    empty cors same site none unsafe url referrer downgrade accept encoding language user agent cookie authorization bytes
    trailers websocket h2 h3 quic clear mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday
    jan feb mar apr may jun jul aug sep oct nov dec gmt utc windows linux macos android ios chrome high medium low lax
    httponly secure session get head post put delete options allow popups require corp credentialless camera microphone
    geolocation self version manual priority
    """
)
"""Words of the values of headers that say how HTTP is spoken, and no more (RFC 9110, RFC 6265, Fetch)."""
_COOKIE_FLAGS = listing("expires max-age secure httponly samesite partitioned priority")
_KNOWN_COOKIE = re.compile(
    r"(?:__Host-|__Secure-)?(?:JSESSIONID|PHPSESSID|ASP\.NET_SessionId|sessionid|csrftoken|SimpleSAML\w*|_shibs\w{0,8}|_opensaml\w{0,10}"
    r"|KEYCLOAK\w*|KC_\w*|AUTH_SESSION_ID\w*|ESTS\w*|buid|fpc|MSISAuth\w*|MSIS\w{0,30}|idx|sid|DT|aws-\w+(?:-\w+)*|noflush_\w+|MRH\w+)",
    re.ASCII,
)


def listed(part: Object, copyist: Copyist) -> list[Object]:
    """Return the headers of a request or an answer as HAR lists them, those of the allow-list alone."""
    return [{"name": name, "value": value} for name, value in kept(jsontext.pairs_of(part, "headers"), copyist)]


def kept(pairs: Iterable[tuple[str, str]], copyist: Copyist) -> list[tuple[str, str]]:
    """Return the headers of the allow-list with their values replaced where those are private."""
    found = []
    for name, value in pairs:
        new = _header(name.lower(), value, copyist)
        if new is None:
            copyist.values.drop(value, "header")
            copyist.values.drop(name, "header name")
        else:
            found.append((copyist.values.kept(name), new))
    return found


def _header(name: str, value: str, copyist: Copyist) -> str | None:
    if name == "user-agent":
        return _agent(value, copyist)
    if name in _AS_IT_IS:
        return standard(value, copyist)
    if name == "cookie":
        return "; ".join(_cookie(part, copyist) for part in value.split(";"))
    if name == "set-cookie":
        return "\n".join(_set_cookie(line, copyist) for line in value.split("\n"))
    if name in ("host", ":authority"):
        return copyist.values.host(value)
    if name in ("location", "referer", "origin", ":path", "content-location"):
        return queries.url(value, copyist)
    if name in _WITH_URLS:
        return copyist.values.text(value, "text")
    if name in _CHALLENGES:
        scheme, blank, rest = value.partition(" ")
        known = scheme.lower() in ("basic", "bearer", "negotiate", "ntlm", "digest", "aws4-hmac-sha256")
        return (copyist.values.kept(scheme) if known else copyist.values.opaque(scheme)) + blank + copyist.values.opaque(rest)
    return None


def _agent(value: str, copyist: Copyist) -> str:
    """Return the name of a browser with its version numbers, which say what it does with cookies; other words are replaced."""
    return re.sub(r"[^\W\d_]\w*|\d{5,}", lambda word: copyist.values.text(word[0], "text"), value)


def standard(value: Any, copyist: Copyist) -> str:
    """Return a value of a standard's own vocabulary: media types, dates, directives. Numbers stay."""
    if not isinstance(value, str):
        return ""
    known = replace(copyist.values, public=copyist.values.public | _VOCABULARY)
    return re.sub(
        r"[^\W\d_]\w*|\d{9,}", lambda word: known.text(word[0], "text") if len(word[0]) > 2 else known.kept(word[0]), value
    )


def _cookie(part: str, copyist: Copyist) -> str:
    name, equals, value = part.partition("=")
    return _cookie_name(name, copyist) + equals + copyist.values.opaque(value, "cookie")


def _cookie_name(name: str, copyist: Copyist) -> str:
    """Return the name of a cookie, by which it is known in the copy too whether it may keep the state of a login."""
    bare = name.strip()
    if _KNOWN_COOKIE.fullmatch(bare):
        new = copyist.values.kept(bare)
    elif beside := BESIDE.match(bare):
        at = beside.end() - 4 if beside[0][-4:].lower() in ("csrf", "xsrf") else 0
        parts = bare[:at], bare[at : beside.end()], bare[beside.end() :]
        new = (
            copyist.values.text(parts[0], "cookie name")
            + copyist.values.kept(parts[1])
            + copyist.values.text(parts[2], "cookie name")
        )
    else:
        new = copyist.values.text(bare, "cookie name")
        new = "q" + new[1:] if BESIDE.match(new) else new
    return name.replace(bare, new, 1) if bare else name


def _set_cookie(line: str, copyist: Copyist) -> str:
    first, *flags = line.split(";")
    return ";".join([_cookie(first, copyist), *(_flag(flag, copyist) for flag in flags)])


def _flag(flag: str, copyist: Copyist) -> str:
    name, equals, value = flag.partition("=")
    known = name.strip().lower()
    if known in _COOKIE_FLAGS:
        return copyist.values.kept(name) + equals + standard(value, copyist)
    if known == "path":
        return copyist.values.kept(name) + equals + copyist.values.text(value, "text")
    if known == "domain":
        dot = "." if value.startswith(".") else ""
        return copyist.values.kept(name) + equals + dot + copyist.values.host(value.removeprefix("."))
    return copyist.values.text(name, "text") + equals + copyist.values.text(value, "text")


def cookies(part: Object, copyist: Copyist) -> list[Object]:
    """Return the cookies of a request or an answer as HAR lists them: flags stay, values say nothing."""
    found = []
    for item in jsontext.objects_of(part, "cookies"):
        new: Object = {
            "name": _cookie_name(jsontext.text_of(item, "name"), copyist),
            "value": copyist.values.opaque(jsontext.text_of(item, "value"), "cookie"),
        }
        for key, value in item.items():
            if key in ("httpOnly", "secure") and isinstance(value, bool):
                new[key] = value
            elif key in ("sameSite", "expires") and isinstance(value, str):
                new[key] = standard(value, copyist)
            elif key == "path" and isinstance(value, str):
                new[key] = copyist.values.text(value, "text")
            elif key == "domain" and isinstance(value, str):
                new[key] = ("." if value.startswith(".") else "") + copyist.values.host(value.removeprefix("."))
        found.append(new)
    return found
