"""Edits of forged metadata, as examples of metadata rules write them: ``{metadata.entity_id: …, 'at:md:IDPSSODescriptor': null}``.

Names are facts of metadata (``NAMES``: each stands for a path) and a few words:

In every value ``{certificate:WORD}`` stands for a certificate, a word of ``certificates.CERTIFICATES``.

``at:PATH``           the element or ``@attribute`` at a path of child steps from the entity; None removes, several values repeat
``add:PATH``          XML to append inside the element at the path (``first:PATH``: to put in front)
``length:PATH``       the value at the path is filled up to so many characters
``certificate``       what all KeyDescriptors hold: a word of ``certificates.CERTIFICATES``, or several
``certificate:USE``   the same for the KeyDescriptors of this use
``role``              ``idp``, ``sp`` or ``both``
``signature``         over the entity: ``trusted``, ``other`` (another key), ``sha1``, ``damaged`` (changed afterwards)
``octets``            what becomes of the file: ``bom``, ``utf-16``, ``html``, ``doctype``, ``text``, ``error-response``
``aggregate``         how often the entity stands in an EntitiesDescriptor
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Callable, Mapping

from lxml import etree

from samlcheck.forge.certificates import certificate_text
from samlcheck.forge.keys import keys_for_this_run
from samlcheck.forge.metadata_recipe import DECLARED, Edits, MetadataRecipe, MetadataRole, healthy_metadata
from samlcheck.forge.products import STYLES
from samlcheck.forge.sign import EXCLUSIVE, Signing, sign
from samlcheck.forge.write import RESPONSE_SIGNATURE

Values = tuple[str, ...]
_CERTIFICATE = re.compile(r"\{certificate:([a-z0-9-]+)\}")

_IDP, _SP = "md:IDPSSODescriptor", "md:SPSSODescriptor"
NAMES: dict[str, str] = {
    "metadata.entity_id": "@entityID",
    "metadata.id": "@ID",
    "metadata.valid_until": "@validUntil",
    "metadata.cache_duration": "@cacheDuration",
    "metadata.sso.location": f"{_IDP}/md:SingleSignOnService/@Location",
    "metadata.sso.binding": f"{_IDP}/md:SingleSignOnService/@Binding",
    "metadata.acs.location": f"{_SP}/md:AssertionConsumerService/@Location",
    "metadata.acs.binding": f"{_SP}/md:AssertionConsumerService/@Binding",
    "metadata.acs.index": f"{_SP}/md:AssertionConsumerService/@index",
    "metadata.scopes": f"{_IDP}/md:Extensions/shibmd:Scope",
    "metadata.registration.authority": "md:Extensions/mdrpi:RegistrationInfo/@registrationAuthority",
}
"""Facts that can be edited, and the path each stands for; every other place is reached by ``at:PATH``."""


def forge_metadata(recipe: MetadataRecipe) -> bytes:
    """Return the octets of a metadata file. Raises KeyError for an edit of no known name, ValueError for a value it cannot take."""
    edits = dict(recipe.edits)
    role, octets, copies, signature = (
        _single(name, edits.pop(name, None)) for name in ("role", "octets", "aggregate", "signature")
    )
    root = healthy_metadata(_role(role) if role else recipe.role)
    for name, given in edits.items():
        values = () if given is None else (given,) if isinstance(given, str) else tuple(given)
        _named(name)(root, tuple(_CERTIFICATE.sub(lambda match: certificate_text(match[1]), value) for value in values))
    etree.cleanup_namespaces(root)
    if copies:
        group = etree.Element(f"{{{DECLARED['md']}}}EntitiesDescriptor", nsmap={"md": DECLARED["md"]})
        group.extend([copy.deepcopy(root) for _ in range(int(copies))])
        root = group
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    if signature:
        written = _signed(written, signature)
    return _OCTETS[octets](written) if octets else written


def _signed(written: bytes, word: str) -> bytes:
    """Return the file with a signature over its root; raises ValueError for a word that names no kind."""
    if word not in ("trusted", "other", "sha1", "damaged"):
        raise ValueError(f"signature is trusted, other, sha1 or damaged, not {word}")
    start, _, rest = written.decode().partition("><md:Extensions>")
    keys = keys_for_this_run("other" if word == "other" else "trusted")
    signing = Signing(keys, "sha1" if word == "sha1" else "sha256", "sha256", EXCLUSIVE, keys)
    marked = f"{start}>{RESPONSE_SIGNATURE}<md:Extensions>{rest}"
    text = sign(marked, RESPONSE_SIGNATURE, "EntityDescriptor", STYLES["generic"], signing)
    return (text.replace("Example University", "Another University", 1) if word == "damaged" else text).encode()


def edited(recipe: MetadataRecipe, edits: Edits) -> MetadataRecipe:
    """Return the recipe with further edits, which take the place of those of the same name."""
    return MetadataRecipe(recipe.role, {**recipe.edits, **edits})


def _role(word: str) -> MetadataRole:
    match word:
        case "idp" | "sp" | "both":
            return word
    raise ValueError(f"role is idp, sp or both, not {word}")


def _single(name: str, value: str | tuple[str, ...] | None) -> str:
    if isinstance(value, tuple):
        raise ValueError(f"{name} takes one value, not {len(value)}")
    return value or ""


_Edit = Callable[[etree._Element, Values], None]


def _named(name: str) -> _Edit:
    prefix, colon, rest = name.partition(":")
    if name in NAMES:
        return lambda root, values: _set(root, NAMES[name], values)
    if name == "certificate" or (prefix == "certificate" and colon):
        return lambda root, values: _certificates(root, rest, values)
    if colon and prefix in _AT:
        return lambda root, values: _AT[prefix](root, rest, values)
    near = difflib.get_close_matches(name, [*NAMES, "certificate", "role", "octets", "aggregate", "at:PATH", "add:PATH"], 1)
    raise KeyError(f"cannot edit {name}" + (f"; did you mean {near[0]}?" if near else ""))


def _clark(name: str) -> str:
    prefix, colon, rest = name.partition(":")
    if not colon:
        return name
    if prefix == "xml":
        return f"{{http://www.w3.org/XML/1998/namespace}}{rest}"
    return f"{{{DECLARED[prefix]}}}{rest}"


def _found(root: etree._Element, steps: list[str]) -> list[etree._Element]:
    """Return the elements at child steps; ``name[2]`` is the second of its parent."""
    nodes = [root]
    for step in steps:
        name, bracket, number = step.rstrip("]").partition("[")
        below = [list(node.iterchildren(_clark(name))) for node in nodes]
        nodes = [child for children in below for child in (children[int(number) - 1 : int(number)] if bracket else children)]
    return nodes


def _set(root: etree._Element, path: str, values: Values) -> None:
    *above, last = path.split("/")
    if last.startswith("@"):
        _set_attribute(_some(root, above, path), _clark(last[1:]), values, path)
        return
    found = _found(root, [*above, last])
    if not found and values:
        found = [etree.SubElement(parent, _clark(last.partition("[")[0])) for parent in _some(root, above, path)]
    if not values:
        for node in found:
            _parent(node).remove(node)
        return
    for node in found[len(values) :] if len(values) > 1 else []:
        _parent(node).remove(node)
    while len(values) > len(found):
        found.append(copy.deepcopy(found[-1]))
        found[-2].addnext(found[-1])
    wanted = values if len(values) > 1 else values * len(found)
    for node, value in zip(found, wanted, strict=False):
        node.text = value


def _set_attribute(nodes: list[etree._Element], name: str, values: Values, path: str) -> None:
    if len(values) > len(nodes):
        raise ValueError(f"{path}: there are {len(nodes)} elements for {len(values)} values")
    for node, value in zip(nodes, values if len(values) > 1 else values * len(nodes) or (None,) * len(nodes), strict=False):
        if value is None:
            node.attrib.pop(name, "")
        else:
            node.set(name, value)


def _some(root: etree._Element, steps: list[str], path: str) -> list[etree._Element]:
    found = _found(root, steps)
    if not found:
        raise ValueError(f"{path}: there is no such place in the healthy metadata")
    return found


def _parent(node: etree._Element) -> etree._Element:
    parent = node.getparent()
    if parent is None:
        raise ValueError("the entity itself cannot be removed")
    return parent


def _insert(root: etree._Element, path: str, values: Values, *, front: bool) -> None:
    declarations = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in DECLARED.items())
    for parent in _some(root, path.split("/") if path else [], path):
        for value in values:
            new = list(etree.fromstring(f"<x {declarations}>{value}</x>"))
            for place, node in enumerate(new):
                parent.insert(place if front else len(parent), node)


def _fill(root: etree._Element, path: str, values: Values) -> None:
    *above, last = path.split("/")
    length = int(values[0])
    for node in _some(root, above if last.startswith("@") else [*above, last], path):
        if last.startswith("@"):
            name = _clark(last[1:])
            node.set(name, (node.get(name) or "").ljust(length, "a"))
        else:
            node.text = (node.text or "").ljust(length, "a")


_AT: dict[str, Callable[[etree._Element, str, Values], None]] = {
    "at": _set,
    "length": _fill,
    "add": lambda root, path, values: _insert(root, path, values, front=False),
    "first": lambda root, path, values: _insert(root, path, values, front=True),
}


def _certificates(root: etree._Element, use: str, values: Values) -> None:
    for descriptor in root.iter(_clark("md:KeyDescriptor")):
        if use and descriptor.get("use") != use:
            continue
        held = list(descriptor.iter(_clark("ds:X509Certificate")))
        data = _parent(held[0])
        for node in held:
            data.remove(node)
        for word in values:
            node = etree.SubElement(data, _clark("ds:X509Certificate"))
            node.text = certificate_text(word)
            if word == "with-comment":
                node.insert(0, etree.Comment(" signing certificate of 2025 "))


_PAGE = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Please sign in.</p><br></body></html>\n"
_FAILED = b'<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/></samlp:Status>'
_RESPONSE = (
    b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" Version="2.0">' + _FAILED + b"</samlp:Response>\n"
)
_OCTETS: Mapping[str, Callable[[bytes], bytes]] = {
    "bom": lambda xml: b"\xef\xbb\xbf" + xml,
    "utf-16": lambda xml: xml.decode().replace("encoding='UTF-8'", "encoding='UTF-16'").encode("utf-16"),
    "latin-1": lambda xml: xml.replace(b"encoding='UTF-8'", b"encoding='ISO-8859-1'"),
    "doctype": lambda xml: xml.replace(b"?>", b'?>\n<!DOCTYPE x [<!ENTITY a "b">]>', 1),
    "html": lambda xml: _PAGE,
    "text": lambda xml: b"404 page not found\n",
    "error-response": lambda xml: _RESPONSE,
    "cut-off": lambda xml: xml[: len(xml) // 2],
}
