"""One lint run over metadata files: what each of them is, its entities one by one, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from samlcheck.errors import InputError, SamlcheckError
from samlcheck.facts.entity import EntityCase, MetadataSource, Repeated
from samlcheck.lint import baseline, trust
from samlcheck.lint.aggregate import Skeleton
from samlcheck.lint.entities import JudgeAll, Question, is_in_namespace, judging
from samlcheck.lint.judge import Marks, judge, plain
from samlcheck.lint.repeats import Repeats
from samlcheck.lint.source import Cut, Input, open_source
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.trust.facts import TrustFacts
from samlcheck.xmldoc.names import q
from samlcheck.xmldoc.parse import METADATA
from samlcheck.xmldoc.part import parse_part

_AGGREGATE = q("md:EntitiesDescriptor")


def survey(inputs: Iterable[Input], question: Question) -> Iterator[Event]:
    """Yield what is found, in the order of the files: each ``Opened``, then a report an entity, then ``Closed``.

    What cannot be read (on) ends its file with a ``Closed`` that names the problem; the other files are read all the same.
    """
    with judging(question) as judge_all:
        for item in inputs:
            yield from _file(item, question, judge_all)


def _file(item: Input, question: Question, judge_all: JudgeAll) -> Iterator[Event]:
    yield Opened(item.name, item.octets)
    summary = _Summary(item.name)
    problem: SamlcheckError | None = None
    repeats, ends = Repeats(item.name), list[Skeleton]()
    try:
        with item.open() as stream:
            source, cuts = open_source(item.name, stream, item.octets)
            for report, marks in judge_all(source, _entities(cuts, ends)):
                repeats.add(marks)
                yield summary.add(baseline.apply(report, question.known))
        if ends and not question.entity:
            for report in _groups(item, source, ends[0], repeats, question):
                yield summary.add(baseline.apply(report, question.known))
    except InputError as error:
        problem = error
    yield summary.closed(problem)


def _entities(cuts: Iterator[Cut], ends: list[Skeleton]) -> Iterator[Cut]:
    """Yield the entities, and put the skeleton aside."""
    for cut in cuts:
        if isinstance(cut, Skeleton):
            ends.append(cut)
        else:
            yield cut


def _groups(
    item: Input, source: MetadataSource, skeleton: Skeleton, repeats: Repeats, question: Question
) -> Iterator[EntityReport]:
    """Yield the reports on what the EntitiesDescriptors of an aggregate say themselves."""
    document = parse_part(item.name, skeleton.slice_, METADATA)
    is_in_namespace(document, document.root, _AGGREGATE)
    verified: TrustFacts | None = None
    why = trust.NOT_ASKED
    for node in document.root.iter("*"):
        if value := node.get("ID"):
            repeats.add(Marks("", (value,), (), plain(document.ref(node))))
    repeated = repeats.found(skeleton.entities)
    groups = list(document.root.iter(_AGGREGATE))
    if question.anchors is not None and any(group.find(q("ds:Signature")) is not None for group in groups):
        verified = trust.of_aggregate(item, question.anchors, groups)
        why = trust.TOO_LARGE
    for group in groups:
        entity = EntityCase(
            document,
            group,
            source,
            question.clock,
            trust.of_group(verified, document.path(group)) if verified else None,
            why,
            needs="" if question.anchors else "--signed-by",
            repeated=repeated if group is document.root else Repeated(repeated.entities),
        )
        yield judge(entity, question.rules)[0]


class _Summary:
    """What the entities of a file come to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.entities = self.with_findings = self.ignored = self.known = self.broken = 0
        self.rules: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.not_checked: Counter[str] = Counter()

    def add(self, report: EntityReport) -> EntityReport:
        """Count a report and return it."""
        self.entities += report.kind == "entity"
        self.with_findings += bool(report.findings)
        self.ignored += len(report.ignored)
        self.known += len(report.known)
        self.broken += len(report.broken)
        for finding in report.findings:
            self.rules[finding.rule] += 1
            self.severities[finding.severity] += 1
        for reason in {f"{item.why}{f': needs {item.needs}' if item.needs else ''}" for item in report.not_checked}:
            self.not_checked[reason] += 1
        return report

    def closed(self, problem: SamlcheckError | None) -> Closed:
        """Return the summary."""
        return Closed(
            self.name,
            self.entities,
            self.with_findings,
            dict(self.rules.most_common()),
            dict(self.severities),
            self.ignored,
            self.known,
            dict(self.not_checked.most_common()),
            self.broken,
            problem,
        )
