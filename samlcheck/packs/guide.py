"""What has to be set up for a service, step by step, in the words of one identity provider's console: plain values.

The steps are the pack's ``setup``, or are made from its short form ``expects``. An IdP pack says where each change is
made and what the fields are called there; without one the words are neutral. Values that belong to one customer are
filled in where they are known, and otherwise shown as ``<role ARN>`` with the place where they are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from samlcheck.checks import template
from samlcheck.checks.context import ParameterValue
from samlcheck.errors import UsageError
from samlcheck.finding import FixBy
from samlcheck.frozen import dataclass
from samlcheck.packs import parameters
from samlcheck.packs.complain import meant
from samlcheck.packs.expand import NAMEID_FORMATS
from samlcheck.packs.model import Action, Expects, IdpPack, Pack, Parameter, Step
from samlcheck.packs.select import GENERIC
from samlcheck.packs.terms import ACTIONS, SOURCES

_FORMATS = {uri: name for name, uri in NAMEID_FORMATS.items()}
_CAPITALS = {"sid": "SID", "arn": "ARN", "id": "ID", "acs": "ACS", "url": "URL"}


@dataclass(frozen=True, slots=True)
class Needed:
    """A value that belongs to one customer and that the steps mention."""

    name: str
    """As ``--set`` takes it."""
    title: str
    value: str
    """Empty where it is not known."""
    placeholder: str
    """What stands in the steps instead: ``<role ARN>``."""
    find_it: str
    example: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a console and what goes into it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step."""

    action: str
    """Name of the logical action; empty for what is done at the service."""
    by: FixBy
    where: tuple[str, ...]
    """The way to the place, and whatever else has to be said before the fields."""
    entries: tuple[Entry, ...]
    after: tuple[str, ...]
    """What is left to do once the fields are filled in."""
    why: str
    allowed: tuple[str, ...]
    optional: bool
    verified: bool
    """False: the place is known from general knowledge only."""
    text: tuple[str, ...]
    """The whole step in sentences, as fixes show it."""


@dataclass(frozen=True, slots=True)
class Guide:
    """All that has to be set up for one service at one identity provider."""

    service: str
    title: str
    idp: str
    """Name of the IdP pack; ``generic`` for neutral words."""
    idp_title: str
    configuration: str
    """Which of ``configurations`` this is; empty where the service has but one."""
    configurations: tuple[str, ...]
    needed: tuple[Needed, ...]
    instructions: tuple[Instruction, ...]
    notes: tuple[str, ...]
    """What this identity provider does unless told otherwise."""


def steps_of(pack: Pack, library: Mapping[str, Pack]) -> tuple[Step, ...]:
    """Return the steps of a pack: its own, those made from ``expects``, or those of the nearest pack it extends."""
    if pack.setup:
        return pack.setup
    if pack.expects is not None:
        return tuple(_from_expects(pack.expects))
    inherited = (steps_of(library[name], library) for name in pack.extends if name in library)
    return next((steps for steps in inherited if steps), ())


