"""Whether the expressions in a pack mean something: names of facts and parameters, templates, patterns, checks, conditions.

Each mistake is told to ``complain(path, message)``; nothing here knows about files or positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import fields

from samlcheck.checks import template
from samlcheck.checks.model import Check, Instant, UrlShape
from samlcheck.facts.every import FACTS
from samlcheck.packs.complain import Path, meant
from samlcheck.packs.model import Condition
from samlcheck.packs.shape import yaml_name

Complain = Callable[[Path, str], None]

PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BOUNDS = ("number", "length", "count")


class Expressions:
    """Judges the expressions of one pack."""

    def __init__(self, parameters: Collection[str], complain: Complain, *, unknown_allowed: bool) -> None:
        """parameters: those declared. unknown_allowed: a pack that is not at hand might declare others."""
        self.parameters = parameters
        self.complain = complain
        self.unknown_allowed = unknown_allowed

    def fact(self, name: str, at: Path) -> None:
        """Judge the name of a fact."""
        if name not in FACTS and not (name.startswith("attribute:") and name != "attribute:"):
            self.complain(at, f"there is no fact `{name}`{meant(name, FACTS)}")

    def name(self, name: str, at: Path) -> None:
        """Judge the name of a parameter."""
        if name not in self.parameters and not self.unknown_allowed:
            self.complain(at, f"there is no parameter `{name}`{meant(name, self.parameters)}")

    def text(self, text: str | None, at: Path, more: Iterable[str] = ()) -> None:
        """Judge one template."""
        if text is None:
            return
        try:
            self.names(template.names(text), at, more)
        except template.TemplateError as error:
            self.complain(at, f"{error}")

    def pattern(self, text: str | None, at: Path) -> None:
        """Judge one pattern that may hold names."""
        if text is None:
            return
        pieces = template.parse_pattern(text)
        self.names((piece.name for piece in pieces if isinstance(piece, template.Name)), at)
        fault = compile_fault("".join(piece if isinstance(piece, str) else "(?:x)" for piece in pieces))
        if fault:
            self.complain(at, fault)

    def names(self, used: Iterable[str], at: Path, more: Iterable[str] = ()) -> None:
        """Judge the names that a template uses; ``more`` are known besides parameters and facts."""
        for name in used:
            if name in self.parameters or name in more or name in FACTS or name.startswith("attribute:"):
                continue
            if not (self.unknown_allowed and PARAMETER_NAME.fullmatch(name)):
                hint = meant(name, (*self.parameters, *more, *FACTS))
                self.complain(at, f"`{{{name}}}` is neither a parameter nor a fact{hint}")

    def check(self, check: Check, at: Path) -> None:
        """Judge one check: exactly one key, and that key's expressions."""
        keys = keys_of(check)
        if len(keys) != 1:
            said = "none" if not keys else ", ".join(yaml_name(key) for key in keys)
            self.complain(at, f"a check has exactly one key, this has {said}")
        if check.with_ and check.use is None:
            self.complain((*at, "with_"), "`with` gives the options of `use`")
        for field in ("equal", "contain", "start_with", "end_with"):
            self.text(getattr(check, field), (*at, field))
        for field in ("one_of", "none_of"):
            for index, item in enumerate(getattr(check, field)):
                self.text(item, (*at, field, index))
        self.pattern(check.match, (*at, "match"))
        self.pattern(check.not_match, (*at, "not_match"))
        if check.url is not None:
            self._url(check.url, (*at, "url"))
        for field in _BOUNDS:
            for key in getattr(check, field) or {}:
                if key not in ("min", "max"):
                    self.complain((*at, field, key), f"`{field}` has `min` and `max`, not `{key}`")
        if check.same_as is not None:
            self.fact(check.same_as, (*at, "same_as"))
        for field in ("before", "after"):
            instant = getattr(check, field)
            if instant is not None:
                self._instant(instant, (*at, field))
        if check.within is not None:
            self._within(check.within, (*at, "within"))
        if check.use is not None:
            self._named(check, at)

    def _instant(self, instant: Instant, at: Path) -> None:
        if (instant.fact is None) == (not instant.clock):
            self.complain(at, "an instant is `now`, or `{fact: …}`")
        elif instant.fact is not None:
            self.fact(instant.fact, (*at, "fact"))

    def _within(self, within: dict[str, str], at: Path) -> None:
        if not {"seconds", "of"}.issuperset(within) or "seconds" not in within:
            self.complain(at, "`within` has `seconds` and `of`")
        if within.get("of", "clock") not in ("clock", "now"):
            self.fact(within["of"], (*at, "of"))
        self.text(within.get("seconds"), (*at, "seconds"))

    def _named(self, check: Check, at: Path) -> None:
        from samlcheck.checks.named import NAMED

        known = NAMED.get(check.use or "")
        if known is None:
            self.complain((*at, "use"), f"there is no named check `{check.use}`{meant(check.use or '', NAMED)}")
            return
        for option, value in check.with_.items():
            if option not in known.options:
                self.complain((*at, "with_", option), f"`{check.use}` has no option `{option}`{meant(option, known.options)}")
                continue
            self.text(value, (*at, "with_", option))
            choices = known.choices.get(option)
            for word in template.listed(value) if choices else ():
                if choices and word not in choices and "{" not in word:
                    self.complain(
                        (*at, "with_", option), f"`{option}` is one of {', '.join(choices)}, not `{word}`{meant(word, choices)}"
                    )
        for option in known.required:
            if option not in check.with_:
                self.complain(at, f"`{check.use}` needs the option `{option}`: `with: {{{option}: …}}`")

    def _url(self, shape: UrlShape, at: Path) -> None:
        for field in fields(shape):
            value = getattr(shape, field.name)
            if field.name.endswith("_pattern"):
                self.pattern(value, (*at, field.name))
            elif isinstance(value, tuple):
                for index, item in enumerate(value):
                    self.text(item, (*at, field.name, index))

    def condition(self, condition: Condition | None, at: Path) -> None:
        """Judge one condition and those inside it."""
        if condition is None:
            return
        said = [name for name in ("any", "all", "not_", "fact", "parameter") if getattr(condition, name) not in (None, ())]
        if len(said) != 1:
            self.complain(at, "a condition is one of `any`, `all`, `not`, `fact` with a check, `parameter`")
        for field in ("any", "all"):
            for index, item in enumerate(getattr(condition, field)):
                self.condition(item, (*at, field, index))
        self.condition(condition.not_, (*at, "not_"))
        if condition.fact is not None:
            self.fact(condition.fact, (*at, "fact"))
            if condition.check is None:
                self.complain(at, "`fact` needs a check beside it, such as `present: true`")
        if condition.parameter is not None:
            self.name(condition.parameter, (*at, "parameter"))
            if condition.check is None and condition.known is None:
                self.complain(at, "`parameter` needs `known: true` or a check beside it")
        if condition.check is not None:
            self.check(condition.check, (*at, "check"))


def keys_of(check: Check) -> tuple[str, ...]:
    """Return the keys of a check that are set, without ``with``."""
    return tuple(f.name for f in fields(check) if f.name != "with_" and getattr(check, f.name) not in (None, (), {}))


def compile_fault(pattern: str) -> str:
    """Return why RE2 refuses a pattern, or an empty string."""
    import re2

    try:
        template.compiled(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else "bad pattern"
        return f"RE2 does not take this pattern: {reason.decode() if isinstance(reason, bytes) else reason}"
    return ""
