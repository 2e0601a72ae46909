"""The whole path under arbitrary input: nothing but named errors, never a pass by accident."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samlcheck import engine, forge
from samlcheck.case import Told
from samlcheck.errors import SamlcheckError
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.report import decoded, jsonout
from samlcheck.report.text import render
from samlcheck.report.view import View
from samlcheck.report.visible import is_safe
from samlcheck.saml.values import instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors

AT = instant("2026-05-04T10:00:05Z")
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="session")
def packs() -> Catalogue:
    return shipped(None)


@pytest.fixture(scope="session")
def question(packs: Catalogue, idp_keys: forge.Keys) -> engine.Question:
    assert AT is not None
    known = forge.healthy()
    return engine.Question(
        catalogue=packs,
        now=AT,
        at=AT,
        told=Told(acs=(str(known.destination),), audience=(known.audiences[0][0],), service="generic"),
        anchors=anchors.load([Artifact("idp.pem", idp_keys.certificate_pem)]),
    )


def run(data: bytes, question: engine.Question) -> list[str]:
    """Return the verdicts; whatever happens is an error of ours by name, and every report can be written."""
    captures, unread = engine.read_captures([Artifact("input", data)])
    inspection = engine.inspect(captures, question, unread)
    for view in (View(), View(masking=False, everything=True)):
        text = render(inspection, view).plain()
        assert is_safe(text.replace("\n", ""))
        jsonout.render(inspection, view)
    decoded.render(captures, engine.decode(captures, question.now), View()).plain()
    assert inspection.logins or inspection.problems
    return [report.diagnosis.verdict for report in inspection.logins]


@QUICK
@given(data=st.binary(max_size=2000))
def test_arbitrary_octets_end_in_a_named_error(data: bytes, question: engine.Question) -> None:
    assert "accepted" not in run(data, question)


@QUICK
@given(text=st.text(max_size=1000))
def test_arbitrary_text_ends_in_a_named_error(text: str, question: engine.Question) -> None:
    assert "accepted" not in run(text.encode("utf-8", "surrogatepass"), question)


@pytest.fixture(scope="session")
def healthy_xml(idp_keys: forge.Keys) -> bytes:
    return forge.forge(forge.healthy(), idp_keys).xml


def test_the_unmutated_message_is_accepted(healthy_xml: bytes, question: engine.Question) -> None:
    assert run(healthy_xml, question) == ["accepted"]


@QUICK
@given(
    place=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), kind=st.sampled_from(["replace", "drop", "repeat", "cut"])
)
def test_a_mutated_message_never_crashes_and_is_accepted_only_if_it_says_the_same(
    place: float, value: int, kind: str, healthy_xml: bytes, question: engine.Question
) -> None:
    at = int(place * len(healthy_xml))
    if kind == "replace":
        data = healthy_xml[:at] + bytes([value]) + healthy_xml[at + 1 :]
    elif kind == "drop":
        data = healthy_xml[:at] + healthy_xml[at + 1 + value % 40 :]
    elif kind == "repeat":
        data = healthy_xml[:at] + healthy_xml[at : at + value] + healthy_xml[at:]
    else:
        data = healthy_xml[:at]
    verdicts = run(base64.b64encode(data), question)
    if "accepted" in verdicts:
        assert same_content(data, healthy_xml)


def same_content(one: bytes, other: bytes) -> bool:
    """Return whether two documents say the same: equal after canonicalisation but for KeyInfo, which nothing relies on, and
    for the spelling of SignatureValue, which base64 leaves open, and namespace declarations that no name uses."""
    from lxml import etree

    def canonical(data: bytes) -> bytes:
        root = etree.fromstring(data)
        for info in list(root.iter("{http://www.w3.org/2000/09/xmldsig#}KeyInfo")):
            info.getparent().remove(info)
        for value in root.iter("{http://www.w3.org/2000/09/xmldsig#}SignatureValue"):
            value.text = base64.b64encode(base64.b64decode("".join(value.itertext()))).decode()
        return etree.tostring(root, method="c14n", exclusive=True)

    return canonical(one) == canonical(other)


def test_a_rule_that_raises_is_broken_and_never_a_pass(
    packs: Catalogue, question: engine.Question, healthy_xml: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(*_: object, **__: object) -> None:
        raise RuntimeError("mia.lindqvist@example.com")

    captures, _ = engine.read_captures([Artifact("input", healthy_xml)])
    before = engine.inspect(captures, question).logins[0]
    assert before.diagnosis.verdict == "accepted"
    monkeypatch.setattr("samlcheck.packs.run._selected", raises)
    after = engine.inspect(captures, replace(question)).logins[0]
    assert after.diagnosis.verdict == "cannot-tell"
    assert after.diagnosis.broken
    assert "mia" not in " ".join(item.error for item in after.diagnosis.broken)
    assert "BROKEN" in render(engine.inspect(captures, question), View()).plain()


def test_nothing_that_the_user_gave_wrong_escapes_as_another_exception(question: engine.Question, healthy_xml: bytes) -> None:
    captures, _ = engine.read_captures([Artifact("input", healthy_xml)])
    with pytest.raises(SamlcheckError):
        engine.inspect(captures, replace(question, told=replace(question.told, service="no-such-service")))


def test_the_suite_runs_under_a_socket_guard() -> None:
    import socket

    with socket.socket() as plug, pytest.raises(AssertionError, match="tried to use the network"):
        plug.connect(("127.0.0.1", 9))
