"""Which attribute was probably meant: spellings, namespaces, FriendlyNames, and the names one thing has in other products."""

from __future__ import annotations

import re
from collections.abc import Iterable

from samlcheck.checks.difference import difference, distance
from samlcheck.facts import Reading
from samlcheck.finding import Difference
from samlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An attribute that was sent in place of the wanted one."""

    reading: Reading
    difference: Difference
    same_name: bool = False
    """It is the wanted name but for its spelling or namespace, and no other name for the same thing."""


# What one thing is called: LDAP short names, OIDs (RFC 4519, RFC 4524, eduPerson, inetOrgPerson), WS-* claim names.
_ALIASES: dict[str, tuple[str, ...]] = {
    "mail address": (
        "mail", "email", "emailaddress", "useremail", "primaryemail",
        "urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:1.2.840.113549.1.9.1",
    ),
    "first name": ("givenname", "firstname", "fname", "urn:oid:2.5.4.42"),
    "last name": ("sn", "surname", "lastname", "familyname", "lname", "urn:oid:2.5.4.4"),
    "full name": ("displayname", "name", "fullname", "cn", "commonname", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3"),
    "user principal name": ("upn", "userprincipalname", "urn:oid:1.2.840.113556.1.4.656"),
    "list of groups": (
        "group", "groups", "memberof", "ismemberof", "urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "urn:oid:1.2.840.113556.1.2.102",
    ),
    "login name": (
        "uid", "userid", "username", "login", "loginname", "samaccountname", "urn:oid:0.9.2342.19200300.100.1.1",
    ),
    "eduPerson principal name": ("edupersonprincipalname", "eppn", "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"),
    "role": ("role", "roles"),
}  # fmt: skip
_SAME_NAME = (0, 2, 3, 4, 6, 7)
"""How far (``_compare``) a name may be from the wanted one to be the same name in another spelling."""
_CONCEPT = {alias: concept for concept, aliases in _ALIASES.items() for alias in aliases}
_SEPARATORS = re.compile(r"[\s_.-]+")


def last_part(name: str) -> str:
    """Return what stands after the last slash, hash or colon of an attribute Name; OIDs stay whole."""
    bare = name.strip().rstrip("/#:")
    return bare if bare.lower().startswith("urn:oid:") else re.split(r"[/#:]", bare)[-1]


def folded(name: str) -> str:
    """Return the last part of a name without case, underscores, hyphens and blanks."""
    part = last_part(name).lower()
    return part if part.startswith("urn:oid:") else _SEPARATORS.sub("", part)


def concept(name: str) -> str:
    """Return what an attribute of this Name usually holds (``mail address``), or an empty string."""
    return _CONCEPT.get(folded(name), "")


def near_miss(wanted: str, names: Iterable[Reading], friendly: Iterable[Reading]) -> NearMiss | None:
    """Return the attribute that comes nearest to the wanted Name, or None.

    names: readings of the attributes' Names. friendly: readings of their FriendlyNames, in the same groups.
    """
    nicknames = {item.group: item.raw for item in friendly}
    best: tuple[int, NearMiss] | None = None
    for item in names:
        found = _compare(wanted, item, nicknames.get(item.group, ""))
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], NearMiss(item, found[1], found[0] in _SAME_NAME))
    return best[1] if best else None


def _compare(wanted: str, item: Reading, friendly: str) -> tuple[int, Difference] | None:
    """Return how far a name is from the wanted one (less is nearer) and how they differ."""
    actual = item.raw
    how = difference(wanted, actual)
    if how is None:
        return None
    if how.kind in ("case", "whitespace", "look-alike", "trailing-slash", "scheme", "encoding"):
        return 0, how
    if friendly and wanted.lower() == friendly.lower():
        return 1, Difference("other", "the wanted name is only its FriendlyName, its Name is another")
    if last_part(wanted) == last_part(actual):
        return 2, _namespaces(wanted, actual)
    left, right = folded(wanted), folded(actual)
    if left == right:
        if _bare(wanted) == _bare(actual):
            return 2, Difference("other", _spelling(wanted, actual))
        return 3, _namespaces(wanted, actual)
    if left.rstrip("s") == right.rstrip("s"):
        return 4, Difference("suffix", "singular instead of plural" if left.endswith("s") else "plural instead of singular")
    if concept(wanted) and concept(wanted) == concept(actual):
        return 5, Difference("other", f"another name for the {concept(wanted)}")
    stem, other = left.rstrip("s"), right.rstrip("s")
    if len(stem) >= 4 and (other.startswith(stem) or other.endswith(stem)):
        return 9, Difference("other", "the wanted name is only a part of it")
    edits = distance(left, right, 2)
    if edits <= 2 and min(len(left), len(right)) >= (4 if edits == 1 else 6):
        return 5 + edits, how if how.kind == "one-character" else Difference("one-character", f"{edits} characters differ")
    return None


def _bare(name: str) -> bool:
    return last_part(name) == name.strip()


_SIGNS = {"_": "underscore", "-": "hyphen", ".": "full stop", " ": "blank"}


def _spelling(wanted: str, actual: str) -> str:
    """Return how one compound word is written instead of the other: ``with a hyphen instead of the underscore``."""
    left = next((word for sign, word in _SIGNS.items() if sign in wanted), "")
    right = next((word for sign, word in _SIGNS.items() if sign in actual), "")
    if left and right and left != right:
        return f"with a {right} instead of the {left}"
    if left and not right:
        capitals = " and with a capital in its place" if actual != actual.lower() else ""
        return f"without the {left}{capitals}"
    return (
        f"with {'an' if right == 'underscore' else 'a'} {right} that does not belong there"
        if right and not left
        else "spelt in another way"
    )


def _namespaces(wanted: str, actual: str) -> Difference:
    if _bare(wanted):
        return Difference("prefix", "it has a namespace in front, and the bare name is wanted")
    if _bare(actual):
        return Difference("prefix", "it is the bare name, and the namespace in front is missing")
    return Difference("prefix", "the same last part in another namespace")
