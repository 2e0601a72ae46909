"""From a message and the keys the user trusts to what may be read of it, and how far it is protected.

The steps are law, in this order (SECURITY section 0): shape of the document, decryption, the gate and both engines for each
signature that counts, coverage, verdict. A step that finds something wrong never lets a later one excuse it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml import etree

from samlcheck.capture.model import CapturedMessage
from samlcheck.finding import Text
from samlcheck.saml.anatomy import Anatomy
from samlcheck.trust import structure, verdict
from samlcheck.trust.anchors import for_issuer
from samlcheck.trust.decryption import Opened, open_all
from samlcheck.trust.facts import AlgorithmPolicy, Anchors, EncryptionFact, PinnedKey, SignatureFact, TrustFacts, TrustVerdict
from samlcheck.trust.wrapping import really_signed
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import MD, q

_RESPONSES = ("response", "artifactresponse")
_MOST = 16
"""Assertions, and signatures out of place, whose signatures are looked at: two are too many, so the rest changes nothing."""


def establish(
    anatomy: Anatomy,
    anchors: Anchors,
    *,
    policy: AlgorithmPolicy = "legacy",
    private_keys: Sequence[bytes] = (),
    issuer_hint: str | None = None,
    captured: CapturedMessage | None = None,
) -> TrustFacts:
    """Return what verification finds out about one message or metadata document.

    private_keys: the SP's decryption keys, PEM or DER. issuer_hint: entityID whose keys to take from aggregates, else the
    message's own Issuer. captured: the message as it came, for the detached signature of the redirect binding.
    Raises ValueError if a private key is none; nothing else, whatever the message.
    """
    oddities = structure.scan(anatomy)  # 1
    opened = open_all(anatomy, private_keys, policy)  # 2
    if opened.values is not anatomy:
        known = {code for code, _, _ in oddities}
        oddities += tuple(item for item in structure.scan(opened.values) if item[0] not in known)
    given = for_issuer(anchors, issuer_hint or _issuer(anatomy))
    judged = [(verdict.judge(holder, document, given, policy), read) for holder, document, read in _holders(opened)]  # 3
    for detached in _detached(captured, given, policy) if captured is not None else ():
        judged.insert(0, (detached, opened.values.message))
    covered = tuple(read for fact, read in judged if fact.verdict == "valid")  # 4
    facts = [_named(fact) if anchors.keys and not given else fact for fact, _ in judged]
    strays = [node for node in structure.stray_signatures(opened.values) if not _inside(node, covered)][:_MOST]
    facts += [verdict.stray(node, opened.values.document, given) for node in strays]
    counting = [fact for fact, (_, read) in zip(facts, judged, strict=False) if not _inside(read, covered)] + facts[len(judged) :]
    if opened.values.message not in covered:
        unopened = [_unopened(item) for item in opened.facts if _hides_an_assertion(item)]
        facts, counting = facts + unopened, counting + unopened
    trust, reason = _trust(opened.values, counting, covered, structure.attacks(oddities))  # 5
    missing = next((fact.explanation.plain() for fact in facts if fact.reason == "engine-missing"), "")
    engine = f"missing: {missing}" if missing else "xmlsec"
    signed = () if trust == "trusted" else really_signed(opened.values, given)
    return TrustFacts(opened.values, anatomy, trust, reason, tuple(facts), covered, opened.facts, tuple(oddities), engine, signed)


def _detached(message: CapturedMessage, given: Sequence[PinnedKey], policy: AlgorithmPolicy) -> Iterator[SignatureFact]:
    """Yield the verdicts on signatures beside the message, in a query or in a form; the usual binding has none."""
    found: list[SignatureFact | None] = []
    if message.redirect is not None:
        from samlcheck.trust import redirect

        found.append(redirect.judge(message, given, policy))
    if message.simple_sign is not None:
        from samlcheck.trust import simplesign

        found.append(simplesign.judge(message, given, policy))
    yield from (fact for fact in found if fact is not None)


def _holders(opened: Opened) -> Iterator[tuple[etree._Element, Document, etree._Element]]:
    """Yield (element whose signature counts, document to verify it in, the same element where values are read).

    The message's signature is over its content as received; an assertion's is over the assertion as it was before it was
    encrypted, with encrypted IDs and attributes still closed.
    """
    yield from (
        (holder, opened.received.document, read)
        for holder, read in zip(structure.enclosing(opened.received), structure.enclosing(opened.values), strict=True)
    )
    pairs = zip(structure.assertions(opened.assertions), structure.assertions(opened.values), strict=True)
    yield from ((holder, opened.assertions.document, read) for holder, read in islice(pairs, _MOST))


def _trust(
    anatomy: Anatomy, facts: Sequence[SignatureFact], covered: Sequence[etree._Element], attacks: Sequence[structure.Oddity]
) -> tuple[TrustVerdict, str]:
    """Return trusted only if nothing is wrong anywhere and what would be consumed is covered.

    facts: the signatures that count. One that is itself inside signed content does not: it is what the IdP signed, and
    whether it holds is a matter for a rule. Beside each other, a bad signature is never excused by a good one.
    """
    if attacks:
        codes = [code for code, _, _ in attacks]
        return "untrusted", "several-assertions" if codes[0] == "several-assertions" else "structure"
    for kind, reason in (("refused", "signature-refused"), ("not-covering", "not-covered"), ("invalid", "signature-invalid")):
        if any(fact.verdict == kind for fact in facts):
            return "untrusted", reason
    if _is_covered(anatomy, covered):
        return "trusted", "ok"
    open_question = next((fact.reason for fact in facts if fact.verdict == "unverifiable"), "")
    if open_question:
        return "unverified", open_question
    if anatomy.kind in _RESPONSES and anatomy.assertion is None:
        return "untrusted", "no-assertion"
    return "untrusted", "unsigned" if all(fact.verdict == "absent" for fact in facts) else "not-covered"


def _is_covered(anatomy: Anatomy, covered: Sequence[etree._Element]) -> bool:
    """Return whether the assertion of a response, else the whole message, lies inside covered elements.

    Metadata is also covered if each of its roles is signed by itself (metadata 2.4.1, role descriptors carry signatures).
    """
    consumed = anatomy.assertion if anatomy.kind in _RESPONSES and anatomy.assertion is not None else anatomy.message
    if consumed in covered or _inside(consumed, covered):
        return True
    if anatomy.message.tag != q("md:EntityDescriptor"):
        return False
    roles = [
        child for child in anatomy.message if str(child.tag).startswith(f"{{{MD}}}") and str(child.tag).endswith("SSODescriptor")
    ]
    return bool(roles) and all(role in covered for role in roles)


def _inside(node: etree._Element, elements: Sequence[etree._Element]) -> bool:
    """Return whether a node has one of the elements above it."""
    return any(ancestor in elements for ancestor in node.iterancestors())


def _named(fact: SignatureFact) -> SignatureFact:
    """Say why keys were given and none counts: the metadata is of other entities (``anchors.for_issuer``)."""
    if fact.reason != "no-key-given":
        return fact
    text = Text.of(
        f"The metadata given holds no entity with the Issuer's name, so none of its keys speaks for this {fact.element}."
    )
    return replace(fact, explanation=text)


def _hides_an_assertion(item: EncryptionFact) -> bool:
    return item.element == "EncryptedAssertion" and not item.decrypted


def _unopened(item: EncryptionFact) -> SignatureFact:
    """Stand in for the signature that an unopened assertion may hold: it was not looked at, which is not absent."""
    if item.reason == "no-key":
        text = Text.of("The assertion is encrypted; its own signature can be checked only with the service's private key (--key).")
        return SignatureFact("Assertion", "unverifiable", "encrypted-no-key", text, item.node)
    text = Text.of("The assertion is encrypted and was not opened with the key given; its own signature was not checked.")
    return SignatureFact("Assertion", "unverifiable", "decrypt-failed", text, item.node)


def _issuer(anatomy: Anatomy) -> str:
    """Return the Issuer of the message, else of its assertion."""
    for element in (anatomy.message, anatomy.assertion):
        issuer = next(element.iterchildren(q("saml:Issuer")), None) if element is not None else None
        if issuer is not None:
            return "".join([issuer.text or "", *(child.tail or "" for child in issuer)]).strip()
    return ""
