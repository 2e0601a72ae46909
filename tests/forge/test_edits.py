"""Edits by fact name: what is edited is what the fact table then reads, and nothing else moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samlcheck.facts import FACTS
from samlcheck.forge import Keys, edit, forge, healthy
from samlcheck.forge.edits import EDITS, PREFIXES
from tests.forge.reading import facts, verified

# Facts of the messages that follow from others or that a word of the forge sets (``assertions``).
COMPUTED = {
    "response.assertions",
    "request.acs",
    "request.schema",
    "assertion.audience_restriction_count",
    "assertion.attribute_names",
    "assertion.attribute_friendly_names",
    "assertion.attribute_values",
}
PRESENCE = {"assertion.subject", "assertion.authn_statement"}
ALGORITHMS = {"signature.algorithm", "signature.digest_algorithm"}
OF_MESSAGES = {name for name in EDITS if name.startswith(("logout.", "artifact."))}
PLAIN = sorted(set(EDITS) & set(FACTS) - OF_MESSAGES - PRESENCE - ALGORITHMS - {"assertion.other_conditions", "response.status"})
MANY = [
    "assertion.audience",
    "assertion.recipient",
    "assertion.confirmation_method",
    "assertion.confirmation_not_on_or_after",
    "request.authn_context",
]


def test_every_fact_of_the_messages_can_be_edited() -> None:
    told = {name for name in FACTS if name.split(".")[0] in ("response", "assertion", "request", "relay_state")}
    assert told - COMPUTED - set(EDITS) == set()


@pytest.mark.parametrize("name", PLAIN)
def test_an_edited_fact_reads_as_edited(name: str) -> None:
    value = "2026-05-04T09:00:00Z" if FACTS[name].kind == "instant" else 'https://x.example/"a"?b=1&c=<2>'
    readings = facts(edit(healthy(), {name: value})).read(name)
    assert {item.raw for item in readings.items} == {value}


@pytest.mark.parametrize("name", PLAIN)
def test_an_edit_moves_no_other_fact(name: str) -> None:
    before, after = facts(healthy()), facts(edit(healthy(), {name: "2026-05-04T09:00:00Z"}))
    moved = {
        other
        for other in FACTS
        if other.startswith(("response.", "assertion.", "request.", "relay_state"))
        and other not in COMPUTED
        and [i.raw for i in before.read(other).items] != [i.raw for i in after.read(other).items]
    }
    assert moved == {name}


@pytest.mark.parametrize("name", sorted(set(PLAIN) - {"assertion.attribute_name_formats"}) + sorted(PRESENCE))
def test_none_removes(name: str) -> None:
    assert facts(edit(healthy(), {name: None})).read(name).items == ()


@pytest.mark.parametrize("name", MANY)
def test_several_values(name: str) -> None:
    values = ("2026-05-04T09:00:00Z", "2026-05-04T09:10:00Z", "2026-05-04T09:20:00Z")
    assert tuple(item.raw for item in facts(edit(healthy(), {name: values})).read(name).items) == values


def test_restrictions_are_groups_of_their_own() -> None:
    one = facts(edit(healthy(), {"assertion.audience": ("a", "b")})).read("assertion.audience")
    two = facts(edit(healthy(), {"audience_restrictions": ("a", "b")})).read("assertion.audience")
    assert [item.group for item in one.items] == [0, 0]
    assert [item.group for item in two.items] == [0, 1]


def test_a_failed_status_takes_the_assertion_away_unless_told_otherwise() -> None:
    status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    failed = facts(
        edit(healthy(), {"response.status": status, "response.status_detail_code": "urn:x", "response.status_message": "no"})
    )
    assert (failed.text("response.status"), failed.text("response.status_detail_code")) == (status, "urn:x")
    assert failed.read("assertion.id").unavailable == "the response carries no assertion"
    assert facts(edit(healthy(), {"assertions": "1", "response.status": status})).text("assertion.id") != ""


def test_idp_initiated_answers_no_request() -> None:
    table = facts(edit(healthy(), {"idp_initiated": "true"}))
    for name in ("response.in_response_to", "assertion.confirmation_in_response_to", "request.id"):
        assert table.read(name).items == ()


def test_shift_moves_every_instant_after_all_other_edits() -> None:
    table = facts(edit(healthy(), {"shift_seconds": "45", "assertion.not_before": "2026-05-04T09:00:00Z"}))
    assert table.text("assertion.not_before") == "2026-05-04T09:00:45Z"
    assert table.text("response.issue_instant") == table.text("assertion.issue_instant") == "2026-05-04T10:00:45Z"
    assert table.text("assertion.confirmation_not_on_or_after") == "2026-05-04T10:05:45Z"


def test_acs_is_destination_recipient_and_what_the_request_asked_for() -> None:
    table = facts(edit(healthy(), {"acs": "https://new.example/acs"}))
    read = {table.text(name) for name in ("response.destination", "assertion.recipient", "request.acs_url")}
    assert read == {"https://new.example/acs"}


ATTRIBUTES = {
    "one value": ({"attribute:email": "a@b.example"}, [("email", ["a@b.example"])]),
    "several values": ({"attribute:email": ("a", "b")}, [("email", ["a", "b"])]),
    "empty value": ({"attribute:email": ""}, [("email", [""])]),
    "removed": ({"attribute:email": None}, [("email", [])]),
    "new": ({"attribute:urn:oid:0.9.2342.19200300.100.1.3": "x"}, [("urn:oid:0.9.2342.19200300.100.1.3", ["x"])]),
    "renamed": ({"rename:email": "Email"}, [("email", []), ("Email", ["mia.lindqvist@example.com"])]),
    "twice": ({"another:email": "x"}, [("email", ["mia.lindqvist@example.com", "x"])]),
}


@pytest.mark.parametrize(("edits", "expected"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(edits: dict[str, str], expected: list[tuple[str, list[str]]]) -> None:
    table = facts(edit(healthy(), edits))
    assert [(name, [item.raw for item in table.read(f"attribute:{name}").items]) for name, _ in expected] == expected


def test_name_format_friendly_name_and_type_of_one_attribute() -> None:
    edits = {"nameformat:email": None, "friendly:email": "mail", "type:email": None}
    attribute = edit(healthy(), edits).attributes[0]
    assert (attribute.name_format, attribute.friendly_name, attribute.value_type) == (None, "mail", None)


REFUSED = {
    "near miss": ({"assertion.audiance": "x"}, KeyError, "cannot edit assertion.audiance; did you mean assertion.audience?"),
    "prefix": ({"atribute:email": "x"}, KeyError, "cannot edit atribute:email; did you mean attribute:NAME?"),
    "far": ({"zzz": "x"}, KeyError, "cannot edit zzz"),
    "computed": ({"trust.verdict": "trusted"}, KeyError, "cannot edit trust.verdict"),
    "no attribute": ({"rename:mail": "email"}, KeyError, "rename:mail changes an attribute that is not there"),
    "several": ({"assertion.nameid": ("a", "b")}, ValueError, "assertion.nameid takes one value, not 2"),
    "choice": ({"sign": "all"}, ValueError, "sign is one of response, assertion, both, none"),
    "style": ({"style": "acme"}, ValueError, "style is one of generic, aws-identity-center"),
    "algorithm": ({"signature.algorithm": "rsa-crc32"}, ValueError, "cannot sign with rsa-crc32; the hashes are md5, sha1"),
}


@pytest.mark.parametrize(("edits", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_edited_is_said(edits: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        edit(healthy(), edits)
    assert words in str(caught.value)


@given(
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"), min_size=1
    )
)
def test_any_text_survives_writing(value: str) -> None:
    table = facts(edit(healthy(), {"assertion.nameid": value, "response.destination": value}))
    assert table.text("assertion.nameid") == value
    assert table.text("response.destination") == value


def test_words_of_the_forge_are_no_facts() -> None:
    assert set(PREFIXES) == {"attribute", "another", "rename", "friendly", "nameformat", "type"}
    assert {name for name in EDITS if name not in FACTS} == {
        "style", "layout", "sign", "canonicalization", "key", "embed", "encrypt", "data_algorithm", "key_algorithm", "damage",
        "inner_damage", "assertions", "issuer",
        "in_response_to", "acs", "audience_restrictions", "idp_initiated", "filler", "shift_seconds",
        "message", "message_sender", "request_sign",
    }  # fmt: skip


def test_edited_before_signing(idp_keys: Keys) -> None:
    forged = forge(edit(healthy("okta"), {"assertion.audience": "urn:x"}), idp_keys)
    assert verified(forged.xml, idp_keys) == ["Response", "Assertion"]
    assert b"<saml2:Audience>urn:x</saml2:Audience>" in forged.xml
