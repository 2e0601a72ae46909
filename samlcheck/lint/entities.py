"""Entities judged in order, a few at a time: in this process or in several."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from samlcheck.case import Clock
from samlcheck.errors import InputError, SamlcheckError
from samlcheck.facts.entity import EntityCase, MetadataSource
from samlcheck.frozen import dataclass
from samlcheck.lint import trust
from samlcheck.lint.aggregate import EntitySlice
from samlcheck.lint.judge import Marks, judge_all
from samlcheck.lint.recode import document as whole
from samlcheck.lint.rulebook import Rulebook
from samlcheck.lint.source import Cut, Whole
from samlcheck.lintreport import EntityReport
from samlcheck.source import NodeRef
from samlcheck.trust.facts import Anchors
from samlcheck.xmldoc.document import Document
from samlcheck.xmldoc.names import local, q
from samlcheck.xmldoc.parse import METADATA
from samlcheck.xmldoc.part import parse_part

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_TOGETHER = 16
"""Entities that go through each stage together: parsers, schemas, OpenSSL and rules then find the processor's caches warm."""
_STAGES = tuple(map(attrgetter, ("violations", "found", "certificates")))
_BATCH = 4 * _TOGETHER
"""Entities that a process is given at once: enough to outweigh handing them over."""
_AGGREGATE, _ENTITY = q("md:EntitiesDescriptor"), q("md:EntityDescriptor")
Judged = tuple[EntityReport, Marks]
JudgeAll = Callable[[MetadataSource, Iterator[Cut]], Iterator[Judged]]


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


@contextmanager
def judging(question: Question) -> Iterator[JudgeAll]:
    """Give the function that judges entities in order: in this process, or in several."""
    if question.jobs < 2:
        yield lambda source, cuts: _here(source, cuts, question)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if sys.platform == "linux" else None)
    with ProcessPoolExecutor(question.jobs, context, _begin, (question,)) as pool:
        yield lambda source, cuts: _in_processes(pool, source, cuts, 2 * question.jobs)


def _here(source: MetadataSource, cuts: Iterator[Cut], question: Question) -> Iterator[Judged]:
    ended: SamlcheckError | None = None
    while ended is None:
        batch, ended = _next(cuts, _TOGETHER)
        if not batch and ended is None:
            return
        found, error_inside = _judge(source, batch, question)
        yield from found
        if error_inside is not None:
            raise error_inside
    raise ended


def _next(cuts: Iterator[Cut], number: int) -> tuple[list[Cut], SamlcheckError | None]:
    """Return some entities, and why there are no more of them if the file cannot be read on."""
    batch: list[Cut] = []
    try:
        for cut in islice(cuts, number):
            batch.append(cut)
    except InputError as error:
        return batch, error
    return batch, None


def _judge(source: MetadataSource, cuts: Sequence[Cut], question: Question) -> tuple[list[Judged], InputError | None]:
    """Return what is found of some entities, up to one that cannot be read."""
    cases: list[EntityCase] = []
    ended: InputError | None = None
    for cut in cuts:
        try:
            case = _case(source, cut, question)
        except InputError as error:
            ended = error
            break
        if case is not None:
            cases.append(case)
    for stage in _STAGES:
        for case in cases:
            stage(case)
    return judge_all(cases, question.rules), ended


_of_this_process: list[Question] = []


def _begin(question: Question) -> None:
    _of_this_process[:] = [question]


def _judge_batch(source: MetadataSource, cuts: Sequence[Cut]) -> tuple[list[Judged], InputError | None]:
    found: list[Judged] = []
    for at in range(0, len(cuts), _TOGETHER):
        some, error = _judge(source, cuts[at : at + _TOGETHER], _of_this_process[0])
        found += some
        if error is not None:
            return found, error
    return found, None


def _in_processes(pool: ProcessPoolExecutor, source: MetadataSource, cuts: Iterator[Cut], ahead: int) -> Iterator[Judged]:
    """Yield what the processes find, in order; no more than ``ahead`` batches are read before their turn."""
    waiting: deque[Future[tuple[list[Judged], InputError | None]]] = deque()
    ended: SamlcheckError | None = None
    while True:
        while ended is None and len(waiting) < ahead:
            batch, ended = _next(cuts, _BATCH)
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


def _case(source: MetadataSource, cut: Cut, question: Question) -> EntityCase | None:
    """Return one entity; None if another one is asked for. Raises InputError for what cannot be read."""
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
        is_in_namespace(document, node, _ENTITY)
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
        alone=bool(question.entity),
        known_place=place,
    )
    if question.entity and entity.entity_id != question.entity:
        return None
    return entity


def is_metadata(document: Document) -> None:
    """Raise InputError for a document that is no metadata of SAML 2.0, with what it is instead."""
    root = document.root
    if root.tag in (_ENTITY, _AGGREGATE):
        return
    if local(root.tag) in ("EntityDescriptor", "EntitiesDescriptor"):
        is_in_namespace(document, root, _ENTITY)
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


def is_in_namespace(document: Document, node: object, wanted: str) -> None:
    """Raise InputError for a descriptor that has the right name in a wrong namespace."""
    tag = str(getattr(node, "tag", ""))
    if tag == wanted:
        return
    span = document.ref(node).span  # type: ignore[arg-type]
    other = next((words for begin, words in _OTHERS.items() if tag.startswith(begin)), "")
    raise InputError(
        f"This is metadata of {other} and not of SAML 2.0."
        if other
        else f"This {local(tag)} is not in the namespace of SAML 2.0 metadata; no product will recognise it.",
        tip="Export the SAML 2.0 metadata of the same product; products of today read no other."
        if other
        else f'Declare xmlns:md="{wanted[1:].partition("}")[0]}" and use that prefix, character by character.',
        where=f"{document.name}:{span.line}:{span.column}" if span else document.name,
        code="wrong-namespace",
    )


_OTHERS = {
    "{urn:liberty:metadata:": "Liberty ID-FF",
    "{http://projectliberty.org/schemas/core/": "Liberty ID-FF",
    "{urn:oasis:names:tc:SAML:1.": "SAML 1.x",
    "{urn:mace:shibboleth:1.0": "Shibboleth 1.x",
}
"""Descriptors of older protocols, by the beginning of their names in Clark notation."""
