"""Free XPath 1.0 in packs given by users: what an expression selects, as readings.

Shipped rules work on facts only; XPath is for what the fact table does not name. Parameters are bound as variables
(``$tenant``), never pasted into the expression. Nothing outside the document can be reached: XPath 1.0 has no
``document()``, and EXSLT functions are not registered.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree

from samlcheck.facts import Reading, Readings
from samlcheck.facts.assertion import is_personal
from samlcheck.facts.reading import Reader
from samlcheck.xmldoc.names import NAMESPACES, local

MAX_NODES = 1000


@lru_cache(maxsize=256)
def _compiled(expression: str) -> etree.XPath:
    return etree.XPath(expression, namespaces=NAMESPACES, regexp=False, smart_strings=True)


def fault(expression: str, parameters: Collection[str]) -> str:
    """Return what is wrong with an expression, or an empty string."""
    try:
        found = _compiled(expression)(etree.Element("nothing"), **dict.fromkeys(parameters, ""))
    except etree.XPathSyntaxError:
        return "this is not an XPath 1.0 expression"
    except etree.XPathEvalError as error:
        return f"this XPath cannot be evaluated: {str(error).lower()}; prefixes are {', '.join(sorted(NAMESPACES))}"
    return "" if isinstance(found, list) else "the expression must select elements, attributes or text"


def select(expression: str, reader: Reader, parameters: Mapping[str, str]) -> Readings:
    """Return the nodes that an expression selects in the document of ``reader``, anchored at its root."""
    root = reader.document.root
    found: Any = _compiled(expression)(root.getroottree(), **parameters)
    items = tuple(item for node in found[:MAX_NODES] if (item := _reading(reader, node)) is not None)
    return Readings(items, reader.document.absent(root, "selected node"))


def _reading(reader: Reader, node: Any) -> Reading | None:
    if isinstance(node, etree._Element):
        if not local(node.tag):  # a comment or processing instruction
            return None
        holder = node.getparent() if node.tag.endswith("}AttributeValue") else None
        sensitive = is_personal(holder.get("Name", "")) if holder is not None else node.tag.endswith("}NameID")
        return reader.element(node, sensitive=sensitive)
    parent = node.getparent()
    if node.is_attribute:
        return reader.attribute(parent, node.attrname)
    return _reading(reader, parent) if node.is_text else None
