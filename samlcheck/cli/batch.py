"""Many inputs, one line of JSON for each login: judged one after the other, over several processes if wanted.

Memory does not grow with the number of inputs: each is read, judged, written and forgotten. The lines stand in the order in
which the inputs were named, whoever judged them.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from samlcheck import engine
from samlcheck.cli.inputs import read_inputs
from samlcheck.errors import Exit, InputError
from samlcheck.inspection import Inspection
from samlcheck.report.jsonout import render_lines
from samlcheck.report.view import View
from samlcheck.source import Artifact

_BATCH = 16
"""Inputs that a process is given at once: enough to outweigh handing them over."""
_WORST = (Exit.REJECTED, Exit.UNREADABLE, Exit.CANNOT_TELL, Exit.ACCEPTED)
Judged = tuple[str, Exit]
Weigh = Callable[[Inspection], Exit]


def worst(codes: set[Exit]) -> Exit:
    """Return the exit code of a run by those of its inputs."""
    return next((code for code in _WORST if code in codes), Exit.ACCEPTED)


def can_fork() -> bool:
    """Return whether processes can be made that know the question already: keys and metadata are not handed over."""
    return "fork" in multiprocessing.get_all_start_methods()


def lines(
    inputs: Sequence[str], question: engine.Question, view: View, weigh: Weigh, *, clipboard: bool, jobs: int
) -> Iterator[Judged]:
    """Yield the lines of each input, and the exit code that it alone would have.

    weigh: the exit code of an inspection. Raises UsageError for an input that is not there, and what ``engine.inspect`` raises.
    """
    judge = _Judge(question, view, weigh)
    if clipboard or not inputs or "-" in inputs:  # what cannot be read twice, or elsewhere, is read here
        yield from (judge.artifact(artifact) for artifact in read_inputs(list(inputs), clipboard=clipboard))
    elif jobs > 1 and len(inputs) > 1 and can_fork():
        yield from _over_processes(inputs, judge, jobs)
    else:
        yield from map(judge.named, inputs)


class _Judge:
    """All that is the same for every input."""

    def __init__(self, question: engine.Question, view: View, weigh: Weigh) -> None:
        self._question, self._view, self._weigh = question, view, weigh

    def named(self, name: str) -> Judged:
        """Return the lines of an input by its name; one that cannot be read never hides the rest."""
        try:
            [artifact] = read_inputs([name], clipboard=False)
        except InputError as error:
            return self._lines(engine.inspect((), self._question, (error,)))
        return self.artifact(artifact)

    def artifact(self, artifact: Artifact) -> Judged:
        """Return the lines of an input."""
        captures, unread = engine.read_captures((artifact,), self._question.catalogue)
        return self._lines(engine.inspect(captures, self._question, unread))

    def _lines(self, inspection: Inspection) -> Judged:
        return render_lines(inspection, self._view), self._weigh(inspection)


_judge: _Judge | None = None
"""Of this process, and of those that it forks."""


def _over_processes(inputs: Sequence[str], judge: _Judge, jobs: int) -> Iterator[Judged]:
    from concurrent.futures import Future, ProcessPoolExecutor

    global _judge  # a forked process finds it; parsed metadata cannot be handed over otherwise
    _judge = judge
    names = iter(inputs)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        ahead: deque[Future[list[Judged]]] = deque()
        while True:
            while len(ahead) < 2 * jobs and (batch := list(islice(names, _BATCH))):
                ahead.append(pool.submit(_judged, batch))
            if not ahead:
                return
            yield from ahead.popleft().result()


def _judged(names: list[str]) -> list[Judged]:
    if _judge is None:
        raise RuntimeError("this process was not forked")
    return [_judge.named(name) for name in names]
