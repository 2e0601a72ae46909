"""What ``decode`` prints: the layers that were taken off, the XML laid out for reading, and the facts.

The layout is for eyes only: the octets that were verified or are written out stay as they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from samlcheck.capture.model import Capture, CapturedMessage
from samlcheck.errors import SamlcheckError
from samlcheck.facts import FACTS, FactTable
from samlcheck.facts.assertion import is_personal
from samlcheck.finding import Slot
from samlcheck.frozen import dataclass
from samlcheck.report.layout import Page, Piece
from samlcheck.report.view import View
from samlcheck.report.visible import visible
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local

# Facts that depend on what the user configured or on a clock say nothing about the message itself.
_SKIPPED = ("idp.", "sp.", "told.", "signature.", "trust.", "certificate.used", "certificate.pinned")
_MAX_VALUE = 300
_PERSONAL_ELEMENTS = ("NameID",)


@dataclass(frozen=True)
class Decoded:
    """One message, decoded; either with its facts or with the reason why its XML cannot be read."""

    captured: CapturedMessage
    table: FactTable | None
    document: Document | None
    problem: SamlcheckError | None = None


def render(captures: Sequence[Capture], messages: Sequence[Decoded], view: View) -> Page:
    """Return the page for people."""
    page = Page(view.width)
    for item in messages:
        page.blank()
        captured = item.captured
        page.text(visible(f"{captured.artifact.name}: {captured.role}, {len(captured.artifact.data)} octets"), style="strong")
        for layer in captured.layers:
            repair = f" ({layer.note})" if layer.note else ""
            page.text(visible(f"{layer.name:<12} {layer.size_in:>7} → {layer.size_out} octets{repair}"), indent=2, style="dim")
        if captured.relay_state is not None:
            page.text(view.show(Slot(captured.relay_state)), indent=2, lead="RelayState   ", lead_style="dim")
        if captured.target:
            page.text(visible(captured.target), indent=2, lead="sent to      ", lead_style="dim")
        page.blank()
        if item.document is not None:
            page.lines.extend(xml_lines(item.document.root, view))
        if item.problem is not None:
            page.text(visible(item.problem.message), lead="UNREADABLE  ", lead_style="error")
            page.text(visible(f"{item.problem.where} {item.problem.tip}".strip()), indent=12)
        if item.table is not None:
            page.blank()
            page.line(("strong", "Facts"))
            for name, values in facts_of(item.table, view):
                page.text("; ".join(values), indent=2, lead=f"{name:<38} ", lead_style="dim")
    for capture in captures:
        for note in capture.notes:
            page.blank()
            page.text(visible(note.message), lead="Note: ", lead_style="warning")
    return page


def as_object(captures: Sequence[Capture], messages: Sequence[Decoded], view: View) -> dict[str, Any]:
    """Return the same as plain data."""
    return {
        "schema": "samlcheck/decoded-1",
        "messages": [
            {
                "name": visible(item.captured.artifact.name),
                "kind": item.table.text("message.kind") if item.table else item.captured.role,
                "layers": [
                    {"name": layer.name, "octets_in": layer.size_in, "octets_out": layer.size_out, "note": layer.note}
                    for layer in item.captured.layers
                ],
                "parameter": item.captured.parameter,
                "binding": item.captured.binding,
                "relay_state": view.show(Slot(item.captured.relay_state)) if item.captured.relay_state is not None else None,
                "target": visible(item.captured.target) if item.captured.target else None,
                "sha256": item.captured.artifact.sha256,
                "xml": "\n".join("".join(text for _, text in line) for line in xml_lines(item.document.root, view))
                if item.document is not None
                else None,
                "facts": dict(facts_of(item.table, view)) if item.table else {},
                "problem": {"message": visible(item.problem.message), "where": visible(item.problem.where)}
                if item.problem
                else None,
            }
            for item in messages
        ],
        "notes": [visible(note.message) for capture in captures for note in capture.notes],
    }


def facts_of(table: FactTable, view: View) -> list[tuple[str, list[str]]]:
    """Return the facts that the message itself states, attribute values by attribute, as shown to people."""
    rows: list[tuple[str, list[str]]] = []
    for name, fact in FACTS.items():
        if name.startswith(_SKIPPED) or name == "assertion.attribute_values":
            continue
        items = table.read(name).items
        if items:
            rows.append((name, [view.show(Slot(i.raw, i.sensitive or fact.sensitive)) for i in items]))
    for item in table.read("assertion.attribute_names").items:
        values = [view.show(Slot(i.raw, i.sensitive)) for i in table.read("attribute:" + item.raw).items]
        rows.append(("attribute:" + visible(item.raw), values))
    return rows


def xml_lines(root: etree._Element, view: View) -> list[tuple[Piece, ...]]:
    """Return the element laid out for reading: one element a line, children indented, long values cut."""
    lines: list[tuple[Piece, ...]] = []
    _element(root, 0, view, lines, declared={})
    return lines


def _name(node: etree._Element) -> str:
    tag = str(node.tag).rpartition("}")[2]
    return f"{node.prefix}:{tag}" if node.prefix else tag


def _cut(value: str, view: View) -> str:
    return value if view.everything or len(value) <= _MAX_VALUE else f"{value[:80]}… ({len(value)} characters)"


_PERSONAL_ATTRIBUTES = ("Address", "DNSName")
"""Where the user's machine stands (core 2.4.1.2 and 2.7.2.1)."""


def _is_personal(node: etree._Element) -> bool:
    if local(node.tag) in _PERSONAL_ELEMENTS:
        return True
    parent = node.getparent()
    return local(node.tag) == "AttributeValue" and parent is not None and is_personal(parent.get("Name", ""))


def _element(node: etree._Element, depth: int, view: View, lines: list[tuple[Piece, ...]], declared: dict[str | None, str]) -> None:
    margin: Piece = ("", "  " * depth)
    if local(node.tag) == "":
        kind = "comment" if isinstance(node, etree._Comment) else "processing instruction"
        lines.append((margin, ("dim", f"<!-- {kind}: {visible(_cut(node.text or '', view))} -->")))
        return
    name = visible(_name(node))
    opening: list[Piece] = [margin, ("tag", f"<{name}")]
    for prefix, uri in node.nsmap.items():
        if declared.get(prefix) != uri:
            opening.append(("dim", f' xmlns{":" + visible(prefix) if prefix else ""}="{visible(uri)}"'))
    for key, value in node.attrib.items():
        shown = visible(str(key).rpartition("}")[2])
        opening.append(("attribute", f" {shown}"))
        opening.append(("", '="' + view.show(Slot(_cut(str(value), view), local(key) in _PERSONAL_ATTRIBUTES)) + '"'))
    text = (node.text or "").strip()
    if not len(node) and not text:
        lines.append((*opening, ("tag", "/>")))
        return
    opening.append(("tag", ">"))
    shown_text = view.show(Slot(_cut(text, view), sensitive=_is_personal(node)))
    if not len(node):
        lines.append((*opening, ("", shown_text), ("tag", f"</{name}>")))
        return
    lines.append(tuple(opening))
    if text:
        lines.append((("", "  " * (depth + 1)), ("", shown_text)))
    for child in node:
        _element(child, depth + 1, view, lines, dict(node.nsmap))
        tail = (child.tail or "").strip()
        if tail:
            lines.append((("", "  " * (depth + 1)), ("", view.show(Slot(_cut(tail, view), sensitive=_is_personal(node))))))
    lines.append((margin, ("tag", f"</{name}>")))
