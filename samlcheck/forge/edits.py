"""Edits of a recipe by fact name, as rule examples write them: ``{assertion.audience: …, attribute:email: null}``.

Besides facts there are a few words of the forge: what to sign and encrypt, whose style, a shift of all instants.
Docs and ``rules test`` list the names from ``EDITS`` and ``PREFIXES``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from samlcheck.forge.damage import DAMAGES
from samlcheck.forge.keys import KEYS
from samlcheck.forge.messages import MESSAGE_EDITS, MessageEdit
from samlcheck.forge.products import STYLES
from samlcheck.forge.recipe import SUCCESS, Attribute, Confirmation, Recipe, Request, restyle
from samlcheck.forge.sign import digest_named, method_named
from samlcheck.saml.values import instant, iso

Values = tuple[str, ...]
"""What an edit is given; empty removes the thing."""
_Edit = Callable[[Recipe, Values], Recipe]


def edit(recipe: Recipe, edits: Mapping[str, str | tuple[str, ...] | list[str] | None]) -> Recipe:
    """Return the recipe with the edits made, in their order (a change of ``style`` first, ``shift_seconds`` last).

    None removes, several values are given as a tuple. An edit of ``response.status`` to a failure also takes the
    assertion away, as identity providers do; ``assertions: '1'`` keeps it.
    Raises KeyError for a name that cannot be edited, with the near miss, and ValueError for a value it cannot take.
    """
    order = {"style": 0, "message": 0, "message_sender": 1, "idp_initiated": 1, "assertions": 8, "shift_seconds": 9}
    for name in sorted(edits, key=lambda one: order.get(one, 5)):
        given = edits[name]
        values = () if given is None else (given,) if isinstance(given, str) else tuple(given)
        recipe = _named(name)(recipe, values)
    return recipe


def _named(name: str) -> _Edit:
    if name in EDITS:
        return EDITS[name]
    prefix, colon, rest = name.partition(":")
    if colon and rest and prefix in PREFIXES:
        return lambda recipe, values: PREFIXES[prefix](recipe, rest, values)
    near = difflib.get_close_matches(name, [*EDITS, *(f"{one}:NAME" for one in PREFIXES)], 1)
    raise KeyError(f"cannot edit {name}" + (f"; did you mean {near[0]}?" if near else ""))


def _single(name: str, values: Values) -> str | None:
    if len(values) > 1:
        raise ValueError(f"{name} takes one value, not {len(values)}")
    return values[0] if values else None


def _chosen(name: str, values: Values, choices: tuple[str, ...]) -> str:
    value = _single(name, values)
    if value not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}")
    return value


def _field(name: str, *fields: str) -> _Edit:
    return lambda recipe, values: _changed(recipe, dict.fromkeys(fields, _single(name, values)))


def _changed(recipe: Recipe, fields: Mapping[str, Any]) -> Recipe:
    return replace(recipe, **fields)


def _of_request(name: str, field: str) -> _Edit:
    def apply(recipe: Recipe, values: Values) -> Recipe:
        changed: dict[str, Any] = {field: _single(name, values)}
        return replace(recipe, request=replace(recipe.request or Request(), **changed))

    return apply


def _of_message(change: MessageEdit) -> _Edit:
    return lambda recipe, values: replace(recipe, message=change(recipe.message, values))


def _requested_contexts(recipe: Recipe, values: Values) -> Recipe:
    asked = recipe.request or Request()
    return replace(recipe, request=replace(asked, authn_context=values))


def _of_confirmation(field: str) -> _Edit:
    """Several values make several confirmations, the last one being the pattern of new ones; one value is for all."""

    def apply(recipe: Recipe, values: Values) -> Recipe:
        items = recipe.confirmations or (Confirmation(),)
        if len(values) > 1:
            items = (items + items[-1:] * len(values))[: len(values)]
        wanted = values if len(values) > 1 else (values or (None,)) * len(items)
        changes: list[dict[str, Any]] = [{field: value} for value in wanted]
        return replace(recipe, confirmations=tuple(replace(item, **change) for item, change in zip(items, changes, strict=True)))

    return apply


def _method(recipe: Recipe, values: Values) -> Recipe:
    return _of_confirmation("method")(recipe, values) if values else replace(recipe, confirmations=())


def _status(recipe: Recipe, values: Values) -> Recipe:
    top = _single("response.status", values)
    codes = () if top is None else (top, *recipe.status[1:])
    return replace(recipe, status=codes, assertions=recipe.assertions if top == SUCCESS else 0)


def _status_detail(recipe: Recipe, values: Values) -> Recipe:
    inner = _single("response.status_detail_code", values)
    return replace(recipe, status=recipe.status[:1] + (() if inner is None else (inner,)))


def _present(name: str, field: str) -> _Edit:
    return lambda recipe, values: _changed(recipe, {field: _single(name, values) is not None})


def _idp_initiated(recipe: Recipe, values: Values) -> Recipe:
    """Nothing answers a request (profiles 4.1.5)."""
    if _chosen("idp_initiated", values, ("true", "false")) == "false":
        return recipe
    confirmations = tuple(replace(item, in_response_to=None) for item in recipe.confirmations)
    return replace(recipe, in_response_to=None, confirmations=confirmations, request=None)


def _in_response_to(recipe: Recipe, values: Values) -> Recipe:
    value = _single("in_response_to", values)
    confirmations = tuple(replace(item, in_response_to=value) for item in recipe.confirmations)
    return replace(recipe, in_response_to=value, confirmations=confirmations)


def _acs(recipe: Recipe, values: Values) -> Recipe:
    value = _single("acs", values)
    confirmations = tuple(replace(item, recipient=value) for item in recipe.confirmations)
    asked = recipe.request and replace(recipe.request, acs_url=value)
    return replace(recipe, destination=value, confirmations=confirmations, request=asked)


def _filler(recipe: Recipe, values: Values) -> Recipe:
    """Add an attribute of so many characters, for what services say of long messages."""
    return _another(recipe, "filler", ("x" * int(_single("filler", values) or "0"),))


def _shift(recipe: Recipe, values: Values) -> Recipe:
    by = timedelta(seconds=float(_single("shift_seconds", values) or "0"))

    def moved(value: str | None) -> str | None:
        when = instant(value or "")
        return value if when is None else iso(when + by)

    fields = (
        "response_issue_instant",
        "assertion_issue_instant",
        "not_before",
        "not_on_or_after",
        "authn_instant",
        "session_not_on_or_after",
    )
    confirmations = tuple(
        replace(item, not_before=moved(item.not_before), not_on_or_after=moved(item.not_on_or_after))
        for item in recipe.confirmations
    )
    asked = recipe.request and replace(recipe.request, issue_instant=moved(recipe.request.issue_instant))
    return replace(
        _changed(recipe, {name: moved(getattr(recipe, name)) for name in fields}), confirmations=confirmations, request=asked
    )


def _algorithm(name: str, field: str, check: Callable[[str], object]) -> _Edit:
    def apply(recipe: Recipe, values: Values) -> Recipe:
        value = _single(name, values) or "sha256"
        check(value)
        return _changed(recipe, {field: value})

    return apply


def _choice(name: str, field: str, *choices: str) -> _Edit:
    return lambda recipe, values: _changed(recipe, {field: _chosen(name, values, choices)})


def _encrypt(recipe: Recipe, values: Values) -> Recipe:
    for value in values:
        _chosen("encrypt", (value,), ("assertion", "nameid", "attributes", "none"))
    return replace(recipe, encrypt=tuple(value for value in values if value != "none"))


def _name_formats(recipe: Recipe, values: Values) -> Recipe:
    value = _single("assertion.attribute_name_formats", values)
    return replace(recipe, attributes=tuple(replace(item, name_format=value) for item in recipe.attributes))


def _attribute(recipe: Recipe, name: str, values: Values) -> Recipe:
    """Set the values where the attribute stands, add it at the end, or remove it."""
    if not values:
        return replace(recipe, attributes=tuple(item for item in recipe.attributes if item.name != name))
    if all(item.name != name for item in recipe.attributes):
        return _another(recipe, name, values)
    kept = tuple(replace(item, values=values) if item.name == name else item for item in recipe.attributes)
    return replace(recipe, attributes=kept)


def _another(recipe: Recipe, name: str, values: Values) -> Recipe:
    """Add an attribute, also where there is one of that name."""
    style = STYLES[recipe.style]
    return replace(recipe, attributes=(*recipe.attributes, Attribute(name, values, style.name_format, None, style.value_type)))


def _of_attribute(kind: str, field: str) -> Callable[[Recipe, str, Values], Recipe]:
    def apply(recipe: Recipe, name: str, values: Values) -> Recipe:
        if all(item.name != name for item in recipe.attributes):
            raise KeyError(f"{kind}:{name} changes an attribute that is not there")
        value = _single(kind, values)
        if field == "name" and value is None:
            raise ValueError(f"{kind}:{name} needs the new name")
        change: dict[str, Any] = {field: value}
        return replace(
            recipe, attributes=tuple(replace(item, **change) if item.name == name else item for item in recipe.attributes)
        )

    return apply


_REQUEST = (
    "id", "version", "issue_instant", "destination", "acs_url", "acs_index", "protocol_binding", "force_authn", "is_passive",
    "provider_name", "issuer", "nameid_policy_format", "allow_create", "authn_context_comparison", "subject",
)  # fmt: skip
_RESPONSE = {
    "id": "response_id", "version": "response_version", "issue_instant": "response_issue_instant", "destination": "destination",
    "in_response_to": "in_response_to", "consent": "consent", "issuer": "response_issuer",
    "issuer_format": "response_issuer_format", "status_message": "status_message",
}  # fmt: skip
_ASSERTION = {
    "id": "assertion_id", "version": "assertion_version", "issue_instant": "assertion_issue_instant",
    "issuer": "assertion_issuer", "nameid": "nameid", "nameid_format": "nameid_format",
    "nameid_name_qualifier": "nameid_name_qualifier", "nameid_sp_name_qualifier": "nameid_sp_name_qualifier",
    "not_before": "not_before", "not_on_or_after": "not_on_or_after", "authn_instant": "authn_instant",
    "session_index": "session_index", "session_not_on_or_after": "session_not_on_or_after", "authn_context": "authn_context",
}  # fmt: skip
_CONFIRMATION = {
    "recipient": "recipient", "confirmation_not_on_or_after": "not_on_or_after", "confirmation_not_before": "not_before",
    "confirmation_in_response_to": "in_response_to", "confirmation_address": "address",
}  # fmt: skip

EDITS: dict[str, _Edit] = {
    "relay_state": _field("relay_state", "relay_state"),
    **{f"response.{name}": _field(f"response.{name}", field) for name, field in _RESPONSE.items()},
    "response.status": _status,
    "response.status_detail_code": _status_detail,
    **{f"assertion.{name}": _field(f"assertion.{name}", field) for name, field in _ASSERTION.items()},
    **{f"assertion.{name}": _of_confirmation(field) for name, field in _CONFIRMATION.items()},
    "assertion.confirmation_method": _method,
    "assertion.subject": _present("assertion.subject", "subject"),
    "assertion.authn_statement": _present("assertion.authn_statement", "authn_statement"),
    "assertion.audience": lambda recipe, values: replace(recipe, audiences=(values,) if values else ()),
    "assertion.other_conditions": lambda recipe, values: replace(recipe, other_conditions=values),
    "assertion.attribute_name_formats": _name_formats,
    **{f"request.{name}": _of_request(f"request.{name}", name) for name in _REQUEST},
    "request.authn_context": _requested_contexts,
    "request_sign": lambda recipe, values: _of_request("request_sign", "sign")(
        recipe, (_chosen("request_sign", values, ("service", "other", "none")),)
    ),
    **{name: _of_message(change) for name, change in MESSAGE_EDITS.items()},
    "signature.algorithm": _algorithm("signature.algorithm", "signature_algorithm", method_named),
    "signature.digest_algorithm": _algorithm("signature.digest_algorithm", "digest_algorithm", digest_named),
    # Words of the forge.
    "style": lambda recipe, values: restyle(recipe, _chosen("style", values, tuple(STYLES))),
    "sign": _choice("sign", "sign", "response", "assertion", "both", "none"),
    "canonicalization": lambda recipe, values: replace(
        recipe, canonicalization=_single("canonicalization", values) or recipe.canonicalization
    ),
    "key": _choice("key", "key", *KEYS),
    "embed": _choice("embed", "embed", "signer", "trusted", "other", "none"),
    "encrypt": _encrypt,
    "data_algorithm": _field("data_algorithm", "data_algorithm"),
    "key_algorithm": _field("key_algorithm", "key_algorithm"),
    "layout": _choice("layout", "layout", "compact", "lines"),
    "damage": _choice("damage", "damage", *DAMAGES),
    "inner_damage": _choice("inner_damage", "inner_damage", *DAMAGES),
    "assertions": lambda recipe, values: replace(recipe, assertions=int(_chosen("assertions", values, ("0", "1", "2")))),
    "issuer": _field("issuer", "response_issuer", "assertion_issuer"),
    "in_response_to": _in_response_to,
    "acs": _acs,
    "audience_restrictions": lambda recipe, values: replace(recipe, audiences=tuple((value,) for value in values)),
    "idp_initiated": _idp_initiated,
    "filler": _filler,
    "shift_seconds": _shift,
}
"""Every name that can be edited, and how."""

PREFIXES: dict[str, Callable[[Recipe, str, Values], Recipe]] = {
    "attribute": _attribute,
    "another": _another,
    "rename": _of_attribute("rename", "name"),
    "friendly": _of_attribute("friendly", "friendly_name"),
    "nameformat": _of_attribute("nameformat", "name_format"),
    "type": _of_attribute("type", "value_type"),
}
"""Edits of one attribute: ``attribute:NAME``, ``rename:NAME`` …"""
