"""JSON whose values know where they stand, and damaged JSON told with line, column and what is missing (RFC 8259).

Policies reach people through blog posts and chats, which drop brackets and turn quotation marks; so a fault is told in
the words of whoever must repair it. Strings and numbers are scanned by the standard library.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal

from samlcheck.errors import HostileInput, InputError
from samlcheck.frozen import dataclass
from samlcheck.source import NodeRef, Span

Kind = Literal["object", "array", "string", "number", "boolean", "null"]
MOST_CHARACTERS = 4_000_000
DEEPEST = 64
_SCAN = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: dict[str, Kind] = {"true": "boolean", "false": "boolean", "null": "null"}


@dataclass(frozen=True, slots=True)
class Json:
    """One value of a JSON text."""

    kind: Kind
    place: NodeRef
    text: str = ""
    """Of a string what it holds, of other scalars how they are written."""
    items: tuple[Json, ...] = ()
    """Of an array."""
    members: tuple[Member, ...] = ()
    """Of an object, in the order written; a name may stand there twice."""

    def get(self, *names: str) -> Json | None:
        """Return the value of the first member that has one of these names exactly."""
        return next((member.value for member in self.members if member.name in names), None)

    def walk(self) -> Iterator[Json]:
        """Yield the value and everything inside it, in document order."""
        ahead = [self]
        while ahead:
            value = ahead.pop()
            yield value
            ahead.extend(reversed((*value.items, *(member.value for member in value.members))))


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object."""

    name: str
    place: NodeRef
    """Of the name."""
    value: Json


def parse(text: str, document: str, *, inside: NodeRef | None = None) -> Json:
    """Return the value of a JSON text.

    document: what places call the text. inside: the string of another JSON text that held this one; everything then
    stands where that string does. Raises InputError (``damaged-json``) that names line, column and what is missing, and
    HostileInput for a text that is absurdly long or deep.
    """
    if len(text) > MOST_CHARACTERS:
        raise HostileInput(
            "The JSON is far longer than any policy", where=document, tip="Give the policy alone.", code="json-too-long"
        )
    return _Parser(text, document, inside).whole()


