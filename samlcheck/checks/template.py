"""Texts with ``{name}`` in them, as packs write them: parse, expand for people, turn into patterns and values.

A name is a parameter, a fact (``assertion.audience``, ``attribute:email``) or one of ``RESERVED``. ``{{`` and ``}}`` are
braces. Nothing else exists: no formatting, no attribute access, no code. Names are checked when a pack is loaded.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from samlcheck.checks.context import Context, Nothing, Unknown
from samlcheck.facts import FACTS
from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass

NOTHING = "(none)"
"""How a fact without a value shows."""
RESERVED = ("actual", "expected", "difference", "detail", "repaired", "subject")
"""Names that stand for the violation a message speaks of."""

_NAME = re.compile(r"attribute:[^{}]+|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")
# In patterns a brace may also be a repetition ({2,64}) or a class (\p{L}, \x{41}): only names count there.
_IN_PATTERN = re.compile(r"(?s)\\[pPx]\{[^}]*\}|\\.|\{(" + _NAME.pattern + r")\}")
_ANYTHING = (".+", ".*", "")
_MOST = 20_000
"""Most values that one template may stand for."""


class TemplateError(ValueError):
    """The text is no template."""

    def __init__(self, message: str, column: int) -> None:
        """message: what is wrong. column: 1-based, within the text."""
        super().__init__(f"{message} (column {column})")
        self.column = column


@dataclass(frozen=True, slots=True)
class Name:
    """One ``{name}``."""

    name: str
    column: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a template stands for at this moment."""

    regex: str
    """RE2 pattern of the whole value."""
    literals: tuple[str, ...] = ()
    """The values of each template in which every name has a value."""
    shown: str = ""
    """The template for people: the first literal, or with ``<name>`` for what is not known."""
    unknown: tuple[str, ...] = ()
    """Parameters without a value."""
    sensitive: bool = False
    missing: Unknown | Nothing | None = None
    """Why the template says nothing at all: a fact it needs is not known or has no value."""

    @property
    def slot(self) -> Slot:
        """The wanted value for people."""
        return Slot(self.shown, self.sensitive)

    def unverified(self, text: str) -> tuple[str, ...] | None:
        """Return None if a whole value is not wanted, else the parameters of which only the shape was seen."""
        if text in self.literals:
            return ()
        if not self.regex or (self.literals and not self.unknown):
            return None
        return self.unknown if fits(self.regex, text) else None


@lru_cache(maxsize=4096)
def compiled(regex: str) -> Any:
    """Return a pattern compiled by RE2, which runs in linear time over hostile text. Raises ``re2.error``."""
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(regex, options)


def fits(regex: str, text: str) -> bool:
    """Return whether a whole text has a pattern; on octets, which spares RE2's wrapper the offsets of characters."""
    return compiled(regex).fullmatch(text.encode()) is not None


def occurs(regex: str, text: str) -> bool:
    """Return whether a pattern occurs in a text."""
    return compiled(regex).search(text.encode()) is not None


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[str | Name, ...]:
    """Return the pieces of a template in order. Raises TemplateError that names the column."""
    pieces: list[str | Name] = []
    literal: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character not in "{}":
            literal.append(character)
            position += 1
        elif text[position + 1 : position + 2] == character:
            literal.append(character)
            position += 2
        elif character == "}":
            raise TemplateError("a closing brace without an opening one; write }} for a brace", position + 1)
        else:
            end = text.find("}", position)
            if end < 0:
                raise TemplateError("the brace is not closed; write {{ for a brace", position + 1)
            name = text[position + 1 : end]
            if _NAME.fullmatch(name) is None:
                raise TemplateError("what stands between the braces is not a name", position + 2)
            if literal:
                pieces.append("".join(literal))
                literal = []
            pieces.append(Name(name, position + 2))
            position = end + 1
    if literal:
        pieces.append("".join(literal))
    return tuple(pieces)


@lru_cache(maxsize=1024)
def parse_pattern(text: str) -> tuple[str | Name, ...]:
    r"""Return the pieces of a pattern with names in it; ``{2,64}``, ``\{`` and ``\p{L}`` belong to the pattern."""
    pieces: list[str | Name] = []
    done = 0
    for match in _IN_PATTERN.finditer(text):
        if match[1] is None:
            continue
        if match.start() > done:
            pieces.append(text[done : match.start()])
        pieces.append(Name(match[1], match.start() + 2))
        done = match.end()
    if done < len(text):
        pieces.append(text[done:])
    return tuple(pieces)


def names(text: str) -> tuple[str, ...]:
    """Return the names a template uses, in order of appearance. Raises TemplateError."""
    return tuple(piece.name for piece in parse(text) if isinstance(piece, Name))


def pattern_names(text: str) -> tuple[str, ...]:
    """Return the names that a pattern (``match``) uses."""
    return tuple(piece.name for piece in parse_pattern(text) if isinstance(piece, Name))


def expand(text: str, context: Context, extra: Mapping[str, Slot | Text]) -> Text:
    """Return a template as text for people; values become slots, sensitive ones marked so.

    extra: the ``RESERVED`` names and, in the steps of IdP packs, the arguments of the fix; they go before parameters.
    A parameter without a value shows as ``<name>``, a fact without one as ``(none)``, an extra that is not given as nothing.
    """
    parts: list[str | Slot | Text] = []
    for piece in parse(text):
        if isinstance(piece, str):
            parts.append(piece)
        elif piece.name in extra:
            parts.append(extra[piece.name])
        elif piece.name not in RESERVED:
            known = _look_up(piece.name, context)
            if known.values:
                parts.append(Slot(", ".join(known.values), known.sensitive))
            else:
                parts.append(f"<{piece.name}>" if known.pattern is not None else NOTHING)
    return Text.of(*_unquoted(parts))


