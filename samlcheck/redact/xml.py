"""SAML messages and metadata with their private values replaced, octet for octet where nothing was private.

The text is edited where values stand and never written anew: a signature over it can then be made again in whatever
state it was, and a finding about line breaks or comments stays. Works on broken and cut-off XML as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

from samlcheck.facts.assertion import is_personal
from samlcheck.frozen import dataclass
from samlcheck.redact.values import Values
from samlcheck.redact.words import listing

_PIECES = re.compile(
    r"(?P<comment><!--.*?-->)|(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<instruction><\?.*?\?>)"
    r"|(?P<end></[^<>]*>)|(?P<start><[^\s/>!?][^<>\"']*(?:\"[^\"<]*\"[^<>\"']*|'[^'<]*'[^<>\"']*)*>)|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_CLOSED_BY = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"))
_END_OF_SUBSET = re.compile(r"\]\s*+>")
_NAME = re.compile(r"</?([\w:.\-]+)")
_END = re.compile(r"</[\w:.\-]+\s*>")
_DECLARATION = re.compile(
    r"<\?xml\s+version\s*=\s*[\"'][0-9.]{1,5}[\"'](?:\s+(?:encoding|standalone)\s*=\s*[\"'][A-Za-z0-9_-]{1,20}[\"'])*\s*\?>"
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/<>]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|\w{2,31});")
_TIME = re.compile(r"[\s\dTZPYMDHSW:.,+-]*")
_TIMES = listing(
    """
    IssueInstant NotBefore NotOnOrAfter AuthnInstant SessionNotOnOrAfter validUntil cacheDuration creationInstant
    """
)
_TECHNICAL = listing(
    """
    Format NameFormat Method Algorithm Binding ProtocolBinding Comparison Consent Version type lang use encoding Encoding
    Type contactType FriendlyName PrefixList protocolSupportEnumeration schemaLocation version standalone Reason
    DecisionType Curve NamedCurve
    """
)
_NUMBERS = listing(
    """
    index Index AssertionConsumerServiceIndex AttributeConsumingServiceIndex ProxyCount Count height width Length
    SchemaVersion
    """
)
_FLAGS = listing(
    """
    isDefault isRequired AllowCreate ForceAuthn IsPassive WantAuthnRequestsSigned AuthnRequestsSigned WantAssertionsSigned
    """
)
_PERSONS = listing(
    """
    NameID EmailAddress GivenName SurName TelephoneNumber AttributeValue NameIdentifier BaseID
    """
)
_HOSTS = listing(
    """
    Issuer Audience Destination Recipient Location ResponseLocation entityID AssertionConsumerServiceURL
    """
)
_IDENTIFIERS = listing(
    """
    ID InResponseTo AssertionID ResponseID RequestID SessionIndex URI Id id
    """
)
_BINARY = listing(
    """
    DigestValue SignatureValue CipherValue X509SKI X509CRL X509Digest P Q G Y J Seed PgenCounter
    """
)

Stand = Callable[[str], str]


@dataclass(frozen=True)
class Redactor:
    """What is needed to redact one document."""

    values: Values
    said: Stand
    """For what products tell people (StatusMessage)."""
    certificate: Stand
    """Base64 text of a ds:X509Certificate to that of its stand-in."""
    modulus: Callable[[str, str], str]
    """Modulus and exponent of a ds:RSAKeyValue to the stand-in's modulus."""
    binary: Stand
    """Base64 that means nothing to readers to other base64 of the same length."""


def redact(text: str, redactor: Redactor) -> str:
    """Return the XML with its private values replaced."""
    start = text.find("<!DOCTYPE")
    if start < 0:
        return _walked(text, redactor)
    end = _behind_doctype(text, start)
    return _walked(text[:start], redactor) + _doctype(text[start:end], redactor.values) + _walked(text[end:], redactor)


def _walked(text: str, redactor: Redactor) -> str:
    """Return a stretch of XML; from the first comment, section or instruction on that never ends it is only words."""
    broken = [at for opener, closer in _CLOSED_BY if (at := text.find(opener, text.rfind(closer) + 1)) >= 0]
    whole = min(broken, default=len(text))
    return "".join(_Walk(redactor, text[:whole]).pieces()) + (redactor.values.text(text[whole:], "text") if broken else "")


def _behind_doctype(text: str, start: int) -> int:
    close = text.find(">", start)
    bracket = text.find("[", start, close) if close >= 0 else -1
    end = _END_OF_SUBSET.search(text, bracket) if bracket >= 0 else None
    return end.end() if end is not None else close + 1 or len(text)


def _doctype(piece: str, values: Values) -> str:
    """Return a declaration that is refused for the same reason; what it declares is left out."""
    values.drop(piece, "text")
    values.kept("DOCTYPE ENTITY")
    values.ledger.note("the content of a document type declaration was left out")
    return '<!DOCTYPE removed [<!ENTITY removed "removed">]>' if "<!ENTITY" in piece else "<!DOCTYPE removed>"


