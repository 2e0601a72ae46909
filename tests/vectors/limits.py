"""Documents just above and just at the limits: bounded before a tree exists, because canonicalising what is above explodes.

SECURITY T3 and T4: inclusive canonicalisation is about cubic in namespaces and children; 46 kB cost 51 seconds.
"""

from __future__ import annotations

from samlcheck.xmldoc.limits import DEFAULT
from tests.vectors.making import genuine, in_extensions, posted
from tests.vectors.vector import Sent, accepted, refused

_OPEN = 2
"""Elements open around what stands in Extensions: the Response and the Extensions."""


def nested(depth: int) -> str:
    """Return elements inside each other."""
    return '<x xmlns="urn:x">' + "<x>" * (depth - 1) + "</x>" * depth


def declaring(number: int) -> str:
    """Return an element with so many namespace declarations."""
    return "<x:x xmlns:x='urn:x'" + "".join(f" xmlns:n{at}='urn:n{at}'" for at in range(number - 1)) + "/>"


def carrying(number: int) -> str:
    """Return an element with so many attributes."""
    return "<x:x xmlns:x='urn:x'" + "".join(f" a{at}=''" for at in range(number)) + "/>"


def _put(content: str) -> Sent:
    return posted(in_extensions(genuine("assertion"), content))


@refused("input/limit-depth", signature="unread", acceptance="unreadable", cases={"just": 1, "by-far": 3000})
def too_deep(more: int) -> Sent:
    """Elements nested deeper than the limit."""
    return _put(nested(DEFAULT.depth - _OPEN + more))


@refused("input/limit-attributes", signature="unread", acceptance="unreadable", cases={"just": 1, "by-far": 20_000})
def too_many_attributes(more: int) -> Sent:
    """One element with more attributes than the limit."""
    return _put(carrying(DEFAULT.attributes + more))


@refused("input/limit-namespaces-in-scope", signature="unread", acceptance="unreadable", cases={"just": 1, "by-far": 500})
def too_many_namespaces(more: int) -> Sent:
    """More namespaces in scope than the limit."""
    return _put(declaring(DEFAULT.namespaces_in_scope + more))


@refused("input/limit-namespaces", signature="unread", acceptance="unreadable")
def too_many_namespaces_in_all() -> Sent:
    """Few namespaces in scope anywhere, but too many declarations in all."""
    return _put(declaring(40) * (DEFAULT.namespaces // 40 + 1))


@refused(
    "input/limit-nodes",
    signature="unread",
    acceptance="unreadable",
    cases={"elements": "<x/>", "comments": "<!---->", "instructions": "<?p?>"},
)
def too_many_nodes(node: str) -> Sent:
    """More elements, comments or instructions than the limit."""
    return _put(f'<x xmlns="urn:x">{node * DEFAULT.nodes}</x>')


@refused("input/limit-cost", signature="unread", acceptance="unreadable")
def too_costly() -> Sent:
    """Within each limit, but too costly to canonicalise in all."""
    return _put(carrying(250) * 700)


@accepted(cases={"depth": nested(DEFAULT.depth - _OPEN), "attributes": carrying(DEFAULT.attributes), "namespaces": declaring(60)})
def just_within(content: str) -> Sent:
    """As much as the limits allow, outside what is signed."""
    return _put(content)


@accepted(cases={"wide": '<x xmlns="urn:x">' + "<x/>" * 20_000 + "</x>", "long-text": f'<x xmlns="urn:x">{"y" * 500_000}</x>'})
def large(content: str) -> Sent:
    """Large, and of no harm."""
    return _put(content)
