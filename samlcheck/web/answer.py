"""The answer to a form: the diagnosis of logins, the findings on metadata, or what is in there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

from samlcheck import engine
from samlcheck.capture.model import Capture
from samlcheck.case import Clock
from samlcheck.errors import SamlcheckError
from samlcheck.packs.catalogue import Catalogue
from samlcheck.report import html, htmllint, jsonout, lintjson, markdown
from samlcheck.report.events import Looks, of_inspection
from samlcheck.report.htmlparts import head, node, problem, written
from samlcheck.report.view import View
from samlcheck.source import Artifact
from samlcheck.web import asked
from samlcheck.web.form import Form

HTML, JSON, MARKDOWN = "text/html; charset=utf-8", "application/json", "text/markdown; charset=utf-8"
_NOT_A_LOGIN = tuple(f"not-a-login-{kind}" for kind in ("idp-metadata", "sp-metadata", "metadata", "metadata-aggregate"))


class Answer(NamedTuple):
    """A page, or a file to be saved."""

    text: str
    kind: str = HTML
    file: str = ""
    """Name under which a browser saves it; empty for a page."""
    status: int = 200


class _Input:
    """Metadata that was sent, as the linter reads files."""

    def __init__(self, artifact: Artifact) -> None:
        self.name, self.octets = artifact.name, len(artifact.data)
        self._data = artifact.data

    def open(self) -> BinaryIO:
        return io.BytesIO(self._data)


def answer(form: Form, catalogue: Catalogue, now: datetime) -> Answer:
    """Return the answer. now: the clock of the machine. Raises SamlcheckError for what cannot be read or does not exist."""
    artifacts = asked.captured(form)
    view = View(masking="show" not in form.texts, everything="all" in form.texts, timeline=True)
    form_as = form.text("as")
    captures, unread = engine.read_captures(artifacts, catalogue)
    if form_as == "decode":
        return _decoded(captures, unread, view, now)
    question = asked.question(form, catalogue, now)
    inspection = engine.inspect(captures, question, unread)
    if not inspection.logins and inspection.problems and all(item.code in _NOT_A_LOGIN for item in inspection.problems):
        return _linted(artifacts, question, view, form_as)
    if form_as == "json":
        return Answer(jsonout.render(inspection, view), JSON, "samlcheck.json")
    if form_as == "markdown":
        looks = Looks(view.masking, view.concerns, view.everything)
        return Answer("".join(markdown.render(of_inspection(inspection), looks)), MARKDOWN, "samlcheck.md")
    return Answer(html.render(inspection, view))


def refused(error: SamlcheckError) -> Answer:
    """Return the page that says what is wrong with what was sent."""
    body = node("body", node("main", problem(jsonout.problem_object(error))))
    return Answer(f"<!DOCTYPE html>\n{written(node('html', head('problem'), body, lang='en'))}\n", status=400)


def _linted(artifacts: Sequence[Artifact], question: engine.Question, view: View, form_as: str) -> Answer:
    from samlcheck.lint.entities import Question
    from samlcheck.lint.rulebook import rulebook
    from samlcheck.lint.survey import survey

    clock = Clock(question.at or question.now, "given" if question.at else "now")
    events = survey(list(map(_Input, artifacts)), Question(rulebook(question.catalogue, "web-sso"), clock))
    looks = Looks(view.masking, view.concerns, view.everything)
    if form_as == "json":
        return Answer("".join(lintjson.render(events, looks, clock)), JSON, "samlcheck.json")
    if form_as == "markdown":
        return Answer("".join(markdown.render(events, looks)), MARKDOWN, "samlcheck.md")
    return Answer("".join(htmllint.render(events, looks)))


def _decoded(captures: Sequence[Capture], unread: Sequence[SamlcheckError], view: View, now: datetime) -> Answer:
    from samlcheck.report import decoded

    messages = engine.decode(captures, now)
    main = node("main", *(problem(jsonout.problem_object(error)) for error in unread))
    if captures:
        main.append(node("pre", decoded.render(captures, messages, view).plain()))
    return Answer(f"<!DOCTYPE html>\n{written(node('html', head('decoded'), node('body', main), lang='en'))}\n")
