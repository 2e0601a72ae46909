"""YAML in the small: plain data in which every key and value knows its line and column.

Packs may come from strangers (SECURITY T13), so the language is cut down to what a pack needs: one document of
mappings, lists and text. Scalars stay text (``012345678901``, ``no`` and ``2026-11-02`` are what they look like);
only ``null``, ``~`` and nothing at all are None. Anchors, aliases, tags, merge keys and duplicate keys are refused
where they stand. PyYAML's event parser does the scanning; no object is ever constructed from a tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samlcheck.characters import UNSAFE
from samlcheck.packs.complain import Complaints, Path, Place

if TYPE_CHECKING:
    from samlcheck.source import Artifact

MAX_OCTETS = 512 * 1024
MAX_DEPTH = 20
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class Mapping(dict[str, Any]):
    """A YAML mapping; ``keys_at`` and ``values_at`` hold the places of its keys and values."""

    def __init__(self, place: Place) -> None:
        """An empty mapping that begins at ``place``."""
        super().__init__()
        self.place = place
        self.keys_at: dict[str, Place] = {}
        self.values_at: dict[str, Place] = {}

    def put(self, key: str, value: object, key_at: Place, value_at: Place) -> None:
        """Set one key together with the places of key and value."""
        self[key] = value
        self.keys_at[key] = key_at
        self.values_at[key] = value_at

    def move(self, key: str, target: Mapping, renamed: str = "") -> None:
        """Move one key with its places into another mapping, perhaps under another name."""
        target.put(renamed or key, self.pop(key), self.keys_at[key], self.values_at[key])


class Sequence(list[Any]):
    """A YAML list; ``items_at`` holds the places of its items."""

    def __init__(self, place: Place) -> None:
        """An empty list that begins at ``place``."""
        super().__init__()
        self.place = place
        self.items_at: list[Place] = []

    def put(self, value: object, place: Place) -> None:
        """Append one item and its place."""
        self.append(value)
        self.items_at.append(place)


def place_of(root: Mapping, path: Path) -> Place:
    """Return the place of what ``path`` leads to, or of the nearest thing on the way that is in the file."""
    place: Place = root.place
    node: Any = root
    for depth, step in enumerate(path):
        last = depth == len(path) - 1
        if isinstance(node, Mapping) and step in node:
            name = str(step)
            place = node.keys_at[name] if last and isinstance(node[name], dict | list) else node.values_at[name]
            node = node[name]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
            place, node = node.items_at[step], node[step]
        else:
            break
    return place


def read(artifact: Artifact) -> Mapping:
    """Return the one mapping that a pack file holds.

    Raises PackError (``file:line:column``) for what is not YAML, too large or deep, not a mapping, or uses a part of
    YAML that packs do without.
    """
    import yaml

    complaints = Complaints(artifact.name)
    top = Place(1, 1)
    if len(artifact.data) > MAX_OCTETS:
        complaints.add(top, f"the file has {len(artifact.data)} octets; a pack may have {MAX_OCTETS}")
        complaints.raise_if_any()
    root: Any = None
    try:
        text = artifact.data.decode("utf-8-sig")
        root = _Builder(complaints).build(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except UnicodeDecodeError as error:
        complaints.add(Place(artifact.data[: error.start].count(b"\n") + 1, 1), "the file is not UTF-8 text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        complaints.add(_place(mark) if mark else top, f"this is not YAML: {error.problem or error.context}")
    except yaml.YAMLError:
        complaints.add(top, "this is not YAML: it holds characters that YAML does not allow")
    complaints.raise_if_any()
    if not isinstance(root, Mapping):
        complaints.add(top, "a pack file holds one mapping that begins with `format: 1`")
        complaints.raise_if_any()
    return root  # type: ignore[no-any-return]


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


class _Builder:
    """Turns parser events into located data with a stack of its own: depth is bounded by us, not by Python's."""

    def __init__(self, complaints: Complaints) -> None:
        self.complaints = complaints
        self.root: Any = None
        self.stack: list[Mapping | Sequence] = []
        self.keys: list[tuple[str, Place] | None] = []

    def build(self, events: Any) -> Any:
        import yaml

        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.complaints.add(_place(event.start_mark), "a pack file holds one document, here begins another")
                    break
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
                if len(self.stack) > MAX_DEPTH:
                    self.complaints.add(_place(event.start_mark), f"this is nested more than {MAX_DEPTH} levels deep")
                    break
            elif isinstance(event, yaml.CollectionEndEvent):
                self.stack.pop()
                self.keys.pop()
        return self.root

    def _node(self, event: Any) -> None:
        import yaml

        place = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.complaints.add(place, f"aliases (`*{event.anchor}`) are not allowed in packs; write the value again")
            self._put(None, place)
            return
        if event.anchor is not None:
            self.complaints.add(place, f"anchors (`&{event.anchor}`) are not allowed in packs")
        if event.tag is not None:
            self.complaints.add(place, f"tags (`{event.tag}`) are not allowed in packs: every scalar is text")
        if isinstance(event, yaml.ScalarEvent):
            hidden = UNSAFE.search(event.value.replace("\n", " ").replace("\t", " "))
            if hidden is not None:
                self.complaints.add(place, f"this text holds a character that nobody sees or that acts (U+{ord(hidden[0]):04X})")
            plain = event.style is None or event.style == ""
            self._put(None if plain and event.value in _NULLS else event.value, place, key=event.value)
            return
        opened = Mapping(place) if isinstance(event, yaml.MappingStartEvent) else Sequence(place)
        self._put(opened, place)
        self.stack.append(opened)
        self.keys.append(None)

    def _put(self, value: object, place: Place, key: str | None = None) -> None:
        if not self.stack:
            self.root = value
            return
        parent = self.stack[-1]
        if isinstance(parent, Sequence):
            parent.put(value, place)
            return
        pending = self.keys[-1]
        if pending is None:
            name = key if key is not None else "?"
            if key is None:
                self.complaints.add(place, "a key is text, not a list or mapping")
            elif name == "<<":
                self.complaints.add(place, "merge keys (`<<`) are not allowed in packs")
            elif name in parent:
                first = parent.keys_at[name]
                self.complaints.add(place, f"`{name}` is written twice; the first is in line {first.line}")
            self.keys[-1] = (name, place)
            return
        parent.put(pending[0], value, pending[1], place)
        self.keys[-1] = None
