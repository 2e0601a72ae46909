"""What must hold whatever octets come: the same functions for ``make fuzz``, the short run of the suite and the regressions."""

from __future__ import annotations

import json
from functools import cache

from samlcheck import engine
from samlcheck.errors import InputError, PackError, UsageError
from samlcheck.forge import Forged, edit, forge, healthy
from samlcheck.inspection import Inspection, LoginReport
from samlcheck.report import decoded, github, jsonout, junit, markdown, sarif
from samlcheck.report.events import Looks, of_inspection
from samlcheck.report.text import View, render
from samlcheck.report.visible import is_safe
from samlcheck.source import Artifact
from tests.hostile.asking import idp_keys, question

VIEWS = (View(), View(masking=False, everything=True))
SAID = (
    "assertion.nameid", "assertion.attribute_values", "assertion.attribute_names", "assertion.audience", "assertion.recipient",
    "assertion.not_on_or_after", "assertion.issuer", "assertion.session_index",
)  # fmt: skip
"""What a service acts upon."""


@cache
def genuine() -> Forged:
    """Return the login that the keys of the question really signed."""
    return forge(healthy(), idp_keys())


@cache
def _said_by_genuine() -> dict[str, list[str]]:
    return _said(_inspected(genuine().form.encode()).logins[0])


def _said(report: LoginReport) -> dict[str, list[str]]:
    from samlcheck.facts import FactTable

    table = FactTable(report.case)
    return {name: [item.raw for item in table.read(name).items] for name in SAID}


def _inspected(data: bytes) -> Inspection:
    captures, unread = engine.read_captures([Artifact("input", data)])
    found = engine.inspect(captures, question(), unread)
    decoded.render(captures, engine.decode(captures, found.clock.at), View()).plain()
    return found


def message(data: bytes) -> list[str]:
    """Read, verify, judge and render octets; return the verdicts. Raises AssertionError where a promise is broken.

    Nothing but our own named errors; every report inert and readable again; and *accepted* only what says, to the letter,
    what the genuine login says.
    """
    found = _inspected(data)
    assert found.logins or found.problems
    assert all(isinstance(problem, InputError) for problem in found.problems)
    for view in VIEWS:
        text = render(found, view).plain()
        assert is_safe(text.replace("\n", ""))
        said = jsonout.render(found, view)
        assert is_safe(said.replace("\n", ""))
        assert len(json.loads(said)["logins"]) == len(found.logins)
    for renderer in (sarif.render, junit.render, github.render, markdown.render):
        assert is_safe("".join(renderer(of_inspection(found), Looks(masking=False))).replace("\n", ""))
    for report in found.logins:
        assert report.diagnosis.broken == ()
        if report.diagnosis.verdict == "accepted" and report.case.login.response is not None:
            assert report.case.login.response.anatomy.kind == "logoutresponse" or _said(report) == _said_by_genuine()
    return [report.diagnosis.verdict for report in found.logins]


def pack(data: bytes) -> str:
    """Load octets as a rule pack and, if they are one, judge the genuine login by it; return what came of it.

    A pack is refused by our own error, with its place, or it runs; none of its rules breaks and no report is anything but inert.
    """
    from samlcheck.packs.load import load
    from samlcheck.packs.model import Pack
    from tests.hostile.asking import catalogue

    where = ""
    try:
        loaded = load(Artifact("pack.yaml", data), catalogue().library())
    except PackError as refused:
        where = refused.where
    if where:
        assert where.startswith("pack.yaml:")
        return "refused"
    if not isinstance(loaded, Pack) or loaded.kind != "service":
        return loaded.kind
    from dataclasses import replace

    captures, _ = engine.read_captures([Artifact("input", genuine().form.encode())])
    try:
        found = engine.inspect(captures, replace(question(), extra_packs=(loaded,)))
    except UsageError:  # a pack that it extends is not there, or a parameter that it needs
        return "refused when used"
    assert is_safe(render(found, VIEWS[1]).plain().replace("\n", ""))
    return "ran"


def seeds() -> list[bytes]:
    """Return messages of every kind and in every wrapping, to begin from."""
    kinds = ("logoutrequest", "logoutresponse", "artifactresolve", "artifactresponse")
    made = [genuine(), *(forge(edit(healthy(), {"message": kind}), idp_keys()) for kind in kinds)]
    made += [forge(edit(healthy(style), {}), idp_keys()) for style in ("okta", "entra-id", "adfs", "shibboleth")]
    made += [
        forge(edit(healthy(), edits), idp_keys())
        for edits in (
            {"encrypt": "assertion"},
            {"sign": "none"},
            {"assertions": "2"},
            {"damage": "duplicate-id"},
            {"sign": "response"},
        )
    ]
    requests = [one.request_xml for one in made[:1] if one.request_xml is not None]
    return [*(one.xml for one in made), *(one.form.encode() for one in made[:3]), *requests, genuine().sp_metadata()]


def pack_seeds() -> list[bytes]:
    """Return packs to begin from."""
    from pathlib import Path

    services = Path(__file__).parents[2] / "rules" / "services"
    return [path.read_bytes() for path in sorted(services.glob("*.yaml"))]
