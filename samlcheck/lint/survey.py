"""One lint run over metadata files: their entities one by one, over several processes if wanted, and what they come to."""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import field
from itertools import islice
from typing import BinaryIO, Protocol

from samlcheck.case import Clock
from samlcheck.errors import InputError, SamlcheckError
from samlcheck.facts.entity import EntityCase, MetadataSource, Repeated
from samlcheck.frozen import dataclass
from samlcheck.lint import baseline, trust
from samlcheck.lint.aggregate import EntitySlice, Skeleton
from samlcheck.lint.judge import Marks, judge, plain
from samlcheck.lint.recode import document as whole
from samlcheck.lint.repeats import Repeats
from samlcheck.lint.rulebook import Rulebook
from samlcheck.lint.source import Cut, Whole, open_source
from samlcheck.lintreport import Closed, EntityReport, Event, Opened
from samlcheck.source import NodeRef
from samlcheck.trust.facts import Anchors, TrustFacts
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local, q
from samlcheck.xmldoc.parse import METADATA
from samlcheck.xmldoc.part import parse_part

_BATCH = 64
"""Entities that a process is given at once: enough to outweigh handing them over."""
_AGGREGATE, _ENTITY = q("md:EntitiesDescriptor"), q("md:EntityDescriptor")
Judged = tuple[EntityReport, Marks]


class Input(Protocol):
    """A metadata file that can be read more than once."""

    @property
    def name(self) -> str:
        """What reports call it."""

    @property
    def octets(self) -> int | None:
        """Its size, if known."""

    def open(self) -> BinaryIO:
        """Return a stream at its beginning. Raises InputError if it cannot be read."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a lint run is to find out."""

    rules: Rulebook
    clock: Clock
    anchors: Anchors | None = None
    """Keys of ``--signed-by``."""
    entity: str = ""
    """Judge the entity of this entityID alone."""
    known: frozenset[str] = field(default_factory=frozenset)
    """Fingerprints of the baseline."""
    jobs: int = 1


def survey(inputs: Iterable[Input], question: Question) -> Iterator[Event]:
    """Yield what is found, in the order of the files: each ``Opened``, then a report an entity, then ``Closed``.

    What cannot be read (on) ends its file with a ``Closed`` that names the problem; the other files are read all the same.
    """
    with _workers(question) as judge_all:
        for item in inputs:
            yield from _file(item, question, judge_all)


JudgeAll = Callable[[MetadataSource, Iterator[Cut]], Iterator[Judged]]


@contextmanager
def _workers(question: Question) -> Iterator[JudgeAll]:
    """Give the function that judges entities in order: in this process, or in several."""
    if question.jobs < 2:
        yield lambda source, cuts: (judged for cut in cuts if (judged := _judge_cut(source, cut, question)) is not None)
        return
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    with ProcessPoolExecutor(question.jobs, context, _begin, (question,)) as pool:
        yield lambda source, cuts: _in_processes(pool, source, cuts, 2 * question.jobs)


_of_this_process: list[Question] = []


def _begin(question: Question) -> None:
    _of_this_process[:] = [question]


def _judge_batch(source: MetadataSource, cuts: Sequence[Cut]) -> tuple[list[Judged], InputError | None]:
    """Return what is found of some entities, up to one that cannot be read."""
    found: list[Judged] = []
    for cut in cuts:
        try:
            judged = _judge_cut(source, cut, _of_this_process[0])
        except InputError as error:
            return found, error
        if judged is not None:
            found.append(judged)
    return found, None


def _in_processes(pool: ProcessPoolExecutor, source: MetadataSource, cuts: Iterator[Cut], ahead: int) -> Iterator[Judged]:
    """Yield what the processes find, in order; no more than ``ahead`` batches are read before their turn."""
    waiting: deque[Future[tuple[list[Judged], InputError | None]]] = deque()
    ended: SamlcheckError | None = None
    while True:
        while ended is None and len(waiting) < ahead:
            batch: list[Cut] = []
            try:
                for cut in islice(cuts, _BATCH):
                    batch.append(cut)
            except InputError as error:
                ended = error
            if batch:
                waiting.append(pool.submit(_judge_batch, source, batch))
            elif ended is None:
                break
        if not waiting:
            break
        found, error_inside = waiting.popleft().result()
        yield from found
        if error_inside is not None:
            for future in waiting:
                future.cancel()
            raise error_inside
    if ended is not None:
        raise ended


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


