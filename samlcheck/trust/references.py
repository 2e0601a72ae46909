"""The gate: which signatures may be put before the engines at all, and what they would cover.

libxmlsec verifies references to files, to other elements and through stylesheets (SECURITY 3b), so every signature is first held
against the SAML profile of XML Signature (core 5.4) and what OpenSAML's profile validator refuses: one same-document
reference to the signature's own parent, enveloped, at most one canonicalisation, listed algorithms, nothing else inside.
"""

from __future__ import annotations

import re

from lxml import etree

from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef
from samlcheck.trust import algorithms, identifiers
from samlcheck.trust.algorithms import Canonicalization, SignatureMethod
from samlcheck.trust.facts import AlgorithmPolicy, SignatureVerdict
from samlcheck.trust.written import Written, prefixes_of, read
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import MD, local, q

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_CHILDREN = (q("ds:SignedInfo"), q("ds:SignatureValue"), q("ds:KeyInfo"))
_TEXT_ONLY = tuple(q(f"ds:{name}") for name in ("SignatureValue", "DigestValue"))


@dataclass(frozen=True)
class Admitted:
    """A signature that fulfils the profile; whether it holds is for the engines to say."""

    signature: etree._Element
    signed_info: etree._Element
    target: etree._Element
    """The referenced element: the signature's parent, or the root where the whole document is signed."""
    info_method: Canonicalization
    info_prefixes: frozenset[str]
    method: Canonicalization
    """Canonicalisation of the target; Canonical XML 1.0 where no transform names one (XML Signature 4.4.3.2)."""
    prefixes: frozenset[str]
    digest: str
    """Hash of the digest, as ``hashlib`` calls it."""
    signature_method: SignatureMethod
    written: Written


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a signature is not put before the engines."""

    reason: str
    explanation: Text
    verdict: SignatureVerdict = "refused"
    related: tuple[NodeRef, ...] = ()


def admit(
    signature: etree._Element, document: Document, policy: AlgorithmPolicy, written: Written | None = None
) -> Admitted | Refusal:
    """Return the signature ready for the engines, or why it is refused. Steps in the order that names an attack best.

    written: what ``read`` said of it, where that is known already.
    """
    written = written or read(signature)
    for step in (_whole_document, _shape, _reference, _transforms, _algorithms):
        refusal = step(signature, document, written, policy)
        if refusal is not None:
            return refusal
    info = signature[0]
    transforms = list(info.iter(q("ds:Transform")))
    named = [item for item in transforms if item.get("Algorithm") != algorithms.ENVELOPED]
    default = algorithms.Canonicalization(exclusive=False)
    parent = signature.getparent()
    if parent is None:  # pragma: no cover - _reference has refused it
        return Refusal("malformed-signature", Text.of("The signature has no parent."))
    return Admitted(
        signature,
        info,
        document.root if names_whole_document(written.uri, parent) else parent,
        algorithms.CANONICALIZATIONS[written.canonicalization],
        prefixes_of(info.find(q("ds:CanonicalizationMethod"))),
        # A bare-name reference selects no comments, so a WithComments transform sees none (XML Signature 4.4.3.3).
        Canonicalization(m.exclusive, False, m.version)
        if named and (m := algorithms.CANONICALIZATIONS[named[0].get("Algorithm") or ""])
        else default,
        prefixes_of(named[0]) if named else frozenset(),
        algorithms.DIGEST_METHODS[written.digest_algorithm],
        algorithms.SIGNATURE_METHODS[written.signature_algorithm],
        written,
    )


def _refuse(reason: str, *parts: str | Slot) -> Refusal:
    return Refusal(reason, Text.of(*parts))


def _whole_document(signature: etree._Element, document: Document, written: Written, policy: AlgorithmPolicy) -> Refusal | None:
    """Refuse what the parser should have: a DTD, and namespaces that canonicalisation fails on (SECURITY 1b, void C14N)."""
    if document.root.getroottree().docinfo.internalDTD is not None:
        return _refuse("dtd", "The document carries a document type declaration, which can define IDs and entities.")
    uri = document.once(relative_namespace)
    if uri is None:
        return None
    return _refuse(
        "relative-namespace", "The document declares the relative namespace ", Slot(uri), ", which has no canonical form."
    )


def _shape(signature: etree._Element, document: Document, written: Written, policy: AlgorithmPolicy) -> Refusal | None:
    """Exactly one child of each kind, in schema order, and text without anything between (CVE-2025-29774, -29775)."""
    infos = signature.findall(q("ds:SignedInfo"))
    if len(infos) > 1:
        return _refuse(
            "several-signed-info", "The signature holds several SignedInfo elements: one could be verified and another used."
        )
    if not infos:
        return _refuse("malformed-signature", "The signature holds no SignedInfo.")
    count = len(list(infos[0].iter(q("ds:Reference"))))
    if count == 0:
        return _refuse("no-reference", "The signature refers to nothing: SignedInfo holds no Reference.")
    if count > 1:
        return _refuse("several-references", f"The signature holds {count} References; SAML allows one (core 5.4.2).")
    elsewhere = _elsewhere(signature, document, written)
    if elsewhere is not None:
        return elsewhere
    if signature.find(f".//{q('ds:Signature')}") is not None:
        return _refuse("malformed-signature", "The signature holds another signature.")
    if signature.find(f".//{q('ds:Object')}") is not None:
        return _refuse("object-in-signature", "The signature holds an Object, a place to hide signed content in.")
    if any(map(_outside_key_info, signature.iterdescendants(etree.Comment, etree.ProcessingInstruction, etree.Entity))):
        return _refuse(
            "malformed-signature", "The signature holds a comment or processing instruction, which readers disagree about."
        )
    tags = [child.tag for child in signature]
    if tags not in ([*_CHILDREN[:2]], [*_CHILDREN]):
        return _refuse(
            "malformed-signature", "The signature must hold SignedInfo, SignatureValue and at most one KeyInfo, in this order."
        )
    wanted = [q("ds:CanonicalizationMethod"), q("ds:SignatureMethod"), q("ds:Reference")]
    inside = [q("ds:Transforms"), q("ds:DigestMethod"), q("ds:DigestValue")]
    reference = infos[0].find(q("ds:Reference"))
    if (
        [child.tag for child in infos[0]] != wanted
        or reference is None
        or [child.tag for child in reference] not in (inside, inside[1:])
    ):
        return _refuse("malformed-signature", "SignedInfo does not hold its elements once each and in the order of the schema.")
    if any(len(node) for node in signature.iter(*_TEXT_ONLY)):
        return _refuse("malformed-signature", "A digest or signature value holds elements.")
    return None


def _elsewhere(signature: etree._Element, document: Document, written: Written) -> Refusal | None:
    """Say early when a signature is about another element: that is wrapping, whatever else is wrong (XSW 1 to 8)."""
    parent = signature.getparent()
    uri = written.uri or ""
    if parent is None or not uri.startswith("#") or "(" in uri:
        return None
    found = identifiers.bearers(document, uri[1:])
    if found and parent not in found:
        where = Text.of(
            f"The signature stands in the {local(parent.tag)} but signs another element, the {local(found[0].tag)} with ID ",
            Slot(uri[1:]),
            ": what is signed is not what would be read (signature wrapping).",
        )
        return Refusal("reference-elsewhere", where, "not-covering", tuple(document.ref(element) for element in found[:4]))
    if len(found) > 1:
        places = tuple(document.ref(element) for element in found[:4])
        text = Text.of(
            "The ID ",
            Slot(uri[1:]),
            f" occurs {len(found)} times, so the reference is ambiguous: verifiers and readers may take different elements.",
        )
        return Refusal("duplicate-id", text, related=places)
    return None


def _reference(signature: etree._Element, document: Document, written: Written, policy: AlgorithmPolicy) -> Refusal | None:
    """Only ``#`` and the ID of the signature's parent (core 5.4.2), or the whole document under the policy *legacy*."""
    uri, parent = written.uri, signature.getparent()
    if policy == "legacy" and parent is not None and names_whole_document(uri, parent):
        return None
    if parent is None or identifiers.id_attribute(parent) is None:
        return _refuse("missing-id", "The element that holds the signature has no ID to refer to.")
    if not uri:
        return _refuse(
            "reference-empty", "The Reference has no URI; SAML requires # and the ID of the signed element (core 5.4.2)."
        )
    if not uri.startswith("#"):
        return _refuse("reference-external", "The Reference points outside the document. Nothing was opened.")
    if "(" in uri:
        return _refuse("reference-xpointer", "The Reference is an XPointer expression; only # and an ID is allowed.")
    if uri[1:] != identifiers.value_of(parent):
        return _refuse("reference-unresolved", "No element has the ID that the Reference names, ", Slot(uri[1:]), ".")
    return None