def _unquoted(parts: list[str | Slot | Text]) -> list[str | Slot | Text]:
    """Return the pieces without quotation marks around what is not there: they are for words that somebody said."""
    for index, part in enumerate(parts[1:-1], 1):
        before, after = parts[index - 1], parts[index + 1]
        if part == NOTHING and isinstance(before, str) and isinstance(after, str) and before[-1:] + after[:1] == "“”":
            parts[index - 1], parts[index + 1] = before[:-1], after[1:]
    return parts


def pattern(text: str, context: Context) -> Wanted:
    """Return what values a template stands for. Raises KeyError for a name nobody knows, TemplateError."""
    pieces = parse(text)
    if _is_constant(pieces):
        return _constant(text)
    return context.once((pattern, text), lambda: _resolve(pieces, context, _escape))


def _is_constant(pieces: tuple[str | Name, ...]) -> bool:
    return len(pieces) == 1 and isinstance(pieces[0], str)


@lru_cache(maxsize=4096)
def _constant(text: str) -> Wanted:
    literal = "".join(str(piece) for piece in parse(text))
    return Wanted(_escape(literal), (literal,), literal)


def regex_of(text: str, context: Context) -> Wanted:
    """Return the pattern of a ``match``: names replaced by their quoted values; it never has literals."""
    pieces = parse_pattern(text)
    if not any(isinstance(piece, Name) for piece in pieces):
        return Wanted(text, shown=text)
    found = _resolve(pieces, context, lambda piece: piece)
    return Wanted(found.regex, (), found.shown, found.unknown, found.sensitive, found.missing)


def one_of(texts: Iterable[str], context: Context) -> Wanted:
    """Return what several templates stand for together; ``missing`` if any of them says nothing."""
    every = [pattern(text, context) for text in texts]
    said = [item for item in every if item.missing is None]
    return Wanted(
        "|".join(f"(?:{item.regex})" for item in said),
        tuple(dict.fromkeys(value for item in said for value in item.literals)),
        said[0].shown if said else "",
        tuple(dict.fromkeys(name for item in said for name in item.unknown)),
        any(item.sensitive for item in said),
        next((item.missing for item in every if item.missing is not None), None),
    )


@lru_cache(maxsize=1024)
def listed(text: str) -> tuple[str, ...]:
    """Return the members of a comma-separated option."""
    return tuple(part for part in (piece.strip() for piece in text.split(",")) if part)


@dataclass(frozen=True, slots=True)
class _Known:
    values: tuple[str, ...] = ()
    sensitive: bool = False
    pattern: str | None = None
    """Of a parameter that has no value."""
    missing: Unknown | Nothing | None = None


def _look_up(name: str, context: Context) -> _Known:
    parameter = context.parameters.get(name)
    if parameter is not None and parameter.values:
        return _Known(parameter.values, parameter.sensitive)
    if name in context.patterns:
        return _Known(pattern=context.patterns[name])
    if name not in FACTS and not name.startswith("attribute:"):
        raise KeyError(f"nothing is called {name}")
    readings = context.table.read(name)
    if readings.unavailable:
        return _Known(missing=Unknown(readings.unavailable, readings.needs))
    if not readings.items:
        return _Known(missing=Nothing(f"there is no {context.table.title(name)} to compare with"))
    values = tuple(dict.fromkeys(item.raw for item in readings.items))
    return _Known(values, any(item.sensitive for item in readings.items))


@lru_cache(maxsize=4096)
def _escape(text: str) -> str:
    import re2

    return str(re2.escape(text))


def _resolve(pieces: tuple[str | Name, ...], context: Context, literal: Callable[[str], str]) -> Wanted:
    regex: list[str] = []
    shown: list[str] = []
    choices: list[tuple[str, ...]] = []
    unknown: list[str] = []
    sensitive = False
    for piece in pieces:
        if isinstance(piece, str):
            regex.append(literal(piece))
            shown.append(piece)
            choices.append((piece,))
            continue
        known = _look_up(piece.name, context)
        if known.missing is not None:
            return Wanted("", missing=known.missing)
        if known.pattern is not None:
            if len(pieces) == 1 and known.pattern in _ANYTHING:
                return Wanted("", missing=not_given(piece.name))
            regex.append(f"(?:{known.pattern})")
            shown.append(f"<{piece.name}>")
            unknown.append(piece.name)
            continue
        regex.append("(?:" + "|".join(_escape(value) for value in known.values) + ")")
        shown.append(known.values[0])
        choices.append(known.values)
        sensitive = sensitive or known.sensitive
    literals: tuple[str, ...] = ()
    if not unknown:
        literals = tuple("".join(combined) for combined in itertools.islice(itertools.product(*choices), _MOST))
    return Wanted("".join(regex), literals, "".join(shown), tuple(dict.fromkeys(unknown)), sensitive)


def not_given(name: str) -> Unknown:
    """Return why a check against a parameter without a value cannot be made."""
    return Unknown(f"{name} was not given", f"--set {name}=…")
