"""The named check ``bearer_confirmation`` (SAML profiles 4.1.4.2 and 4.1.4.3, core 2.4.1).

One bearer SubjectConfirmation that fulfils everything is enough. So a rule about one condition speaks only when no
confirmation is fine, and only of the confirmations that fail this very condition.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from lxml import etree

from samlcheck.checks import template
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.judging import OK, Judgement, broken, unwanted
from samlcheck.checks.template import Wanted
from samlcheck.checks.times import not_an_instant, old_capture, when
from samlcheck.facts import Readings
from samlcheck.facts.assertion import confirmations, consumed, missing
from samlcheck.facts.reading import Reader
from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.saml.values import iso, spell
from samlcheck.source import NodeRef
from samlcheck.xmldoc.names import q

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
CONDITIONS = ("method", "data", "recipient", "not_on_or_after", "not_before", "in_response_to")

_MOST = 100
"""Confirmations judged: what stands behind them cannot make an assertion acceptable any more."""

_NO_DATA = "SubjectConfirmationData is missing, so nothing says where and until when the assertion may be used"


def bearer_confirmation(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge the bearer confirmations.

    Options: ``conditions`` of ``CONDITIONS`` to judge (all by default); ``recipient``: templates of ACS URLs (default:
    those of ``--acs`` and ``--sp``); ``request_id``: template (default: the parameter, else the ID of the request).
    NotBefore is judged as an instant; that it should not be there at all is for a rule of its own.
    """
    found = consumed(context.table.case)
    if found is None:
        why = missing(context.table.case)
        return Unknown(why.unavailable, why.needs)
    reader, assertion = found
    conditions = template.listed(options.get("conditions", "")) or CONDITIONS
    nodes = confirmations(assertion)
    bearers = [node for node in nodes if node.get("Method") == BEARER][:_MOST]
    if not bearers:
        if "method" not in conditions:
            return Nothing("there is no SubjectConfirmation of the bearer method")
        return _no_bearer(reader, assertion, nodes)

    def judged() -> list[dict[str, Judgement]]:
        wanted = _Wanted.of(options, context)
        places = {node: number for number, node in enumerate(nodes, 1)}
        labels = [f"SubjectConfirmation {places[node]}" if len(nodes) > 1 else "" for node in bearers]
        return [_Confirmation(reader, node, label, wanted, context).judge() for node, label in zip(bearers, labels, strict=True)]

    # Several rules ask, each about conditions of its own.
    asked = (bearer_confirmation, options.get("recipient"), options.get("request_id"))
    return _together(context.once(asked, judged), conditions)


def _no_bearer(reader: Reader, assertion: etree._Element, nodes: list[etree._Element]) -> Violated:
    expected = Slot(BEARER)
    if not nodes:
        subject = assertion.find(q("saml:Subject"))
        anchor = reader.document.absent(subject if subject is not None else assertion, "saml:SubjectConfirmation")
        return Violated((Violation(None, anchor, expected, detail=Text.of("there is no SubjectConfirmation")),))
    violations = []
    for node in nodes:
        method = reader.attribute(node, "Method")
        if method is None:
            violations.append(
                Violation(None, reader.document.absent(node, "@Method"), expected, detail=Text.of("it has no Method"))
            )
        else:
            how = difference(BEARER, method.raw)
            violations.append(Violation(method, None, expected, how, Text.of("its Method is not bearer")))
    return Violated(tuple(violations))


@dataclass(frozen=True, slots=True)
class _Wanted:
    recipient: Wanted
    request_id: Wanted | None
    """None: neither the request nor its ID is known."""

    @staticmethod
    def of(options: Mapping[str, str], context: Context) -> _Wanted:
        recipient = template.one_of(template.listed(options.get("recipient", "{sp.acs_urls}")), context)
        sources = (options["request_id"],) if "request_id" in options else ("{request_id}", "{request.id}")
        for source in sources:
            name = source.strip("{}")
            if name == "request_id" and name not in context.parameters:
                continue
            found = template.pattern(source, context)
            if found.missing is None and found.literals:
                return _Wanted(recipient, found)
        return _Wanted(recipient, None)


