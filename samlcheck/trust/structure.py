"""The shape of the whole document: what an attacker rearranges, and what two readers may read differently.

Looks at everything, signed or not, and before any key is tried. Each oddity has a code of ``docs/architecture.md``;
those in ``ATTACKS`` withhold trust even where every signature holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lxml import etree

from samlcheck.finding import Slot, Text
from samlcheck.saml.anatomy import Anatomy
from samlcheck.source import NodeRef
from samlcheck.trust import identifiers, references
from samlcheck.xmldoc.document import Document, text_of
from samlcheck.xmldoc.names import MD, SAML, SAMLP, local, q

Oddity = tuple[str, Text, tuple[NodeRef, ...]]

ATTACKS = frozenset(
    {
        "several-assertions",
        "assertion-elsewhere",
        "statement-elsewhere",
        "duplicate-id",
        "processing-instruction",
        "child-element-in-value",
        "encrypted-beside-plain",
        "several-responses",
        "signature-look-alike",
        "relative-namespace",
    }
)
"""Not among them: a comment or CDATA inside a value (all text is joined when it is read, so signed and read text agree;
a rule rejects the one and reports the other), a signature elsewhere (it covers nothing that is read) and an ID of another
namespace that is unique."""

_VALUES = frozenset(
    [
        *(
            q(f"saml:{name}")
            for name in ("Issuer", "NameID", "Audience", "SessionIndex", "AuthnContextClassRef", "AuthnContextDeclRef")
        ),
        *(q(f"samlp:{name}") for name in ("SessionIndex", "StatusMessage", "RequesterID", "Artifact")),
        q("saml:AuthenticatingAuthority"),
    ]
)
"""Elements whose schema type is simple: elements inside them are never legal."""
_READ_AS_TEXT = _VALUES | {q("saml:AttributeValue")}
_OF_RESPONSES = frozenset(q(f"saml:{name}") for name in ("Issuer", "Assertion", "EncryptedAssertion"))
"""What a response may hold of the assertion namespace outside its assertions; all else only an assertion says."""
_METADATA = (q("md:EntityDescriptor"), q("md:EntitiesDescriptor"))
_SHOWN = 8
"""Places shown for one oddity."""


def scan(anatomy: Anatomy) -> tuple[Oddity, ...]:
    """Return the oddities of a document, each code at most once, attacks and oddities alike."""
    found = [*_counts(anatomy), *_identifiers(anatomy.document), *_values(anatomy.document), *_signatures(anatomy)]
    relative = anatomy.document.once(references.relative_namespace)
    if relative is not None:
        text = Text.of("The relative namespace ", Slot(relative), " is declared: canonicalisers fail on it or disagree.")
        found.append(("relative-namespace", text, ()))
    return tuple(found)


def attacks(oddities: Iterable[Oddity]) -> tuple[Oddity, ...]:
    """Return those that withhold trust."""
    return tuple(item for item in oddities if item[0] in ATTACKS)


def _places(document: Document, nodes: Iterable[etree._Element]) -> tuple[NodeRef, ...]:
    return tuple(document.ref(node) for node in list(nodes)[:_SHOWN])


def _counts(anatomy: Anatomy) -> Iterator[Oddity]:
    """One response, one assertion, where the profile puts them (profiles 4.1.4.2; XSW, CVE-2022-41912, CVE-2026-2092)."""
    document, root = anatomy.document, anatomy.document.root
    if anatomy.kind in ("metadata", "idp-metadata", "sp-metadata", "metadata-aggregate"):
        return
    plain, sealed = anatomy.assertions, anatomy.encrypted_assertions
    if len(plain) > 1 or len(sealed) > 1:
        many = plain if len(plain) > 1 else sealed
        text = Text.of(f"The message holds {len(many)} assertions; software may verify one and read another.")
        yield "several-assertions", text, _places(document, many)
    if plain and sealed:
        text = Text.of("An encrypted assertion stands beside a plain one; software may verify one and read the other.")
        yield "encrypted-beside-plain", text, _places(document, (*plain, *sealed))
    expected, advices = {*plain, *sealed}, _advices(anatomy)
    everywhere = (*anatomy.assertions_anywhere, *root.iter("{*}EncryptedAssertion"))
    rivals = [node for node in everywhere if node not in expected and not _is_inside(node, advices)]
    if anatomy.kind not in ("saml1", "ws-federation") and rivals:
        text = Text.of(f"{_number(len(rivals), 'assertion')} where the message has no place for one, as in signature wrapping.")
        yield "assertion-elsewhere", text, _places(document, rivals)
    loose, where = _loose(anatomy)
    if loose:
        text = Text.of(f"{local(loose[0].tag)} stands {where}; software that looks for it anywhere reads it.")
        yield "statement-elsewhere", text, _places(document, loose)
    responses = list(root.iter(q("samlp:Response")))
    if len(responses) > 1:
        text = Text.of(f"The document holds {len(responses)} Response elements; software may verify one and read another.")
        yield "several-responses", text, _places(document, responses)


def _loose(anatomy: Anatomy) -> tuple[list[etree._Element], str]:
    """Return what only an assertion says where none says it, and where that is: no signature of an assertion covers it there."""
    inside = [node for signature in anatomy.signatures for node in signature.iter(f"{{{SAML}}}*", f"{{{SAMLP}}}*")]
    if inside:
        return inside, "inside a signature, and no enveloped signature covers itself"
    if anatomy.message.tag != q("samlp:Response"):
        return [], ""
    found = (node for node in anatomy.document.root.iter(f"{{{SAML}}}*") if node.tag not in _OF_RESPONSES)
    outside = [node for node in found if next(node.iterancestors(q("saml:Assertion")), None) is None]
    return outside, "outside any assertion, where no signature of an assertion covers it"


def _identifiers(document: Document) -> Iterator[Oddity]:
    """Every ID once, across all attributes that someone takes for an ID (SECURITY 1b, attribute pollution)."""
    seen: defaultdict[str, list[tuple[etree._Element, str]]] = defaultdict(list)
    foreign: list[etree._Element] = []
    for element, attribute, value in document.once(identifiers.id_values):
        seen[value].append((element, attribute))
        if attribute.startswith("{") and not str(element.tag).startswith(f"{{{MD}}}"):
            foreign.append(element)
    twice = [(value, bearers) for value, bearers in seen.items() if len(bearers) > 1]
    if twice:
        value, bearers = twice[0]
        text = Text.of("The ID ", Slot(value), f" occurs {len(bearers)} times; a signature that names it is ambiguous.")
        yield "duplicate-id", text, _places(document, (element for element, _ in bearers))
    if foreign:
        text = Text.of("An ID attribute of another namespace (such as xml:id) is present; some software resolves references by it.")
        yield "foreign-id-attribute", text, _places(document, foreign)


def _values(document: Document) -> Iterator[Oddity]:
    """Values that readers cut at a comment or instruction that canonicalisation drops or keeps (CVE-2017-11427 and kin)."""
    root = document.root
    instructions = [node if (parent := node.getparent()) is None else parent for node in root.iter(etree.ProcessingInstruction)]
    comments = [
        parent for node in root.iter(etree.Comment) if (parent := node.getparent()) is not None and parent.tag in _READ_AS_TEXT
    ]
    nested = [node for node in root.iter(*_VALUES) if len(node) for _ in node.iterchildren("*")]
    if comments:
        first, whole = comments[0].text or "", text_of(comments[0])
        text = Text.of(
            f"A comment stands inside the {local(comments[0].tag)}: software that reads only the first piece reads ",
            Slot(first, sensitive=True) if first else "nothing",
            ", other software ",
            Slot(whole, sensitive=True),
            ".",
        )
        yield "comment-in-value", text, _places(document, comments)
    if instructions:
        text = Text.of("A processing instruction stands inside the message; canonicalisation keeps it and readers skip it.")
        yield "processing-instruction", text, _places(document, instructions)
    if nested:
        text = Text.of(f"The {local(nested[0].tag)} holds elements where only text is allowed; readers disagree about its value.")
        yield "child-element-in-value", text, _places(document, nested)
    if b"<![CDATA[" in document.data or "<![CDATA[".encode("utf-16-le") in document.data:
        sections = [
            n for n in document.root.iter(*_READ_AS_TEXT) if "<![CDATA[" in etree.tostring(n, encoding="unicode", with_tail=False)
        ]
        if sections:
            text = Text.of(
                f"The {local(sections[0].tag)} is written as a CDATA section; canonicalisation turns it into plain text."
            )
            yield "cdata-in-value", text, _places(document, sections)


def _signatures(anatomy: Anatomy) -> Iterator[Oddity]:
    """Signatures belong to the message, its assertions, or metadata (core 5.4.1), and to the namespace of XML Signature."""
    strays = stray_signatures(anatomy)
    if strays:
        parent = strays[0].getparent()
        inside = local(parent.tag) if parent is not None else "document"
        text = Text.of(f"A signature stands inside the {inside}, where it protects nothing that is read.")
        yield "signature-elsewhere", text, _places(anatomy.document, strays)
    if anatomy.document.root.tag not in _METADATA:
        holders = (*enclosing(anatomy), *assertions(anatomy))
        moved = [(holder, node) for holder in holders for node in _out_of_order(holder)]
        if moved:
            inside = local(moved[0][0].tag)
            text = Text.of(f"The signature of the {inside} does not stand directly behind its Issuer, as the schema wants it.")
            yield "signature-out-of-order", text, _places(anatomy.document, [node for _, node in moved])
    named = (child for holder in (*enclosing(anatomy), *assertions(anatomy)) for child in holder.iterchildren("{*}Signature"))
    fakes = [child for child in named if child.tag != q("ds:Signature")]
    if fakes:
        text = Text.of("An element called Signature is of another namespace than XML Signature's: some software takes it for one.")
        yield "signature-look-alike", text, _places(anatomy.document, fakes)


def _out_of_order(holder: etree._Element) -> list[etree._Element]:
    """Return the signatures that stand before Issuer or behind anything else (core 2.3.3, 3.2.1 and 3.2.2)."""
    issuer, signature = q("saml:Issuer"), q("ds:Signature")
    tags = [child.tag for child in holder.iterchildren("*")]
    last = max((at for at, tag in enumerate(tags) if tag == issuer), default=-1)
    before: list[object] = []
    moved = []
    for at, child in enumerate(holder.iterchildren("*")):
        if child.tag != signature:
            before.append(child.tag)
        elif before not in ([issuer], []) or at < last:
            moved.append(child)
    return moved


def stray_signatures(anatomy: Anatomy) -> tuple[etree._Element, ...]:
    """Return the signatures that are not children of an element whose signature is looked at."""
    holders, advices = {*enclosing(anatomy), *assertions(anatomy)}, _advices(anatomy)
    return tuple(
        signature for signature in anatomy.signatures if signature.getparent() not in holders and not _is_inside(signature, advices)
    )


def enclosing(anatomy: Anatomy) -> tuple[etree._Element, ...]:
    """Return the elements, other than assertions, whose own signature counts.

    The message first, then signed protocol messages around it (ArtifactResponse); of metadata, its signed parts too.
    """
    message = anatomy.message
    if anatomy.kind in ("assertion", "encrypted-assertion"):
        return ()
    if str(message.tag).startswith(f"{{{MD}}}"):
        return (message, *(node for node in message.iterdescendants(f"{{{MD}}}*") if _signed(node)))
    return (message, *(node for node in message.iterancestors(f"{{{SAMLP}}}*") if _signed(node)))


def assertions(anatomy: Anatomy) -> tuple[etree._Element, ...]:
    """Return the assertions whose own signature counts; for SAML 1.x those that are children of the message."""
    if anatomy.kind == "saml1":
        return tuple(node for node in anatomy.assertions_anywhere if node.getparent() is anatomy.message)
    return anatomy.assertions


def _advices(anatomy: Anatomy) -> frozenset[etree._Element]:
    """Return the Advice elements of the assertions that would be read, a place for assertions (core 2.6.1)."""
    return frozenset(advice for assertion in anatomy.assertions for advice in assertion.iterchildren(q("saml:Advice")))


def _is_inside(node: etree._Element, elements: frozenset[etree._Element]) -> bool:
    return bool(elements) and not elements.isdisjoint(node.iterancestors(q("saml:Advice")))


def _signed(node: etree._Element) -> bool:
    return node.find(q("ds:Signature")) is not None


def _number(count: int, noun: str) -> str:
    return f"An {noun} stands" if count == 1 else f"{count} {noun}s stand"