def _transforms(signature: etree._Element, document: Document, written: Written, policy: AlgorithmPolicy) -> Refusal | None:
    """Enveloped signature, then at most one canonicalisation (core 5.4.4)."""
    if len(written.transforms) > 2:
        return _refuse(
            "too-many-transforms", f"The Reference has {len(written.transforms)} transforms; SAML needs two (core 5.4.4)."
        )
    for uri in written.transforms:
        if uri != algorithms.ENVELOPED and uri not in algorithms.CANONICALIZATIONS:
            return _refuse(
                "transform-refused",
                "The transform ",
                Slot(algorithms.short(uri)),
                " can hide content from the digest and is refused (core 5.4.4).",
            )
    if written.transforms.count(algorithms.ENVELOPED) != 1:
        return _refuse(
            "enveloped-transform-missing",
            "The Reference lacks the enveloped-signature transform, so it cannot hold inside its own element.",
        )
    if written.transforms[0] != algorithms.ENVELOPED:
        return _refuse("transform-refused", "A canonicalisation stands before the enveloped-signature transform.")
    for transform in signature.iter(q("ds:Transform"), q("ds:CanonicalizationMethod")):
        if any(child.tag != q("ec:InclusiveNamespaces") for child in transform):
            return _refuse("transform-refused", "A transform holds content other than InclusiveNamespaces.")
    return None