class _Walk:
    """One way through a document."""

    def __init__(self, redactor: Redactor, text: str) -> None:
        self.redactor, self.values, self.source = redactor, redactor.values, text
        self.open: list[str] = []
        self.attribute = ""
        """Name of the saml:Attribute that is open."""

    def pieces(self) -> Iterator[str]:
        for found in _PIECES.finditer(self.source):
            piece = found[0]
            match found.lastgroup:
                case "start":
                    yield self._start(piece)
                case "end":
                    if self.open:
                        self.open.pop()
                    yield piece if _END.fullmatch(piece) else self.values.text(piece, "text")
                    self.values.kept(_local(_NAME.match(piece)))
                case "text":
                    yield self._text(piece, found.start())
                case "comment":
                    yield f"<!--{self.values.text(piece[4:-3], 'text')}-->"
                case "cdata":
                    yield f"<![CDATA[{self._value(piece[9:-3], found.start())}]]>"
                case _:
                    yield piece if _DECLARATION.fullmatch(piece) else self._instruction(piece)

    def _instruction(self, piece: str) -> str:
        return f"<?{self.values.text(piece[2:-2], 'text')}?>"

    def _start(self, tag: str) -> str:
        name = _local(_NAME.match(tag))
        self.values.kept(name)
        if name in ("Attribute", "RequestedAttribute"):
            found = re.search(r"\sName\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
            self.attribute = html.unescape(found[1] or found[2] or "") if found else ""
        if not tag.endswith("/>"):
            self.open.append(name)

        written = _NAME.match(tag)
        out, at = "", written.end() if written else 1
        for found in _ATTRIBUTE.finditer(tag, at):
            quote = found[3][0]
            out += self._between(tag[at : found.start()])
            out += f"{found[1]}{found[2]}{quote}{self._attribute(name, found[1], found[3][1:-1])}{quote}"
            at = found.end()
        return (written[0] if written else "<") + out + self._between(tag[at:])

    def _between(self, piece: str) -> str:
        """Return what stands between attributes: markup, or in a broken tag anything."""
        return piece if not piece.strip(" \t\r\n/>") else self.values.text(piece, "text")

    def _attribute(self, element: str, written: str, raw: str) -> str:
        name = written.rpartition(":")[2]
        self.values.kept(written)
        if written.partition(":")[0] == "xmlns" or (name == "Name" and element in ("Attribute", "RequestedAttribute")):
            return self.values.technical(raw)
        if name in _TIMES and _TIME.fullmatch(raw):
            return self.values.kept(raw)
        if element == "StatusCode" and name == "Value":
            return self._escaped(raw, lambda value: self.values.text(value, "text"))
        if name in _TECHNICAL:
            return self.values.technical(raw)
        if name in _NUMBERS or name in _FLAGS:
            return self.values.number(raw)
        if name == "entityID":
            self.values.ledger.entities.add(html.unescape(raw).strip())
        kind = "identifier" if name in _IDENTIFIERS else "host" if name in _HOSTS else "text"
        return self._escaped(raw, lambda value: self.values.text(value, kind))

    def _text(self, raw: str, at: int) -> str:
        if not raw.strip() or raw == "<":
            return raw
        return self._escaped(raw, lambda value: self._value(value, at))

    def _value(self, value: str, at: int) -> str:
        element = self.open[-1] if self.open else ""
        match element:
            case "X509Certificate":
                return self.redactor.certificate(value)
            case "Modulus":
                exponent = re.compile(r"Exponent>\s*([A-Za-z0-9+/=\s]{2,20})<").search(self.source, at, at + 4000)
                return self.redactor.modulus(value, exponent[1] if exponent else "AQAB")
            case "Exponent":
                return self.values.kept(value)
            case "Artifact":
                return self.values.artifact(value)
            case "StatusMessage" | "Message" | "faultstring":
                return self.redactor.said(value)
            case "AttributeValue" if self.attribute and not is_personal(self.attribute):
                return self.values.number(value)
            case "X509SerialNumber" | "PublicKey":
                return self.redactor.binary(value) if element == "PublicKey" else self.values.text(value, "key")
        if element in _BINARY:
            return self.redactor.binary(value)
        if element == "Issuer":
            self.values.ledger.entities.add(value.strip())
        kind = "person" if element in _PERSONS else "host" if element in _HOSTS else "text"
        return self.values.text(value, kind)

    def _escaped(self, raw: str, replace: Stand) -> str:
        """Return a raw value with the words between its character references replaced; references to letters are undone."""
        references = _REFERENCE.findall(raw)
        if any(html.unescape(item).isalnum() for item in references):
            new = replace(html.unescape(raw)).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            return new.replace("'", "&apos;").replace("\r", "&#xD;")
        if not references:
            return replace(raw)
        pieces = _REFERENCE.split(raw)
        out = [replace(pieces[0]) if pieces[0].strip() else pieces[0]]
        for reference, piece in zip(references, pieces[1:], strict=True):
            out += [reference, replace(piece) if piece.strip() else piece]
        return "".join(out)


def _local(found: re.Match[str] | None) -> str:
    return found[1].rpartition(":")[2] if found else ""