def _judge_cut(source: MetadataSource, cut: Cut, question: Question) -> Judged | None:
    """Return the report on one entity; None if another one is asked for. Raises InputError for what cannot be read."""
    if isinstance(cut, Whole):
        document = whole(cut.artifact)
        is_metadata(document)
        node, around, place = document.root, False, None
    elif isinstance(cut, EntitySlice):
        wanted = question.entity
        if wanted and wanted.isascii() and "&" not in wanted and wanted.encode() not in cut.slice_.data:
            return None
        document = parse_part(source.name, cut.slice_, METADATA)
        node = document.root
        for _ in cut.slice_.steps[1:]:
            node = next(node.iterchildren("*"))
        _is_in_namespace(document, node, _ENTITY)
        around, place = cut.signed_around, NodeRef(source.name, "/" + "/".join(cut.slice_.steps), cut.place)
    else:
        raise TypeError("a skeleton is no entity")
    entity = EntityCase(
        document,
        node,
        source,
        question.clock,
        trust.of_entity(document, node, question.anchors),
        trust.NOT_ASKED,
        signed_around=around,
        known_place=place,
    )
    if question.entity and entity.entity_id != question.entity:
        return None
    return judge(entity, question.rules)


def _groups(
    item: Input, source: MetadataSource, skeleton: Skeleton, repeats: Repeats, question: Question
) -> Iterator[EntityReport]:
    """Yield the reports on what the EntitiesDescriptors of an aggregate say themselves."""
    document = parse_part(item.name, skeleton.slice_, METADATA)
    _is_in_namespace(document, document.root, _AGGREGATE)
    verified: TrustFacts | None = None
    why = trust.NOT_ASKED
    for node in document.root.iter("*"):
        if value := node.get("ID"):
            repeats.add(Marks("", (value,), (), plain(document.ref(node))))
    repeated = repeats.found(skeleton.entities)
    groups = list(document.root.iter(_AGGREGATE))
    if question.anchors is not None and any(group.find(q("ds:Signature")) is not None for group in groups):
        if item.octets is None or item.octets > trust.MOST:
            why = trust.TOO_LARGE
        else:
            with item.open() as stream:
                verified = trust.of_aggregate(item.name, stream, question.anchors)
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


def is_metadata(document: Document) -> None:
    """Raise InputError for a document that is no metadata of SAML 2.0, with what it is instead."""
    root = document.root
    if root.tag in (_ENTITY, _AGGREGATE):
        return
    if local(root.tag) in ("EntityDescriptor", "EntitiesDescriptor"):
        _is_in_namespace(document, root, _ENTITY)
    span = document.ref(root).span
    where = f"{document.name}:{span.line}:{span.column}" if span else document.name
    name = local(root.tag)
    if not name.isascii() or len(name) > 60:
        name = "another element"
    raise InputError(
        f"This is not SAML metadata: the outermost element is {name}.",
        tip="Metadata begins with EntityDescriptor or EntitiesDescriptor. For a message use samlcheck check.",
        where=where,
        code="not-metadata",
    )


def _is_in_namespace(document: Document, node: object, wanted: str) -> None:
    tag = str(getattr(node, "tag", ""))
    if tag == wanted:
        return
    span = document.ref(node).span  # type: ignore[arg-type]
    raise InputError(
        f"This {local(tag)} is not in the namespace of SAML 2.0 metadata; no product will recognise it.",
        tip=f'Declare xmlns:md="{wanted[1:].partition("}")[0]}" and use that prefix, character by character.',
        where=f"{document.name}:{span.line}:{span.column}" if span else document.name,
        code="wrong-namespace",
    )


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
