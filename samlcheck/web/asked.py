"""From the fields of the form to the question that the engine answers, as the options of ``check`` are."""

from __future__ import annotations

from datetime import datetime

from samlcheck import capture, engine
from samlcheck.case import Told
from samlcheck.errors import UsageError
from samlcheck.iam import read as read_policies
from samlcheck.packs.catalogue import Catalogue
from samlcheck.saml.values import typed_instant
from samlcheck.source import Artifact
from samlcheck.trust import anchors
from samlcheck.web.form import Form


def captured(form: Form) -> tuple[Artifact, ...]:
    """Return what is to be looked at. Raises UsageError where there is nothing."""
    found = _given(form, "capture", "pasted text")
    if not found:
        raise UsageError(
            "there is nothing to look at", tip="Paste the SAMLResponse, or choose the file that was captured.", code="no-input"
        )
    return found


def question(form: Form, catalogue: Catalogue, now: datetime) -> engine.Question:
    """Return the question. now: the clock of the machine. Raises SamlcheckError for a field that cannot be read."""
    request = _given(form, "request", "pasted request")
    told = Told(
        acs=_words(form.text("acs")),
        audience=_words(form.text("audience")),
        relay_state=form.text("relay_state") or None,
        user=form.text("user"),
        error=form.text("error"),
        service=form.text("service"),
        parameters=_settings(form.text("settings")),
        iam_role=tuple(item for file in _given(form, "iam_role", "pasted trust policy") for item in read_policies(file, "trust")),
        iam_policy=tuple(
            item for file in _given(form, "iam_policy", "pasted policy") for item in read_policies(file, "permission")
        ),
    )
    return engine.Question(
        catalogue=catalogue,
        now=now,
        at=_at(form.text("at")),
        told=told,
        anchors=anchors.load(_given(form, "idp", "pasted IdP")),
        sp=engine.read_sp(_given(form, "sp", "pasted SP")),
        request=capture.read(request[0]) if request else None,
        private_keys=tuple(file.data for file in form.files.get("key", ())),
    )


def _given(form: Form, name: str, pasted: str) -> tuple[Artifact, ...]:
    """Return the files of a field and what was pasted beside them."""
    text = form.text(name)
    return (*((Artifact(pasted, text.encode()),) if text else ()), *form.files.get(name, ()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _at(text: str) -> datetime | None:
    if not text:
        return None
    found = typed_instant(text)
    if found is None:
        raise UsageError(f"{text} is not an instant", tip="Write it like 2026-05-04T10:00:00Z.", code="bad-instant")
    return found


def _settings(text: str) -> dict[str, str]:
    """Return parameters, one ``key=value`` a line."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        key, equals, value = line.partition("=")
        if not equals or not key.strip():
            raise UsageError(f"{line}: expected key=value", tip="For example region=us-west-2, one a line.", code="bad-set")
        found[key.strip().replace("-", "_")] = value.strip()
    return found
