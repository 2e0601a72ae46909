"""Where metadata facts are read from: fixed paths below an entity, all of them found in one walk.

The walk also keeps the elements of each name, wherever they stand: checks that look for one kind of element, and most of all
for one that an entity does not have, need no walk of their own. It sorts elements by the place they stand at, once; which
places a path or a name means is known by which of them there are, and in that entities of a federation are alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from lxml import etree

from samlcheck.xmldoc.names import q

ROLES = (
    "md:IDPSSODescriptor", "md:SPSSODescriptor", "md:AuthnAuthorityDescriptor", "md:AttributeAuthorityDescriptor",
    "md:PDPDescriptor", "md:RoleDescriptor",
)  # fmt: skip
"""Role descriptors (metadata 2.4.1 to 2.4.7), which ``{role}`` in a path stands for."""
_MOST = 1_000
"""Layouts that are remembered."""


class _Place:
    """A place where elements may stand on the way to facts."""

    def __init__(self, number: int, *names: str) -> None:
        self.number = number
        """Places are in the order in which they were made known."""
        self.below: dict[str, _Place] = {}
        self.names = list(names)
        """Paths, as facts write them, that end here; and the element's name in Clark notation."""


_Key = _Place | str
"""A place, or a name (Clark notation) of elements that stand elsewhere."""
_TOP = _Place(0, "")
_places = [_TOP]


def path(at: str) -> str:
    """Make known a path (``md:Extensions | {role}/md:Extensions``: one or the other) and return it."""
    for alternative in at.split(" | ") if at else ():
        first, _, rest = alternative.partition("/")
        for start in ROLES if first == "{role}" else (first,):
            place = _TOP
            for name in map(q, filter(None, (start, *rest.split("/")))):
                if name not in place.below:
                    place.below[name] = _Place(len(_places), name)
                    _places.append(place.below[name])
                place = place.below[name]
            if at not in place.names:
                place.names.append(at)
    return at


class Layout:
    """Which places of an entity have elements."""

    def __init__(self, keys: frozenset[_Key]) -> None:
        """keys: the places, and names of elements elsewhere."""
        ordered = sorted(keys, key=lambda key: (key.number, "") if isinstance(key, _Place) else (len(_places), key))
        named: dict[str, list[_Key]] = {}
        for key in ordered:
            for name in key.names if isinstance(key, _Place) else (key,):
                named.setdefault(name, []).append(key)
        self.keys_of = {name: tuple(found) for name, found in named.items()}
        """Where the elements of a path or a name stand."""
        self.present = frozenset(named)
        """Paths and names of which there is an element."""


_layouts: dict[frozenset[_Key], Layout] = {}


class Found:
    """What stands in an entity."""

    __slots__ = ("_order", "_stands", "layout")

    def __init__(self, stands: dict[_Key, list[etree._Element]]) -> None:
        """stands: the elements at each place, and those elsewhere by name."""
        keys = frozenset(stands)
        layout = _layouts.get(keys)
        if layout is None:
            if len(_layouts) >= _MOST:
                _layouts.clear()
            layout = _layouts[keys] = Layout(keys)
        self.layout = layout
        self._stands = stands
        self._order: dict[etree._Element, int] | None = None

    def at(self, path: str) -> Sequence[etree._Element]:
        """Return the elements at a path, or of a name (Clark notation) anywhere, in document order."""
        keys = self.layout.keys_of.get(path)
        if keys is None:
            return ()
        return self._stands[keys[0]] if len(keys) == 1 else sorted(self.some(path), key=self.order)

    def some(self, path: str) -> Sequence[etree._Element]:
        """Return the same in some order, which is quicker."""
        keys = self.layout.keys_of.get(path)
        if keys is None:
            return ()
        stands = self._stands
        return stands[keys[0]] if len(keys) == 1 else [node for key in keys for node in stands[key]]

    def order(self, node: etree._Element) -> int:
        """Return where in document order an element stands."""
        if self._order is None:
            nodes = (one for entity in self._stands[_TOP] for one in entity.iter())
            self._order = {one: number for number, one in enumerate(nodes)}
        return self._order[node]

    def plus(self, name: str, nodes: list[etree._Element]) -> Found:
        """Return this with elements that are found by a further name."""
        return Found({**self._stands, name: nodes})


def together(all_found: Sequence[Found]) -> Found:
    """Return what stands in several entities."""
    whole: dict[_Key, list[etree._Element]] = defaultdict(list)
    for found in all_found:
        for key, nodes in found._stands.items():
            whole[key] += nodes
    return Found(dict(whole))


def walk(entity: etree._Element) -> Found:
    """Return what stands in an entity; the entity itself at the path ''."""
    stands: dict[_Key, list[etree._Element]] = defaultdict(list)
    stands[_TOP].append(entity)
    below_of = {entity: _TOP.below}
    below_parent = below_of.get
    for node in entity.iterdescendants("*"):  # far quicker than iterating over each element's children
        tag = node.tag
        below = below_parent(node.getparent())  # type: ignore[arg-type]
        if below is not None and tag in below:
            place = below[tag]
            stands[place].append(node)
            if place.below:
                below_of[node] = place.below
        else:
            stands[tag].append(node)
    return Found(stands)