class _Parser:
    def __init__(self, text: str, document: str, inside: NodeRef | None) -> None:
        self.text = text
        self.document = document
        self.inside = inside
        self.lines = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        self.octets = None if text.isascii() else [0, *accumulate(_octets(character) for character in text)]

    def whole(self) -> Json:
        start = self._skip(0)
        if start == len(self.text):
            raise self._damaged(start, "it is empty")
        value, end = self._value(start, "", 0)
        rest = self._skip(end)
        if rest < len(self.text):
            closer = self.text[rest] in "}]"
            raise self._damaged(
                rest, f"there is a {self.text[rest]} too many" if closer else "the value is complete, but more text follows"
            )
        return value

    def _value(self, at: int, path: str, depth: int) -> tuple[Json, int]:
        character = self.text[at : at + 1]
        if depth > DEEPEST:
            raise HostileInput(
                "The JSON is nested far deeper than any policy",
                where=self._where(at),
                tip="Give the policy alone.",
                code="json-too-deep",
            )
        if character == "{":
            return self._object(at, path, depth)
        if character == "[":
            return self._array(at, path, depth)
        if character == '"':
            text, end = self._string(at)
            return Json("string", self._place(at, end, path), text), end
        number = _NUMBER.match(self.text, at)
        if number is not None:
            return Json("number", self._place(at, number.end(), path), number[0]), number.end()
        word = next((word for word in _WORDS if self.text.startswith(word, at)), None)
        if word is None:
            raise self._unexpected(at, "a value")
        return Json(_WORDS[word], self._place(at, at + len(word), path), word), at + len(word)

    def _object(self, start: int, path: str, depth: int) -> tuple[Json, int]:
        members: list[Member] = []
        at = self._skip(start + 1)
        while self.text[at : at + 1] != "}":
            if members:
                at = self._comma(at, start, "}")
            if self.text[at : at + 1] != '"':
                raise self._no_name(at, start, bool(members))
            name, end = self._string(at)
            step = f"{path}.{name}" if path else name
            place = self._place(at, end, step)
            colon = self._skip(end)
            if self.text[colon : colon + 1] != ":":
                self._unclosed(colon, start, "}")
                raise self._damaged(colon, "a colon is missing after the name before it")
            value, end = self._value(self._there(self._skip(colon + 1), start, "}"), step, depth + 1)
            members.append(Member(name, place, value))
            at = self._skip(end)
        return Json("object", self._place(start, at + 1, path), members=tuple(members)), at + 1

    def _array(self, start: int, path: str, depth: int) -> tuple[Json, int]:
        items: list[Json] = []
        at = self._skip(start + 1)
        while self.text[at : at + 1] != "]":
            if items:
                at = self._comma(at, start, "]")
            if self.text[at : at + 1] == "]":
                raise self._damaged(at, "there is a comma before the closing ]")
            value, end = self._value(self._there(at, start, "]"), f"{path}[{len(items)}]", depth + 1)
            items.append(value)
            at = self._skip(end)
            if self.text[at : at + 1] == ":" and value.kind == "string":
                place = value.place.span
                where = f" in line {place.line}, column {place.column}" if place and self.inside is None else ""
                raise self._damaged(
                    at, f"a list holds values, but here is a name with a colon: the brace {{ before it{where} is missing"
                )
        return Json("array", self._place(start, at + 1, path), items=tuple(items)), at + 1

    def _comma(self, at: int, start: int, closer: str) -> int:
        self._unclosed(at, start, closer)
        character = self.text[at]
        if character == ",":
            after = self._skip(at + 1)
            self._unclosed(after, start, closer)
            return after
        if character in "}]":
            raise self._damaged(at, f"the {closer} is missing that closes the {self.text[start]} of {self._line(start)}")
        if character in '"{[' or character.isalnum() or character == "-":
            raise self._damaged(at, "a comma is missing before this")
        raise self._unexpected(at, f"a comma or {closer}")

    def _no_name(self, at: int, start: int, after_comma: bool) -> InputError:
        self._unclosed(at, start, "}")
        if after_comma and self.text[at] == "}":
            return self._damaged(at, "there is a comma before the closing }")
        if self.text[at] == "]":
            return self._damaged(at, f"the }} is missing that closes the {{ of {self._line(start)}")
        if self.text[at] in "{[":
            return self._damaged(at, "an object holds names with values, but here a value stands without a name")
        return self._unexpected(at, "a name in quotation marks")

    def _there(self, at: int, start: int, closer: str) -> int:
        self._unclosed(at, start, closer)
        return at

    def _unclosed(self, at: int, start: int, closer: str) -> None:
        if at >= len(self.text):
            raise self._damaged(at, f"it ends before the {self.text[start]} of {self._line(start)} is closed: {closer} is missing")

    def _string(self, at: int) -> tuple[str, int]:
        try:
            value, end = _SCAN(self.text, at)
        except json.JSONDecodeError as error:
            raise self._damaged(*_string_fault(error, at)) from None
        return str(value), end

    def _unexpected(self, at: int, wanted: str) -> InputError:
        if at >= len(self.text):
            return self._damaged(at, f"it ends where {wanted} is expected")
        character, rest = self.text[at], self.text[at : at + 3]
        if character in "“”„«»‘’´`":
            return self._damaged(at, 'there are typographic quotation marks; JSON takes " only')
        if character == "'":
            return self._damaged(at, 'there are single quotation marks; JSON takes " only')
        if rest.startswith(("//", "/*", "#")):
            return self._damaged(at, "there is a comment; JSON has none")
        if rest.startswith(("...", "…")):
            return self._damaged(at, "an ellipsis was left in; the part of the policy that it stands for is missing")
        if character.isspace() or character in "\u200b\ufeff":
            return self._damaged(at, "there is a no-break or other special blank, which JSON does not take")
        if character.isalpha() or character in "_$<":
            return self._damaged(at, f"text without quotation marks stands where {wanted} is expected")
        return self._damaged(
            at, f"{wanted} is expected, but there is {character if character.isprintable() else 'a control character'}"
        )

    def _damaged(self, at: int, what: str) -> InputError:
        return InputError(
            f"The JSON is damaged: {what}",
            where=self._where(at),
            tip="Take the policy from IAM again (aws iam get-role --role-name NAME), or copy the whole of it in the console.",
            code="damaged-json",
        )

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _line_column(self, at: int) -> tuple[int, int]:
        line = bisect_right(self.lines, at)
        return line, at - self.lines[line - 1] + 1

    def _line(self, at: int) -> str:
        line, column = self._line_column(at)
        return f"line {line}, column {column}"

    def _where(self, at: int) -> str:
        span = self.inside.span if self.inside else None
        line, column = (span.line, span.column) if span else self._line_column(at)
        return f"{self.document}:{line}:{column}"

    def _place(self, start: int, end: int, path: str) -> NodeRef:
        if self.inside is not None:
            return NodeRef(self.document, f"{self.inside.path}: {path}" if path else self.inside.path, self.inside.span)
        line, column = self._line_column(start)
        first, last = (start, end) if self.octets is None else (self.octets[start], self.octets[end])
        return NodeRef(self.document, path or "(whole)", Span(first, last, line, column))


def _octets(character: str) -> int:
    """Return how many octets a character takes in UTF-8."""
    code = ord(character)
    return 1 if code < 0x80 else 2 if code < 0x800 else 3 if code < 0x10000 else 4


def _string_fault(error: json.JSONDecodeError, start: int) -> tuple[int, str]:
    """Return where a string is wrong, and how."""
    if error.msg.startswith("Invalid control character"):
        return error.pos, "there is a line break or control character inside a string (is a closing quotation mark missing?)"
    if error.msg.startswith("Unterminated"):
        return start, "the quotation mark here is never closed"
    return error.pos, "there is a backslash that is not one of JSON's escapes"