@dataclass(frozen=True, slots=True)
class _Confirmation:
    """One bearer confirmation under judgement."""

    reader: Reader
    node: etree._Element
    label: str
    wanted: _Wanted
    context: Context

    def judge(self) -> dict[str, Judgement]:
        """Return the judgement of each condition; without data only that of ``data``."""
        data = self.node.find(q("saml:SubjectConfirmationData"))
        if data is None:
            anchor = self.reader.document.absent(self.node, "saml:SubjectConfirmationData")
            return {"data": self._absent(anchor, _NO_DATA)}
        return {
            "data": OK,
            "recipient": self._recipient(data),
            "not_on_or_after": self._not_on_or_after(data),
            "not_before": self._not_before(data),
            "in_response_to": self._in_response_to(data),
        }

    def _absent(self, anchor: NodeRef, words: str, expected: Slot | None = None) -> Violation:
        return Violation(None, anchor, expected, detail=Text.of(f"{self.label}: {words}" if self.label else words))

    def _recipient(self, data: etree._Element) -> Judgement:
        wanted = self.wanted.recipient
        reading = self.reader.attribute(data, "Recipient", label=self.label)
        if reading is None:
            expected = wanted.slot if wanted.regex else None
            return self._absent(self.reader.document.absent(data, "@Recipient"), "Recipient is missing", expected)
        unverified = wanted.unverified(reading.raw)
        if unverified is None:
            return unwanted(reading, wanted, self.context)
        return Held(unverified)

    def _not_on_or_after(self, data: etree._Element) -> Judgement:
        reading = self.reader.attribute(data, "NotOnOrAfter", "instant", label=self.label)
        if reading is None:
            return self._absent(self.reader.document.absent(data, "@NotOnOrAfter"), "NotOnOrAfter is missing")
        value = when(reading)
        if value is None:
            return not_an_instant(reading)
        case = self.context.table.case
        if value + timedelta(seconds=case.skew) > case.clock.at:
            return OK
        late = case.clock.at - value
        words = f"it ended {spell(late)} earlier" if late else "it ends at this very instant, and the end no longer counts"
        return old_capture(reading, late, self.context.table) or broken(reading, words, Slot(iso(case.clock.at)))

    def _not_before(self, data: etree._Element) -> Judgement:
        reading = self.reader.attribute(data, "NotBefore", "instant", label=self.label)
        if reading is None:
            return OK
        value = when(reading)
        if value is None:
            return not_an_instant(reading)
        case = self.context.table.case
        if value - timedelta(seconds=case.skew) <= case.clock.at:
            return OK
        words = f"it begins {spell(value - case.clock.at)} later, and profiles 4.1.4.2 allows no NotBefore here"
        return broken(reading, words, Slot(iso(case.clock.at)))

    def _in_response_to(self, data: etree._Element) -> Judgement:
        reading = self.reader.attribute(data, "InResponseTo", label=self.label)
        answers = self.context.table.read("response.in_response_to").first
        wanted = self.wanted.request_id
        if wanted is None:
            if reading is None:
                return OK
            if answers is not None and answers.raw != reading.raw:
                how = difference(answers.raw, reading.raw)
                return Violation(
                    reading, expected=Slot(answers.raw), difference=how, detail=Text.of("the response names another request")
                )
            return Unknown("the ID of the request is not known", "--request, or --set request_id=…")
        if reading is None:
            anchor = self.reader.document.absent(data, "@InResponseTo")
            return self._absent(anchor, "InResponseTo is missing although there was a request", wanted.slot)
        return OK if reading.raw in wanted.literals else unwanted(reading, wanted, self.context)


def _together(judged: list[dict[str, Judgement]], conditions: tuple[str, ...]) -> Result:
    fine = [one for one in judged if not any(isinstance(found, Violation) for found in one.values())]
    considered = fine or [one for one in judged if len(one) > 1] or judged
    if fine:
        considered = [min(fine, key=lambda one: sum(isinstance(one.get(name), Unknown) for name in conditions))]
    found = [one[name] for one in considered for name in conditions if name in one]
    violations = tuple(item for item in found if isinstance(item, Violation))
    unverified = tuple(dict.fromkeys(name for item in found if isinstance(item, Held) for name in item.unverified))
    if violations:
        return Violated(violations, unverified)
    if not found and "method" not in conditions:
        return Nothing("there is no SubjectConfirmationData")
    return next((item for item in found if isinstance(item, Unknown)), None) or Held(unverified)
