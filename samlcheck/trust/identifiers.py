"""Attributes that name elements: the one a reference must use, and all that some software would take for one.

Verifiers differ in which attributes they register as IDs, so one value may stand only once across all of them
(SECURITY 1b: attribute pollution, DTD-declared and ``xml:id`` decoys that libxmlsec resolves first).
"""

from __future__ import annotations

from lxml import etree

from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import SAML1, SAMLP1, local

_ID_LIKE = frozenset({"id", "assertionid", "responseid", "requestid"})


def id_attribute(element: etree._Element) -> str | None:
    """Return the name of the attribute that identifies the element under its own schema; None if it is missing.

    ``ID`` in SAML 2.0 (core 1.3.4), ``AssertionID``, ``ResponseID`` or ``RequestID`` in SAML 1.1.
    """
    names = ["ID"]
    if isinstance(element.tag, str) and element.tag[1:].partition("}")[0] in (SAML1, SAMLP1):
        names = [f"{local(element.tag)}ID"]
    return next((name for name in names if element.get(name)), None)


def id_values(root: etree._Element) -> tuple[tuple[etree._Element, str, str], ...]:
    """Return (element, attribute in Clark notation, value) of everything that looks like an ID, in document order."""
    return tuple(
        (element, str(name), str(value).strip())
        for element in root.iter(etree.Element)
        for name, value in element.items()
        if local(name).lower() in _ID_LIKE
    )


def bearers(document: Document, value: str) -> list[etree._Element]:
    """Return every element that carries ``value`` in an ID-like attribute, once for each such attribute."""
    return [element for element, _, found in document.once(id_values) if found == value.strip()]


def value_of(element: etree._Element) -> str:
    """Return the element's own identifier, or an empty string."""
    attribute = id_attribute(element)
    return (element.get(attribute) or "") if attribute else ""
