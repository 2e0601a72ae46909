"""Hosts and sites as browsers tell them apart when they decide on cookies (RFC 6265bis 5.2, the same-site check)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org", "sch"))
_NUMERIC = re.compile(r"[\d.]+|\[.*|.*:.*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def hostname(url: str) -> str:
    """Return the host of a URL without port, in lower case; empty if there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def scheme(url: str) -> str:
    """Return the scheme of a URL in lower case; empty if there is none."""
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def port(url: str) -> int | None:
    """Return the port of a URL, the scheme's own where it names none; None if there is none to tell."""
    try:
        parts = urlsplit(url)
        return parts.port or _DEFAULT_PORTS.get(parts.scheme.lower())
    except ValueError:
        return None


def path(url: str) -> str:
    """Return the path of a URL, ``/`` where it names none."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return "/"


def without_query(url: str) -> str:
    """Return a URL up to its path."""
    return url.partition("#")[0].partition("?")[0]


def site(url: str) -> str:
    """Return the registrable domain of a URL's host, by the usual shape of public suffixes rather than their full list."""
    host = hostname(url)
    labels = host.split(".")
    if _NUMERIC.fullmatch(host) or len(labels) < 3:
        return host
    country = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country else labels[-2:])


def same_site(one: str, other: str) -> bool:
    """Tell whether two URLs are of one site: the same registrable domain and scheme (schemeful same-site)."""
    return site(one) == site(other) and scheme(one) == scheme(other)


def related_hosts(one: str, other: str) -> bool:
    """Tell whether two hosts are the same name with and without something in front: ``www.app.example`` and ``app.example``."""
    return one != other and (one.endswith("." + other) or other.endswith("." + one)) and min(one.count("."), other.count(".")) > 0
