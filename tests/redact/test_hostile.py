"""Whatever is handed over, redaction ends with a copy or with a reason, and soon."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samlcheck.errors import InputError, SamlcheckError
from samlcheck.forge import Keys, forge, healthy
from samlcheck.redact.run import redact
from samlcheck.source import Artifact
from tests.redact.copies import KEY, catalogue, copied, public


def _copy(data: bytes) -> bytes:
    return redact([Artifact("x", data)], catalogue(), KEY, public=public()).copies[0]


def _ended(data: bytes) -> bytes | str:
    """Return the copy, or the code of the reason why there is none."""
    try:
        return _copy(data)
    except SamlcheckError as error:
        return error.code


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_octets_end_well(data: bytes) -> None:
    assert isinstance(_ended(data), bytes | str)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(st.data())
def test_a_message_cut_or_spoilt_anywhere_ends_well(data: st.DataObject) -> None:
    xml = forge(healthy(), _keys()).xml
    at = data.draw(st.integers(0, len(xml) - 1))
    spoilt = data.draw(
        st.sampled_from([xml[:at], xml[:at] + b"<" + xml[at:], xml[:at] + b"&" + xml[at:], xml[:at] + xml[at + 1 :]])
    )
    assert b"mia.lindqvist" not in _copy(spoilt).lower()


def _keys() -> Keys:
    from samlcheck.forge.keys import keys_for_this_run

    return keys_for_this_run("trusted")


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b"<!--" * 50_000,
        b"<a>" + b"<?x " * 50_000,
        b"<!DOCTYPE a [" + b'<!ENTITY a "b">' * 10_000,
        b'<a b="' * 20_000,
        b"<" * 100_000,
        b"x=a%41" + b"a" * 100_000,
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ],
    ids=["comments", "instructions", "entities", "quotes", "less-than", "percent", "brackets", "nested-json"],
)
def test_hostile_texts_take_no_longer_than_others(data: bytes) -> None:
    began = time.process_time()
    assert _ended(data)
    assert time.process_time() - began < 5


def test_a_recording_that_breaks_off_breaks_off_in_the_copy(idp_keys: Keys) -> None:
    made = forge(healthy(), idp_keys)
    entry = {
        "startedDateTime": "2026-05-04T10:00:00Z",
        "request": {"method": "POST", "url": "https://sp.example/saml/acs", "headers": [], "postData": {"text": made.form}},
        "response": {"status": 200, "headers": [], "content": {}},
    }
    whole = json.dumps({"log": {"creator": {"name": "Firefox"}, "entries": [entry, entry]}}).encode()
    copy = copied(whole[: len(whole) - 40], idp_keys.certificate_pem)
    assert copy.differences == ()
    with pytest.raises(json.JSONDecodeError):
        json.loads(copy.text)


def test_what_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samlcheck.redact.run._LARGEST", 1 << 20)
    with pytest.raises(InputError, match="larger than 1 MiB") as raised:
        _copy(b"x" * (1 << 21))
    assert raised.value.code == "too-large"


def test_a_document_type_declaration_is_refused_alike() -> None:
    declared = b'<!DOCTYPE r [<!ENTITY e "SECRET-entity">]>'
    xml = declared + b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">&e;</samlp:Response>'
    copy = copied(xml)
    assert copy.differences == ()
    assert "SECRET" not in copy.text
