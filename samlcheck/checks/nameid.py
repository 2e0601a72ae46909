"""The named check ``nameid_shape``: the NameID has the form that its Format promises (SAML core 8.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from samlcheck.checks import template
from samlcheck.checks.context import Context, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.judging import OK
from samlcheck.checks.values import address_flaw
from samlcheck.facts import Readings
from samlcheck.finding import Slot, Text

FORMAT_1 = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
FORMAT_2 = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_NAME_PART = re.compile(r"\s*[A-Za-z][A-Za-z0-9.-]*\s*=\s*[^,]")


def _x509_subject(text: str) -> str:
    """Core 8.3.3: a distinguished name as in XML Signature, RFC 4514."""
    return "" if _NAME_PART.match(text) else "it is not a distinguished name such as CN=…,O=…"


def _windows_name(text: str) -> str:
    r"""Core 8.3.4: ``DomainName\UserName``; the domain and its backslash may be left out."""
    if text.count("\\") > 1:
        return "there is more than one backslash in it"
    if text.startswith("\\") or text.endswith("\\"):
        return "the domain or the user beside the backslash is missing"
    return "it is a mailbox address or UPN and not DOMAIN\\user" if "@" in text and "\\" not in text else ""


def _opaque(text: str) -> str:
    """Core 8.3.7 and 8.3.8: at most 256 characters."""
    return f"it has {len(text)} characters and may have 256" if len(text) > 256 else ""


def _entity(text: str) -> str:
    """Core 8.3.6: a URI of at most 1024 characters."""
    if len(text) > 1024:
        return f"it has {len(text)} characters and may have 1024"
    return "" if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:\S+$", text) else "it is not a URI"


def _kerberos(text: str) -> str:
    """Core 8.3.5: ``name[/instance]@REALM``."""
    return "" if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else "it is not a principal such as name@REALM"


_SHAPES: dict[str, tuple[str, Callable[[str], str]]] = {
    f"{FORMAT_1}emailAddress": ("emailAddress", address_flaw),
    f"{FORMAT_1}X509SubjectName": ("X509SubjectName", _x509_subject),
    f"{FORMAT_1}WindowsDomainQualifiedName": ("WindowsDomainQualifiedName", _windows_name),
    f"{FORMAT_2}kerberos": ("kerberos", _kerberos),
    f"{FORMAT_2}entity": ("entity", _entity),
    f"{FORMAT_2}persistent": ("persistent", _opaque),
    f"{FORMAT_2}transient": ("transient", _opaque),
}


def nameid_shape(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge the NameID against its Format; a blank one is wrong in any format. An unknown format promises nothing.

    Option ``format``: judge against this format instead of the one stated.
    """
    found = context.table.read("assertion.nameid") if readings is None else readings
    if found.unavailable:
        return Unknown(found.unavailable, found.needs)
    if not found.items:
        return Nothing("there is no NameID")
    stated = context.table.text("assertion.nameid_format")
    if "format" in options:
        wanted = template.pattern(options["format"], context)
        if wanted.missing is not None:
            return wanted.missing
        stated = wanted.literals[0] if wanted.literals else stated
    violations: list[Violation] = []
    for item in found.items:
        if not item.raw.strip():
            violations.append(Violation(item, detail=Text.of("it is blank")))
        elif stated in _SHAPES:
            name, flaw_of = _SHAPES[stated]
            flaw = flaw_of(item.raw)
            if flaw:
                violations.append(Violation(item, expected=Slot(f"a value of the form {name}"), detail=Text.of(flaw)))
    return Violated(tuple(violations)) if violations else OK