def _algorithms(signature: etree._Element, document: Document, written: Written, policy: AlgorithmPolicy) -> Refusal | None:
    """Listed algorithms only (``algorithms``)."""
    if written.canonicalization not in algorithms.CANONICALIZATIONS:
        return _refuse(
            "canonicalization-refused",
            "SignedInfo is canonicalised by ",
            Slot(algorithms.short(written.canonicalization)),
            ", which is not allowed.",
        )
    method, hashed = (
        algorithms.SIGNATURE_METHODS.get(written.signature_algorithm),
        algorithms.DIGEST_METHODS.get(written.digest_algorithm),
    )
    if algorithms.is_hmac(written.signature_algorithm):
        return _refuse(
            "hmac", "The signature is a keyed hash (HMAC): anyone who knows the IdP's public certificate could have made it."
        )
    for uri, refused in (
        (written.signature_algorithm, method is None or algorithms.refused_by(policy, method.hash)),
        (written.digest_algorithm, hashed is None or algorithms.refused_by(policy, hashed)),
    ):
        if refused:
            return _refuse(
                "algorithm-refused",
                "The algorithm ",
                Slot(algorithms.short(uri)),
                f" is not accepted (policy {policy}); sign with SHA-256.",
            )
    digest_method = signature.find(f".//{q('ds:DigestMethod')}")
    signature_method = signature.find(f".//{q('ds:SignatureMethod')}")
    if any(item is not None and len(item) for item in (digest_method, signature_method)):
        return _refuse(
            "algorithm-refused", "The signature or digest algorithm carries parameters, which SAML's algorithms do not have."
        )
    return None


def names_whole_document(uri: str | None, parent: etree._Element) -> bool:
    """Return whether a Reference selects the document (XML Signature 4.4.3.2), of which nothing can then be changed or moved.

    ``URI=""`` is not the SAML profile, but some products sign so; in metadata the attribute is left out too. Both cover more
    than the profile asks. Instructions beside the root would be signed as well, so with any of these the answer is no.
    """
    root = parent.getroottree().getroot()
    beside = (*root.itersiblings(preceding=True), *root.itersiblings())
    if any(isinstance(node, etree._ProcessingInstruction) for node in beside):
        return False
    return uri == "" or (uri is None and str(parent.tag).startswith(f"{{{MD}}}"))


def relative_namespace(root: etree._Element) -> str | None:
    """Return a namespace name declared anywhere that is no absolute URI, on which Canonical XML fails (1.0, section 1.3)."""
    declared = (uri for _, (_, uri) in etree.iterwalk(root, events=("start-ns",)))
    return next((uri for uri in declared if uri and not _ABSOLUTE.match(uri)), None)


def _outside_key_info(node: etree._Element) -> bool:
    return not any(ancestor.tag == q("ds:KeyInfo") for ancestor in node.iterancestors())