def configurations_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return the kinds of set-up that the steps speak of, the usual one first."""
    return tuple(dict.fromkeys(step.configuration for step in steps if step.configuration))


def guide(
    pack: Pack,
    library: Mapping[str, Pack],
    idp: IdpPack,
    fallback: IdpPack,
    settings: Mapping[str, str],
    configuration: str = "",
) -> Guide:
    """Return the guide of a service.

    library: the packs that this one may extend. idp: whose words are used; ``fallback`` has words for every action.
    settings: parameters as by ``--set``. configuration: one of the service's kinds of set-up; by default the first in
    which all parameters given are used. Raises UsageError for an unknown configuration or parameter, and for a value
    without the form that the parameter has.
    """
    steps = steps_of(pack, library)
    declared = parameters.declared(reversed([pack, *_inherited(pack, library)]))
    values = parameters.typed(declared, settings)
    for name in settings:
        if name not in declared:  # a name of another service (``STANDARD_PARAMETERS``)
            own = sorted(pack.parameters)
            raise UsageError(
                f"--set {name}: {pack.title} has no such value{meant(name, own)}",
                tip=f"It has {', '.join(own)}." if own else "It has none.",
                code="unknown-parameter",
            )
    names = configurations_of(steps)
    chosen = _configuration(pack, steps, names, values, configuration)
    steps = tuple(step for step in steps if step.configuration in ("", chosen))
    used = dict.fromkeys(name for step in steps for name in _names(step) if name in declared)
    fill = {name: _shown(name, values) for name in used}
    return Guide(
        pack.pack,
        pack.title,
        idp.pack,
        idp.title,
        chosen,
        names,
        tuple(_needed(name, declared[name], values) for name in used),
        tuple(_instruction(step, idp, fallback, fill) for step in steps),
        idp.defaults.notes,
    )


def _inherited(pack: Pack, library: Mapping[str, Pack]) -> Iterator[Pack]:
    for name in pack.extends:
        if name in library:
            yield library[name]
            yield from _inherited(library[name], library)


def _configuration(
    pack: Pack, steps: tuple[Step, ...], names: tuple[str, ...], values: Mapping[str, ParameterValue], asked: str
) -> str:
    if asked and asked not in names:
        known = f"It has {' and '.join(names)}." if names else "It has but one."
        message = f"--configuration {asked}: {pack.title} has no such configuration{meant(asked, names)}"
        raise UsageError(message, tip=known, code="unknown-configuration")
    if asked or not names:
        return asked
    for name in names:
        used = {item for step in steps if step.configuration in ("", name) for item in _names(step)}
        if used.issuperset(values):
            return name
    return names[0]


def _names(step: Step) -> Iterator[str]:
    for text in (step.say or "", *step.args.values(), *step.fields.values()):
        yield from template.names(text)


def placeholder(name: str) -> str:
    """Return how a parameter without a value is shown: ``role_arn`` as ``<role ARN>``."""
    return f"<{' '.join(_CAPITALS.get(word, word) for word in name.split('_'))}>"


def _shown(name: str, values: Mapping[str, ParameterValue]) -> str:
    return values[name].values[0] if name in values else placeholder(name)


def _needed(name: str, parameter: Parameter, values: Mapping[str, ParameterValue]) -> Needed:
    value = _shown(name, values) if name in values else ""
    return Needed(name, parameter.title, value, placeholder(name), parameter.find_it, parameter.example)


def _instruction(step: Step, idp: IdpPack, fallback: IdpPack, fill: Mapping[str, str]) -> Instruction:
    if step.do is None:
        said = (_filled(step.say or "", fill),)
        entries = tuple(Entry(label, _filled(value, fill)) for label, value in step.fields.items())
        text = (*said, *(f"{entry.label}: {entry.value}." for entry in entries))
        return Instruction("", step.by, said, entries, (), step.why, step.allowed, step.optional, True, text)
    action = idp.actions.get(step.do) or fallback.actions[step.do]
    words = {name: _argument(name, value, idp, fill) for name, value in step.args.items()}
    words = {"value": "the value the service gives", "format": "its format", **words}
    chosen = words if idp.pack == GENERIC else {**words, "format": _FORMATS.get(words["format"], words["format"])}
    text = tuple(_filled(item, words) for item in action.steps)
    where, after = _around(action) if action.fields else (text, ())
    entries = tuple(Entry(label, _filled(value, chosen)) for label, value in action.fields.items())
    by = ACTIONS[step.do].by
    return Instruction(step.do, by, where, entries, after, step.why, step.allowed, step.optional, action.verified, text)


def _around(action: Action) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what is said before and after the step that the fields stand for: the one that names the values."""
    named = [index for index, step in enumerate(action.steps) if template.names(step)]
    first, last = (named[0], named[-1]) if named else (min(1, len(action.steps) - 1), 1)
    before = action.steps[:first]
    way = action.steps[first].partition("{")[0].rstrip(": ")  # a single step holds the way as well
    return before or ((way,) if " > " in way else ()), action.steps[last + 1 :]


def _argument(name: str, value: str, idp: IdpPack, fill: Mapping[str, str]) -> str:
    """Return an argument of an action in the words of the identity provider."""
    if value in SOURCES:
        return idp.sources.get(value) or "the user's " + value.removeprefix("user.").replace("_", " ")
    if name == "what" and value == "both":
        return "response and assertion"
    return _filled(value, fill)


def _filled(text: str, words: Mapping[str, str]) -> str:
    return "".join(
        piece if isinstance(piece, str) else words.get(piece.name, placeholder(piece.name)) for piece in template.parse(text)
    )


def _from_expects(expects: Expects) -> Iterator[Step]:
    """Yield the steps that the short form of a pack asks for."""
    for action, values, why in (
        ("set_acs", expects.acs, "The service takes responses only there."),
        ("set_audience", expects.audience, "The service goes by this name."),
        ("set_relay_state", expects.relay_state, "It says where to go after the login."),
    ):
        if values:
            optional = action == "set_relay_state" and not expects.relay_state_required
            yield Step(action, why=why, optional=optional, args={"value": values[0]}, allowed=values if len(values) > 1 else ())
    if expects.nameid is not None:
        formats = tuple(NAMEID_FORMATS.get(item, item) for item in expects.nameid.format)
        source = expects.nameid.source or ("user.email" if expects.nameid.value == "email" else "")
        args = {"value": source, "format": formats[0] if formats else ""}
        yield Step("set_nameid", why="The service knows its users by it.", args={key: item for key, item in args.items() if item})
    for attribute in expects.attributes:
        constant = attribute.one_of[0] if attribute.one_of else ""
        args = {"name": attribute.name.replace("{", "{{").replace("}", "}}"), "value": attribute.source or constant}
        yield Step(
            "map_attribute",
            why=attribute.title,
            allowed=attribute.one_of,
            optional=not attribute.required,
            args={key: item for key, item in args.items() if item},
        )
    if expects.signed is not None:
        what = "response or the assertion" if expects.signed == "any" else expects.signed
        yield Step("sign", why="The service refuses what is not signed.", args={"what": what})
    if expects.encrypted in ("never", "required"):
        do = "disable_encryption" if expects.encrypted == "never" else "enable_encryption"
        yield Step(do, why="The service cannot decrypt." if expects.encrypted == "never" else "The service asks for it.")
