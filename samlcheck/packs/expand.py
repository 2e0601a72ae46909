"""The short form of a service pack, ``expects``, written out as rules with standard ids, texts and examples.

A service is described by a handful of values: where it listens, what it is called, which attributes it reads. For
each of them there is one rule with a standard id, so that a pack of fifteen lines diagnoses as well as a long one. The
rules it makes explain the rules of ``web-sso-profile`` about the same thing: those know the value only from ``--sp``.
A rule written out in the pack under the same id takes the place of the made one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from samlcheck.checks import template
from samlcheck.checks.model import Check
from samlcheck.packs.model import (
    Cite,
    Condition,
    Example,
    Examples,
    ExpectedAttribute,
    ExpectedNameID,
    Expects,
    Fix,
    Pack,
    Parameter,
    Rule,
)

NAMEID_FORMATS: dict[str, str] = {
    "unspecified": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "emailAddress": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "X509SubjectName": "urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName",
    "WindowsDomainQualifiedName": "urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName",
    "kerberos": "urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos",
    "entity": "urn:oasis:names:tc:SAML:2.0:nameid-format:entity",
    "persistent": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "transient": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
}
"""Short names of the formats of SAML core 8.3."""

_KINDS: dict[str, tuple[Check, str, str]] = {
    "email": (Check(email=True), "an e-mail address", "mia.lindqvist@example.com"),
    "arn": (Check(match="arn:aws[a-z-]*:[^:]+:[^:]*:[^:]*:.+"), "an ARN", "arn:aws:iam::111122223333:role/Example"),
    "integer": (Check(match="-?[0-9]+"), "a whole number", "3600"),
    "boolean": (Check(one_of=("true", "false", "1", "0")), "true or false", "true"),
    "url": (Check(match="https?://[^ ]+"), "an absolute URL", "https://example.com/"),
}
"""``is: email`` and its like: the check, words for people, an example."""

_SPEC_BASIS = Cite("The values configured at the service", basis="vendor")
_CONFIRMED = Condition(
    any=tuple(
        Condition(fact=name, check=Check(present=True))
        for name in ("assertion.recipient", "assertion.confirmation_not_on_or_after")
    )
)
"""There is SubjectConfirmationData; where there is none, web-sso-profile/confirmation-data-missing says so."""
_ELSEWHERE = "https://elsewhere.example.net/saml"


def expand(pack: Pack) -> Pack:
    """Return the pack with ``expects`` written out after its own rules, and a base login that meets it."""
    if pack.expects is None:
        return pack
    made = _Expansion(pack, pack.expects)
    own = {rule.id for rule in pack.rules}
    rules = tuple(rule for rule in made.rules() if rule.id not in own)  # also fills ``made.healthy``
    base = replace(pack.base, edits={**made.healthy, **pack.base.edits}, set={**made.examples_of_parameters(), **pack.base.set})
    return replace(pack, rules=pack.rules + rules, base=base)


def slug(name: str) -> str:
    """Return an attribute Name as the end of a rule id: the last segment of a URI, lower case, hyphens."""
    last = re.split(r"[/:#]", name.rstrip("/"))[-1]
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", last).lower()).strip("-") or "unnamed"


class _Expansion:
    """One pack's ``expects`` being written out; ``healthy`` gathers the edits of a login that meets all of it."""

    def __init__(self, pack: Pack, expects: Expects) -> None:
        self.pack = pack
        self.service = _literal(pack.title)
        """The title as messages hold it, which are templates."""
        self.expects = expects
        self.cite = expects.cite or pack.cite or (_SPEC_BASIS,)
        self.healthy: dict[str, str | tuple[str, ...] | None] = {}

    def examples_of_parameters(self) -> Mapping[str, str]:
        """Return the parameters of the pack with their examples."""
        return {name: value.example for name, value in self.pack.parameters.items() if value.example}

    def filled(self, text: str) -> str:
        """Return a template with the parameters' examples in it."""
        try:
            pieces = template.parse(text)
        except template.TemplateError:  # ``soundness`` says so
            return text
        return "".join(piece if isinstance(piece, str) else self._example(piece.name) for piece in pieces)

    def _example(self, name: str) -> str:
        return self.pack.parameters.get(name, Parameter("")).example or "example"

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which a service looks at a response."""
        expects = self.expects
        parts: list[Iterator[Rule]] = [self._signing(), self._acs(), self._audience()]
        if expects.nameid is not None:
            parts.append(self._nameid(expects.nameid))
        parts.extend(self._attribute(attribute) for attribute in expects.attributes)
        parts.append(self._relay_state())
        return tuple(rule for part in parts for rule in part)

    def _rule(
        self,
        id_: str,
        title: str,
        message: str,
        select: str | None,
        must: Check,
        fix: Fix,
        fails: dict[str, str | tuple[str, ...] | None],
        **more: object,
    ) -> Rule:
        rule = Rule(id_, title, "error", message, must, self.cite, select, fix=fix, required=True)
        examples = Examples((Example(),), (Example(fails),))
        return replace(rule, examples=examples, **more)  # type: ignore[arg-type]

    def _acs(self) -> Iterator[Rule]:
        urls = self.expects.acs
        if not urls:
            return
        self.healthy["response.destination"] = self.healthy["assertion.recipient"] = self.filled(urls[0])
        fix = Fix(do="set_acs", args={"value": urls[0]})
        yield self._rule(
            "destination-mismatch", f"The response is addressed to another place than {self.pack.title}",
            f"Destination is {{actual}}, but {self.service} listens at {{expected}}: {{difference}}.",
            "response.destination", Check(one_of=urls), fix, {"response.destination": _ELSEWHERE},
            settles=("destination",), optional=True,
            explains=("web-sso-profile/destination-mismatch", "recipient-mismatch", "web-sso-profile/recipient-mismatch"),
        )  # fmt: skip
        yield self._rule(
            "recipient-mismatch", f"The assertion is meant for another recipient than {self.pack.title}",
            f"Recipient is {{actual}}, but {self.service} listens at {{expected}}: {{difference}}.",
            "assertion.recipient", Check(one_of=urls), fix, {"assertion.recipient": _ELSEWHERE},
            quantifier="any", settles=("recipient",), when=_CONFIRMED,
            explains=("web-sso-profile/recipient-mismatch", "web-sso-profile/recipient-missing"),
        )  # fmt: skip

    def _audience(self) -> Iterator[Rule]:
        names = self.expects.audience
        if not names:
            return
        self.healthy["assertion.audience"] = self.filled(names[0])
        yield self._rule(
            "audience-mismatch", f"The assertion is not meant for {self.pack.title}",
            f"Audience is {{actual}}, but {self.service} calls itself {{expected}}: {{difference}}.",
            "assertion.audience", Check(one_of=names), Fix(do="set_audience", args={"value": names[0]}),
            {"assertion.audience": "https://elsewhere.example.net/"},
            quantifier="any", settles=("audience",),
            explains=("web-sso-profile/audience-mismatch", "web-sso-profile/audience-missing"),
        )  # fmt: skip

    def _nameid(self, expected: ExpectedNameID) -> Iterator[Rule]:
        formats = tuple(NAMEID_FORMATS.get(item, item) for item in expected.format)
        args = {
            key: value
            for key, value in (("value", expected.source or _source(expected.value)), ("format", formats[0] if formats else ""))
            if value
        }
        fix = Fix(do="set_nameid", args=args)
        if formats:
            self.healthy["assertion.nameid_format"] = formats[0]
            wrong = next(uri for uri in NAMEID_FORMATS.values() if uri not in formats)
            yield self._rule(
                "nameid-format", f"The NameID has another format than {self.pack.title} takes",
                f"The NameID's Format is {{actual}}; {self.service} takes {{expected}}.",
                "assertion.nameid_format", Check(one_of=formats), fix, {"assertion.nameid_format": wrong},
                explains=("web-sso-profile/nameid-format-mismatch",),
            )  # fmt: skip
        check, words, example = _shape(expected.value)
        if check is not None:
            if example:
                self.healthy["assertion.nameid"] = example
            yield self._rule(
                "nameid-value", f"The NameID is not what {self.pack.title} knows its users by",
                f"The NameID is {{actual}}; {self.service} expects {words}.",
                "assertion.nameid", check, fix, {"assertion.nameid": "not what is expected"},
            )  # fmt: skip

    def _attribute(self, wanted: ExpectedAttribute) -> Iterator[Rule]:
        name, end = wanted.name, slug(wanted.name)
        select, called = f"attribute:{name}", wanted.title or name
        fix = Fix(do="map_attribute", args={"name": name, **({"value": wanted.source} if wanted.source else {})})
        shape, words, example = _shape(wanted.is_ or (f"/{wanted.match}/" if wanted.match else None))
        if wanted.one_of:
            shape, words, example = Check(one_of=wanted.one_of), "one of " + ", ".join(wanted.one_of), self.filled(wanted.one_of[0])
        self.healthy[select] = example or "example"
        if wanted.required:
            yield self._rule(
                f"attribute-missing-{end}", f"The attribute {called} is missing",
                f"There is no attribute {_literal(name)} that {self.service} could read; {{detail}}.",
                None, Check(use="attribute_present", with_={"name": _literal(name)}), fix, {select: None},
                explains=(f"attribute-value-{end}", "web-sso-profile/required-attribute-missing"),
            )  # fmt: skip
        if shape is not None:
            yield self._rule(
                f"attribute-value-{end}", f"The attribute {called} has a value that {self.service} does not take",
                f"The attribute {_literal(name)} is {{actual}}; {self.service} expects {words}.",
                select, shape, fix, {select: "not what is expected"}, optional=True,
            )  # fmt: skip
        if not wanted.many:
            second = (str(self.healthy[select]), str(self.healthy[select]))
            yield self._rule(
                f"attribute-not-single-{end}", f"The attribute {called} has more than one value",
                f"{self.service} reads one value of the attribute {_literal(name)}, and the assertion carries several.",
                select, Check(count={"max": 1}), fix, {select: second}, optional=True,
            )  # fmt: skip

    def _signing(self) -> Iterator[Rule]:
        signed = self.expects.signed
        wanted = {"response": ("response",), "assertion": ("assertion",), "both": ("response", "assertion")}.get(signed or "", ())
        if signed is not None:
            self.healthy["sign"] = "assertion" if signed == "any" else signed
        for part in wanted:
            others = {"response": "assertion", "assertion": "response"}[part]
            id_ = "signature-missing" if len(wanted) == 1 else f"signature-missing-{part}"
            yield self._rule(
                id_, f"The {part} is not signed",
                f"{self.service} wants the {part} signed, and it is not.",
                f"signature.{part}.verdict", Check(none_of=("absent",)),
                Fix(do="sign", args={"what": signed or part}), {"sign": others},
                explains=(f"web-sso-profile/{part}-not-signed",),
            )  # fmt: skip
        if signed == "any":
            yield self._rule(
                "signature-missing", "Nothing in the response is signed",
                f"{self.service} wants the response or the assertion signed, and neither is.",
                "signature.verdict", Check(none_of=("absent",)), Fix(do="sign", args={"what": "assertion"}), {"sign": "none"},
                explains=("signatures/unsigned",),
            )  # fmt: skip
        if self.expects.encrypted == "never":
            yield self._rule(
                "encryption-unsupported", f"{self.pack.title} cannot decrypt assertions",
                f"The response carries an encrypted assertion, which {self.service} cannot read.",
                "encryption.elements", Check(absent=True), Fix(do="disable_encryption"), {"encrypt": "assertion"},
            )  # fmt: skip
        elif self.expects.encrypted == "required":
            self.healthy["encrypt"] = "assertion"
            yield self._rule(
                "encryption-missing", f"{self.pack.title} wants the assertion encrypted",
                "The assertion is sent in the clear.",
                "encryption.elements", Check(present=True), Fix(do="enable_encryption"), {"encrypt": None},
            )  # fmt: skip

    def _relay_state(self) -> Iterator[Rule]:
        states = self.expects.relay_state
        fix = Fix(do="set_relay_state", args={"value": states[0] if states else "the start page of the service"})
        if states:
            self.healthy["relay_state"] = self.filled(states[0])
        if self.expects.relay_state_required:
            yield self._rule(
                "relay-state-missing", "RelayState is missing",
                f"{self.service} needs a RelayState to know where to go after the login, and none was sent.",
                "relay_state", Check(present=True), fix, {"relay_state": None},
            )  # fmt: skip
        if states:
            yield self._rule(
                "relay-state-mismatch", "RelayState leads elsewhere",
                f"RelayState is {{actual}}; {self.service} expects {{expected}}: {{difference}}.",
                "relay_state", Check(one_of=states), fix, {"relay_state": _ELSEWHERE}, optional=True, required=False,
                when=Condition(fact="relay_state", check=Check(present=True)),
            )  # fmt: skip


def _shape(value: str | None) -> tuple[Check | None, str, str]:
    """Return check, words and example for ``email`` and its like, for ``/pattern/``, or nothing for ``any``."""
    if value is None or value == "any":
        return None, "", ""
    if value in _KINDS:
        return _KINDS[value]
    pattern = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "/" else value
    return Check(match=pattern), "another form", ""


def _source(value: str | None) -> str:
    """Return the logical source that a kind of value usually comes from."""
    return "user.email" if value == "email" else ""


def _literal(text: str) -> str:
    """Return a text as a template that stands for itself."""
    return text.replace("{", "{{").replace("}", "}}")
