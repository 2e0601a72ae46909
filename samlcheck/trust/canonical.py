"""Canonical XML, written from the recommendations and independent of libxml2's.

The second engine needs its own: lxml cannot canonicalise a subtree with the namespaces it inherits, and the autopsy has
to ask what the octets *would* be had a line break not been added. Reads the tree, never changes it.

Clauses: Canonical XML 1.0 (2001) 2.2 to 2.4, Canonical XML 1.1 section 2.4, Exclusive XML Canonicalization 1.0 section 3.
Only document subsets that are one element with everything below it are needed, less at most one element (enveloped signature).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from samlcheck.trust.algorithms import Canonicalization

XML = "http://www.w3.org/XML/1998/namespace"
Edit = Callable[[etree._Element, str], str]
"""Given the element a text stands in and the text, return the text to use instead."""

_NAME_OF_ATTRIBUTE = etree.XPath("name(@*[local-name() = $local and namespace-uri() = $uri])")
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
_IN_TEXTS = "&<>\r"
_IN_VALUES = '&<"\t\n\r'


def escaped(text: str, *, attribute: bool) -> str:
    """Return character data or an attribute value as canonical XML writes it (1.0, section 2.3)."""
    table, special = (_VALUE, _IN_VALUES) if attribute else (_TEXT, _IN_TEXTS)
    for character in special:  # hardly any text has one, and looking costs a tenth of translating
        if character in text:
            return text.translate(table)
    return text


class CanonicalizationError(ValueError):
    """The node-set has no canonical form here: to be read as a refusal, never as empty octets."""


def canonical(
    apex: etree._Element,
    method: Canonicalization,
    *,
    prefixes: frozenset[str] = frozenset(),
    without: etree._Element | None = None,
    edit: Edit | None = None,
    edit_value: Edit | None = None,
    also_in_scope: Mapping[str, str] | None = None,
    alone: bool = False,
) -> bytes:
    """Return the canonical octets of ``apex`` and all below it.

    prefixes: InclusiveNamespaces PrefixList of the exclusive method, the default namespace as ``""``.
    without: an element to leave out (its tail stays). edit, edit_value: what-if changes of text nodes and attribute values.
    also_in_scope: what-if namespace declarations of the apex's context. alone: what if the apex were the whole document, so
    that nothing is inherited but what is used.
    Raises CanonicalizationError for xml:base inherited under version 1.1, whose joining rules SAML never needs.
    """
    writer = _Writer(apex, method, prefixes, without, edit, edit_value, dict(also_in_scope or {}), alone)
    writer.element(apex, {})
    return "".join(writer.out).encode()


class _Writer:
    """Collects the pieces of one canonical form."""

    def __init__(
        self,
        apex: etree._Element,
        method: Canonicalization,
        prefixes: frozenset[str],
        without: etree._Element | None,
        edit: Edit | None,
        edit_value: Edit | None,
        also_in_scope: dict[str, str],
        alone: bool,
    ) -> None:
        self.apex, self.method, self.prefixes, self.without = apex, method, prefixes, without
        self.edit, self.edit_value = edit, edit_value
        self.also_in_scope, self.alone = also_in_scope, alone
        parent = apex.getparent()
        self.inherited = set(parent.nsmap.items()) if alone and parent is not None else set()
        self.out: list[str] = []

    def element(self, node: etree._Element, rendered: dict[str, str]) -> None:
        """Write one element; ``rendered`` is what the output ancestors have declared."""
        uri, local = _clark(str(node.tag))
        own = node.prefix or ""
        name = f"{own}:{local}" if own else local
        attributes, used = self._attributes(node)
        used[own] = uri
        fresh = {}
        for prefix, value in self._wanted(node, used).items():
            if rendered.get(prefix, None if prefix else "") != value and prefix != "xml":
                fresh[prefix] = value
        write = self.out.append
        write(f"<{name}")
        for prefix in sorted(fresh):
            write(f' xmlns{":" if prefix else ""}{prefix}="{escaped(fresh[prefix], attribute=True)}"')
        for _, written, value in sorted(attributes):
            edited = self.edit_value(node, value) if self.edit_value is not None else value
            write(f' {written}="{escaped(edited, attribute=True)}"')
        write(">")
        inside = {**rendered, **fresh} if fresh else rendered
        if text := node.text:
            self._text(node, text)
        for child in node:
            if type(child) is etree._Element and child is not self.without:
                self.element(child, inside)
            else:
                self._child(child, inside)
            if text := child.tail:
                self._text(node, text)
        write(f"</{name}>")

    def _child(self, child: etree._Element, rendered: dict[str, str]) -> None:
        if child is self.without:
            return
        if isinstance(child, etree._Comment):
            if self.method.comments:
                self.out.append(f"<!--{child.text or ''}-->")
        elif isinstance(child, etree._ProcessingInstruction):
            self.out.append(f"<?{child.target!s}{' ' if child.text else ''}{child.text or ''}?>")
        elif isinstance(child.tag, str):
            self.element(child, rendered)
        else:
            raise CanonicalizationError("an entity reference has no canonical form")

    def _text(self, parent: etree._Element, text: str) -> None:
        self.out.append(escaped(self.edit(parent, text) if self.edit else text, attribute=False))

    def _wanted(self, node: etree._Element, used: dict[str, str]) -> dict[str, str]:
        """Return the namespace nodes to render unless an output ancestor has: prefix to URI."""
        if self.method.exclusive and not self.prefixes:
            return used
        scope = {prefix or "": uri for prefix, uri in node.nsmap.items() if (prefix, uri) not in self.inherited}
        scope.setdefault("", "")
        scope = {**self.also_in_scope, **scope}
        if not self.method.exclusive:
            return {**scope, **used}
        return {**{prefix: scope[prefix] for prefix in self.prefixes if prefix in scope}, **used}

    def _attributes(self, node: etree._Element) -> tuple[list[tuple[tuple[str, str], str, str]], dict[str, str]]:
        """Return the attributes as (sort key, name as written, value), and the prefixes they use."""
        found: list[tuple[tuple[str, str], str, str]] = []
        used: dict[str, str] = {}
        for tag, text in node.items():
            (uri, local), value = _clark(str(tag)), str(text)
            if not uri:
                found.append((("", local), local, value))
                continue
            written = f"xml:{local}" if uri == XML else _as_written(node, uri, local)
            if uri != XML:
                used[written.partition(":")[0]] = uri
            found.append(((uri, local), written, value))
        if node is self.apex and not self.method.exclusive and not self.alone:
            found.extend(self._inherited(node))
        return found, used

    def _inherited(self, apex: etree._Element) -> list[tuple[tuple[str, str], str, str]]:
        """Return the xml: attributes that inclusive methods bring down to the apex (1.0 and 1.1 section 2.4)."""
        found: dict[str, str] = {}
        for ancestor in apex.iterancestors():
            for tag, value in ancestor.items():
                uri, local = _clark(str(tag))
                if uri == XML:
                    found.setdefault(local, str(value))
        if self.method.version == "1.1":
            found.pop("id", None)
            if "base" in found:
                raise CanonicalizationError("xml:base is inherited under Canonical XML 1.1")
        return [((XML, local), f"xml:{local}", value) for local, value in found.items() if apex.get(f"{{{XML}}}{local}") is None]


def _clark(tag: str) -> tuple[str, str]:
    """Return the namespace and the local name of a tag in Clark notation."""
    uri, brace, local = tag.rpartition("}")
    return (uri[1:], local) if brace else ("", local)


def _as_written(node: etree._Element, uri: str, local: str) -> str:
    """Return the qualified name of an attribute; lxml shows only its namespace, to which several prefixes may be bound."""
    prefixes = [prefix for prefix, bound in node.nsmap.items() if bound == uri and prefix]
    if len(prefixes) == 1:
        return f"{prefixes[0]}:{local}"
    return str(_NAME_OF_ATTRIBUTE(node, local=local, uri=uri))
