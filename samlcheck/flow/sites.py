"""Hosts and sites as browsers tell them apart when they decide on cookies (RFC 6265bis 5.2, the same-site check).

A site is a registrable domain by the Public Suffix List, its private section included, as in browsers: two applications
under ``herokuapp.com`` are two sites. The list comes with a package, as of its release, and is read when a cookie is judged.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LONGEST_NAME = 253
"""Of a host (RFC 1035 2.3.4, without the root)."""
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
    """Return the registrable domain of a URL's host; the host itself where it is an address, one label or a public suffix."""
    host = hostname(url)
    if _NUMERIC.fullmatch(host) or len(host) > _LONGEST_NAME:
        return host
    return _public_suffixes().privatesuffix(host) or host


def is_public_suffix(domain: str) -> bool:
    """Tell whether everybody may register names under a domain, so that no cookie can be set for it (RFC 6265 5.3, step 5)."""
    return 0 < len(domain) <= _LONGEST_NAME and _public_suffixes().privatesuffix(domain) is None


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # reads ten thousand lines, so only where it is asked

    return PublicSuffixList()


def same_site(one: str, other: str) -> bool:
    """Tell whether two URLs are of one site: the same registrable domain and scheme (schemeful same-site)."""
    return site(one) == site(other) and scheme(one) == scheme(other)


def related_hosts(one: str, other: str) -> bool:
    """Tell whether two hosts are the same name with and without something in front: ``www.app.example`` and ``app.example``."""
    return one != other and (one.endswith("." + other) or other.endswith("." + one)) and min(one.count("."), other.count(".")) > 0
