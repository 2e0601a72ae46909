"""Cases made from a few lines of XML in the usual prefixes, with nothing verified unless asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from lxml import etree

from samlcheck.capture.model import Capture, CapturedMessage, Layer
from samlcheck.case import Case, Clock, ClockKind, Told
from samlcheck.facts import FactTable, Readings
from samlcheck.login import Login, LoginMessage
from samlcheck.saml.anatomy import Anatomy, dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import Anchors, EncryptionFact, SignatureFact, TrustFacts, TrustVerdict
from samlcheck.xmldoc.names import NAMESPACES
from samlcheck.xmldoc.parse import parse

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
NOTHING_GIVEN = Anchors()
NOTHING_TOLD = Told()
_DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def message(xml: str, name: str = "response", **more: object) -> LoginMessage:
    """Return a captured message; ``more``: further fields of CapturedMessage."""
    tag = xml[1:].split(" ")[0].split("/")[0].split(">")[0]
    artifact = Artifact(name, xml.replace(f"<{tag}", f"<{tag} {_DECLARATIONS}", 1).encode())
    role = "request" if name == "request" else "response"
    fields: dict[str, object] = {"layers": (Layer("base64", 4, 3),)} | more
    return LoginMessage(CapturedMessage(artifact, role=role, **fields), dissect(parse(artifact)))  # type: ignore[arg-type]


def anatomy(xml: str, name: str = "metadata.xml") -> Anatomy:
    """Return the anatomy of a document."""
    return message(xml, name).anatomy


def trust(
    of: Anatomy,
    *,
    verdict: TrustVerdict = "untrusted",
    reason: str = "unsigned",
    covered: Callable[[Anatomy], Iterable[etree._Element]] = lambda _anatomy: (),
    signatures: Iterable[SignatureFact] = (),
    encryption: Iterable[EncryptionFact] = (),
    original: Anatomy | None = None,
) -> TrustFacts:
    """Return what verification would have found."""
    return TrustFacts(of, original or of, verdict, reason, tuple(signatures), tuple(covered(of)), tuple(encryption))


def case(
    response: LoginMessage | None = None,
    *,
    request: LoginMessage | None = None,
    trusted: TrustFacts | None = None,
    anchors: Anchors = NOTHING_GIVEN,
    sp: tuple[Anatomy, ...] = (),
    told: Told = NOTHING_TOLD,
    clock: ClockKind = "given",
) -> Case:
    """Return a case; without ``trusted`` the response counts as unsigned."""
    if trusted is None and response is not None:
        trusted = trust(response.anatomy)
    artifact = Artifact("input", b"")
    login = Login(response, request, Capture(artifact, "paste", ()), "input")
    return Case(login, trusted, None, anchors, sp, told, Clock(AT, clock), 0)


def read(name: str, xml: str) -> Readings:
    """Return the readings of a fact in a response given as XML."""
    return FactTable(case(message(xml))).read(name)
