"""Named checks on who logs in: a login name that the service knows, and a mailbox address rather than a directory's own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from samlcheck.checks import template
from samlcheck.checks.context import Context, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.judging import OK, contrast, known, missing
from samlcheck.checks.nearmiss import concept
from samlcheck.checks.values import address_flaw
from samlcheck.facts import Reading, Readings
from samlcheck.finding import Difference, Evidence, Slot, Text

_INTERNAL = (".local", ".internal", ".corp", ".lan", ".ad", ".intra", ".intranet", ".localdomain", ".private", ".home.arpa")
_TENANT = ".onmicrosoft.com"


def _selected(readings: Readings | None, options: Mapping[str, str], context: Context) -> Readings:
    return context.table.read(options.get("select", "assertion.nameid")) if readings is None else readings


def known_user(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge that the value is a login name that exists at the service, letter for letter.

    Options: ``select`` a fact or ``attribute:NAME`` (where the rule selects nothing; default the NameID); ``users``:
    templates, comma-separated. Without ``users`` the parameter ``users`` and ``--user`` are known login names.
    """
    found = _selected(readings, options, context)
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    users = _users(options, context)
    if isinstance(users, Unknown):
        return users
    if not found.items:
        return missing(found)
    accounts = frozenset(users)
    violations = tuple(_stranger(item, users) for item in found.items if item.raw not in accounts)
    return Violated(violations) if violations else OK


def _users(options: Mapping[str, str], context: Context) -> tuple[str, ...] | Unknown:
    if "users" in options:
        wanted = template.one_of(template.listed(options["users"]), context)
        if isinstance(wanted.missing, Unknown):
            return wanted.missing
        return wanted.literals or Unknown("the login names at the service were not given", "--user, or --set users=…")
    parameter = context.parameters.get("users")
    users = (*(parameter.values if parameter is not None else ()), *known(context, "told.user"))
    return users or Unknown("the login names at the service were not given", "--user, or --set users=…")


def _stranger(item: Reading, users: tuple[str, ...]) -> Violation:
    near = _nearest(item.raw, users)
    if near is not None:
        name, how = near
        right = Slot(name, sensitive=True)
        detail = Text.of("the service knows ", right, f" ({how.words})")
        return Violation(item, expected=right, difference=how, detail=detail, repaired=right)
    if len(users) == 1:
        only = Slot(users[0], sensitive=True)
        return Violation(item, expected=only, detail=Text.of("the login name that was given is ", only), repaired=only)
    detail = Text.of(f"none of the {len(users)} login names that were given is near it")
    return Violation(item, detail=detail, repaired=Slot("the login name that the service knows"))


def _nearest(actual: str, users: Iterable[str]) -> tuple[str, Difference] | None:
    """Return the login name that was probably meant: same but for case or blanks, same person elsewhere, or a typo."""
    best: tuple[int, str, Difference] | None = None
    local = _person(actual)
    for name in users:
        if abs(len(name) - len(actual)) <= 2:
            how = difference(name, actual)
            rank = {"case": 0, "whitespace": 1, "look-alike": 2, "encoding": 2, "one-character": 3}.get(how.kind, 9) if how else 9
        else:
            how, rank = None, 9
        if rank == 9 and local and local == _person(name):
            how, rank = Difference("host", _domains(name, actual)), 4
        if how is not None and rank < 9 and (best is None or rank < best[0]):
            best = (rank, name, how)
    return (best[1], best[2]) if best else None


def _person(name: str) -> str:
    """Return the part of a login name that stands for the person: before the @, after the backslash."""
    return name.strip().rpartition("\\")[2].partition("@")[0].lower()


def _domains(expected: str, actual: str) -> str:
    if "@" in expected and "@" in actual:
        return "the same name before the @, but another domain (a UPN instead of the mailbox address, or the reverse)"
    if "@" in expected:
        return "the same user name, but without the domain after the @"
    return "the same user name, but with a domain"


def user_is_email_not_upn(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    r"""Judge that the value is a mailbox address and not the directory's own user name (windowsUPN, ``DOMAIN\user``).

    It is judged by its form and against the mailbox addresses that the message holds besides. Option ``select``: as in
    ``known_user``.
    """
    found = _selected(readings, options, context)
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    if not found.items:
        return missing(found)
    others = (*context.table.read("assertion.attribute_values").items, *context.table.read("assertion.nameid").items)
    known_names = _users({}, context)
    users = () if isinstance(known_names, Unknown) else known_names
    violations = tuple(violation for item in found.items if (violation := _upn(item, others, users)) is not None)
    return Violated(violations) if violations else OK


def _upn(item: Reading, others: tuple[Reading, ...], users: tuple[str, ...]) -> Violation | None:
    words = _internal(item.raw)
    mailbox = _mailbox(item, others, users)
    if mailbox is None:
        return Violation(item, detail=Text.of(words)) if words else None
    related: tuple[Evidence, ...] = (contrast(mailbox, mailbox.label or "NameID"),)
    return Violation(
        item,
        expected=Slot(mailbox.raw, sensitive=True),
        difference=near[1] if (near := _nearest(item.raw, (mailbox.raw,))) else None,
        detail=Text.of(words or "the message holds another mailbox address for the same person"),
        related=related,
    )


def _internal(value: str) -> str:
    """Return why a value is no mailbox address that others could write to, or an empty string."""
    if "\\" in value:
        return "it is a Windows user name with its domain before a backslash"
    if "@" not in value:
        return "it is a user name without a domain"
    domain = value.strip().rpartition("@")[2].lower()
    if domain.endswith(_TENANT):
        return "its domain is a tenant's first one (onmicrosoft.com), which rarely is the mail domain"
    if domain.endswith(_INTERNAL) or "." not in domain:
        return "its domain exists only inside a directory, so it is a UPN"
    return ""


def _mailbox(item: Reading, others: tuple[Reading, ...], users: tuple[str, ...]) -> Reading | None:
    """Return a mailbox address of the same person under another domain that the message holds in a mail attribute.

    users: login names known at the service; where there are any, only one of them was meant.
    """
    if concept(item.label) == "mail address":
        return None
    for other in others:
        value = other.raw.strip()
        if address_flaw(value) or _internal(value) or value.lower() == item.raw.strip().lower() or (users and value not in users):
            continue
        same_person = _person(value) == _person(item.raw)
        if concept(other.label) == "mail address" or (same_person and _internal(item.raw)):
            return other
    return None
