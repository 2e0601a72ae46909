"""Form bodies and query strings: one tokeniser, so that what is shown and what is verified are read from the same octets.

The redirect binding signs the query as the sender wrote it (SAML bindings 3.4.4.1), so names are compared after
decoding while values stay as received.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Literal, cast

from samlcheck.capture import escapes
from samlcheck.capture.model import RedirectQuery, SimpleSign
from samlcheck.frozen import dataclass

MESSAGE_PARAMETERS = ("SAMLResponse", "SAMLRequest")
SAML_PARAMETERS = (*MESSAGE_PARAMETERS, "RelayState", "SigAlg", "Signature", "SAMLEncoding")
MAX_PARAMETERS = 1000
_MAX_PARTS = 50
_BODY = re.compile(r"[?&\s]*+(?:[A-Za-z0-9_.%\[\]\-]{1,64}+=[^&]*+&)*?SAML(?:Response|Request|art)=")
_MORE_LINES = re.compile(r"[\r\n]\s*+(?:SAML(?:Request|Response)|RelayState|SigAlg|Signature)\s*+[=:]")
_MULTIPART = re.compile(r"name=\"?([A-Za-z]{1,20})\"?[^\r\n]{0,500}+(?:\r?\n[^\r\n]{1,500}+){0,3}+\r?\n\r?\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``name=value``."""

    name: str
    """Percent-decoded."""
    raw: str
    """Value as received."""

    @property
    def value(self) -> str:
        """The value decoded as forms are (application/x-www-form-urlencoded)."""
        return escapes.printable(escapes.from_percent(self.raw, plus=True))


def parameters(query: str) -> tuple[Parameter, ...]:
    """Return the parameters of a query string or form body in order, at most a thousand."""
    found = []
    for token in query.split("&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, equals, value = token.partition("=")
        if equals:
            found.append(Parameter(escapes.printable(escapes.from_percent(name.strip(), plus=True)), value))
    return tuple(found)


def holds_saml(text: str) -> bool:
    """Tell whether text names a parameter that carries a message, written plainly or with its first letter encoded."""
    return "SAMLRe" in text or "%53AMLRe" in text


def is_form(text: str) -> bool:
    """Tell whether the whole text is one form body or query with a SAML message (not lines that each hold something)."""
    return _BODY.match(text[:65536]) is not None and _MORE_LINES.search(text) is None


def is_multipart(text: str) -> bool:
    """Tell whether text is a multipart/form-data body (RFC 7578) with a SAML message."""
    return "form-data" in text[:4096] and any(f'name="{name}"' in text for name in MESSAGE_PARAMETERS)


def multipart(text: str) -> tuple[Parameter, ...]:
    """Return the parts of a multipart/form-data body whose names are plain words; values are not encoded there."""
    found = []
    for part in islice(_MULTIPART.finditer(text), _MAX_PARTS):
        end = text.find("\n--", part.end())
        value = text[part.end() : end if end >= 0 else len(text)].strip("\r\n")
        found.append(Parameter(part[1], value))
    return tuple(found)


def relay_state(found: tuple[Parameter, ...], *, encoded: bool = True) -> str | None:
    """Return the first RelayState, decoded unless it never was encoded."""
    for parameter in found:
        if parameter.name == "RelayState":
            return parameter.value if encoded else escapes.printable(parameter.raw)
    return None


def duplicated(found: tuple[Parameter, ...]) -> tuple[str, ...]:
    """Return the SAML parameters that occur more than once after decoding."""
    names = [parameter.name for parameter in found]
    return tuple(name for name in SAML_PARAMETERS if names.count(name) > 1)


def redirect_query(query: str, found: tuple[Parameter, ...], name: str) -> RedirectQuery:
    """Return the query of a redirect exactly as received."""
    first = {parameter.name: parameter.raw for parameter in reversed(found)}
    return RedirectQuery(
        escapes.as_octets(query).decode("latin-1"),
        cast(Literal["SAMLRequest", "SAMLResponse"], name),
        first.get("Signature"),
        first.get("SigAlg"),
        duplicated(found),
    )


def simple_sign(found: tuple[Parameter, ...], *, encoded: bool = True) -> SimpleSign | None:
    """Return the signature of a form of the SimpleSign binding, or None where it holds none."""
    values = {item.name: item.value if encoded else item.raw for item in reversed(found)}
    if not {"Signature", "SigAlg"} <= values.keys():
        return None
    return SimpleSign(values["Signature"], values["SigAlg"], duplicated(found))


def without_saml(query: str) -> str:
    """Return a query string without the parameters of the SAML bindings: what is left belongs to the endpoint's URL."""
    kept = []
    for token in query.split("&"):
        name = escapes.from_percent(token.partition("=")[0], plus=True)
        if token and name not in SAML_PARAMETERS:
            kept.append(token)
    return "&".join(kept)
