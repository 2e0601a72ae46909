"""The values of pack parameters for one login: given, else read from the login itself, else the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from samlcheck.checks import template
from samlcheck.checks.context import ParameterValue
from samlcheck.errors import UsageError
from samlcheck.facts import FactTable
from samlcheck.packs.model import Pack, Parameter
from samlcheck.packs.terms import STANDARD_PARAMETERS

_LISTS = frozenset(("required_attributes", "seen_ids", "users"))


def declared(packs: Iterable[Pack]) -> dict[str, Parameter]:
    """Return the parameters of the packs; where two declare the same, the later (more specific) pack's counts."""
    return {name: parameter for pack in packs for name, parameter in pack.parameters.items()}


def values(
    parameters: Mapping[str, Parameter],
    given: Mapping[str, str],
    table: FactTable,
    owner: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> dict[str, ParameterValue]:
    """Return every parameter that has a value: given, read from the login, or its default. Arguments as for ``typed``."""
    found = typed(parameters, given, owner, sources)
    for name, parameter in parameters.items():
        if name not in found:
            value = _inferred(name, parameter, table) or _default(parameter)
            if value is not None:
                found[name] = value
    return found


def typed(
    parameters: Mapping[str, Parameter],
    given: Mapping[str, str],
    owner: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> dict[str, ParameterValue]:
    """Return the values that people gave.

    given: text as with ``--set``; several values are separated by commas or line ends. owner: parameter names of packs
    that were not selected, with the pack's name, for the error. sources: where a value comes from if it was not typed
    (``profile connect``). Raises UsageError for a name that neither a selected pack nor DESIGN 2.1 knows, and for a
    value without the form the parameter has.
    """
    found: dict[str, ParameterValue] = {}
    for name, text in given.items():
        parameter = parameters.get(name)
        source = (sources or {}).get(name, "given")
        asked = f"--set {name}" if source == "given" else f"{source}: {name}"
        if parameter is None and name not in STANDARD_PARAMETERS:
            raise _unknown(name, asked, parameters, owner or {})
        found[name] = _given(name, text, parameter, source, asked)
    return found


def _unknown(name: str, asked: str, parameters: Mapping[str, Parameter], owner: Mapping[str, str]) -> UsageError:
    if name in owner:
        message = f"{asked} belongs to the pack {owner[name]}, which was not selected for this login"
        return UsageError(message, tip=f"give --service {owner[name]} to select it", code="unknown-parameter")
    from samlcheck.packs.complain import meant

    known = sorted({*parameters, *STANDARD_PARAMETERS})
    return UsageError(
        f"{asked}: no selected pack has such a parameter{meant(name, known)}",
        tip=f"known are {', '.join(known)}",
        code="unknown-parameter",
    )


def _given(name: str, text: str, parameter: Parameter | None, source: str, asked: str) -> ParameterValue:
    several = parameter.many if parameter else name in _LISTS
    members = template.listed(text.replace("\n", ",")) if several else (text.strip(),)
    if parameter is not None:
        regex = template.compiled(parameter.pattern)
        if not all(regex.fullmatch(member) for member in members):
            example = f", such as {parameter.example}" if parameter.example else ""
            tip = parameter.find_it or f"it has the form {parameter.pattern}"
            raise UsageError(f"{asked}: this is no {parameter.title}{example}", tip=tip, code="bad-parameter")
    return ParameterValue(members, source, bool(parameter and parameter.sensitive))


def _inferred(name: str, parameter: Parameter, table: FactTable) -> ParameterValue | None:
    """Return what the login says; of a parameter that has one value, only if the login says but one."""
    for infer in parameter.infer:
        readings = table.read(infer.fact).items
        if not readings:
            continue
        regex = template.compiled(infer.match)
        matches = [(match[name], item) for item in readings if (match := regex.fullmatch(item.raw)) is not None]
        texts = tuple(
            dict.fromkeys(text for text, _ in matches if text is not None and template.compiled(parameter.pattern).fullmatch(text))
        )
        if len(texts) == 1 or (texts and parameter.many):
            return ParameterValue(texts, infer.fact, parameter.sensitive or any(item.sensitive for _, item in matches))
    return None


def _default(parameter: Parameter) -> ParameterValue | None:
    if parameter.default is None:
        return None
    members = template.listed(parameter.default) if parameter.many else (parameter.default,)
    return ParameterValue(members, "default", parameter.sensitive)
