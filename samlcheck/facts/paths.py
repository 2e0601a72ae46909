"""Where metadata facts are read from: fixed paths below an entity, all of them found in one walk.

The walk also keeps the elements of each name, wherever they stand: checks that look for one kind of element, and most of all
for one that an entity does not have, need no walk of their own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import Any

from lxml import etree

from samlcheck.frozen import dataclass
from samlcheck.xmldoc.names import q

ROLES = (
    "md:IDPSSODescriptor", "md:SPSSODescriptor", "md:AuthnAuthorityDescriptor", "md:AttributeAuthorityDescriptor",
    "md:PDPDescriptor", "md:RoleDescriptor",
)  # fmt: skip
"""Role descriptors (metadata 2.4.1 to 2.4.7), which ``{role}`` in a path stands for."""
Found = dict[object, list[etree._Element]]
"""Elements in document order by the path they stand at, as facts write it, and by their name in Clark notation."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One element on the way to facts."""

    below: dict[str, _Step] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    """Paths, as facts write them, that end here."""


_TOP = _Step()


def path(at: str) -> str:
    """Make known a path (``md:Extensions | {role}/md:Extensions``: one or the other) and return it."""
    for alternative in at.split(" | ") if at else ():
        first, _, rest = alternative.partition("/")
        for start in ROLES if first == "{role}" else (first,):
            step = _TOP
            for name in filter(None, (start, *rest.split("/"))):
                step = step.below.setdefault(q(name), _Step())
            if at not in step.paths:
                step.paths.append(at)
    return at


_MOST = 4096
_names: dict[Any, Any] = {}
"""Names of elements, each as one object: lxml makes a text of its own for each element, and equal texts are slow to compare."""


def walk(entity: etree._Element) -> Found:
    """Return what stands in an entity; the entity itself at the path ''."""
    found: Found = defaultdict(list)
    below_of = {entity: _TOP.below}
    if len(_names) > _MOST:
        _names.clear()
    one_object = _names.setdefault
    for node in entity.iterdescendants():  # far quicker than iterating over each element's children
        tag = node.tag  # that of a comment is a function
        tag = one_object(tag, tag)
        found[tag].append(node)
        below = below_of.get(node.getparent())  # type: ignore[arg-type]
        if below and (here := below.get(tag)) is not None:
            for at in here.paths:
                found[at].append(node)
            if here.below:
                below_of[node] = here.below
    found[""].append(entity)
    return dict(found)
