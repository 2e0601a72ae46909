"""Proving: each way in which an example can be wrong is told."""

from __future__ import annotations

import pytest

from samlcheck.forge import Keys
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.proving import Proof, proofs, prove
from tests.packs.writing import HEAD, catalogue_of

TWO = """\
rules:
  - id: place
    title: Place
    severity: error
    select: response.destination
    must: {equal: 'https://sp.example/saml/acs'}
    message: Place.
    examples: {fails: {acs: 'https://elsewhere.example/'}}
  - id: recipient
    title: Recipient
    severity: error
    select: assertion.recipient
    must: {equal: 'https://sp.example/saml/acs'}
    message: Recipient.
    examples: {fails: {assertion.recipient: 'https://elsewhere.example/'}}
"""


def _problems(text: str, keys: Keys) -> list[str]:
    packs = catalogue_of(HEAD + text)
    return [str(proof) for proof in prove(packs.rules_pack("acme"), packs, keys)]


def test_a_rule_that_explains_its_neighbour_may_fail_with_it(idp_keys: Keys) -> None:
    assert _problems(TWO, idp_keys) == ["acme/place fails 1: also fails acme/recipient, which it does not explain"]
    assert _problems(TWO.replace("message: Place.", "message: Place.\n    explains: [recipient]"), idp_keys) == []
    assert _problems(TWO.replace("message: Recipient.", "message: Recipient.\n    explains: [acme/*]"), idp_keys) == []


@pytest.mark.parametrize(
    ("examples", "problem"),
    [
        ("{passes: {relay_state: x}}", "acme/it fails : there is no failing example"),
        ("{fails: {relay_state: x}}", "acme/it fails 1: the rule passes"),
        ("{passes: {acs: x, name: away}, fails: {acs: x}}", "acme/it passes away: the rule fails: It is x."),
        ("{fails: {acss: x}}", "acme/it fails 1: the login cannot be forged: cannot edit acss; did you mean acs?"),
        ("{fails: {sign: nothing}}", "acme/it fails 1: the login cannot be forged: sign is one of response, assertion, both, none"),
        (
            "{passes: {in_response_to: null}, fails: {acs: x}}",
            "acme/it passes 1: the rule does not apply: InResponseTo is not there",
        ),
        ("{fails: {request.id: null, acs: x}}", None),
        ("{passes: {set: {tenant: eu0001}}, fails: {acs: x}}", None),
    ],
    ids=["none", "passes", "fails", "unknown-edit", "bad-edit", "not-applicable", "good", "parameters"],
)
def test_what_is_wrong_with_an_example_is_told(idp_keys: Keys, examples: str, problem: str | None) -> None:
    rule = (
        "rules:\n  - {id: it, title: It, severity: error, select: response.destination, must: {equal: 'https://sp.example/saml/acs'}, "  # noqa: E501
        "when: {fact: response.in_response_to, present: true}, message: 'It is {actual}.', examples: " + examples + "}\n"
    )
    assert _problems(rule, idp_keys) == ([problem] if problem else [])


def test_a_pack_that_does_not_apply_proves_nothing(idp_keys: Keys) -> None:
    rule = "kind: standard\napplies_when: {fact: message.kind, equal: authnrequest}\n" + TWO
    assert all(problem.endswith("the pack does not apply to this login") for problem in _problems(rule, idp_keys))


@pytest.mark.parametrize(("decrypt", "fails"), [("", True), ("other", True), ("right", False)])
def test_an_example_says_which_decryption_key_there_is(idp_keys: Keys, decrypt: str, fails: bool) -> None:
    words = f", decrypt: {decrypt}" if decrypt else ""
    rule = (
        "rules:\n  - {id: it, title: It, severity: error, select: encryption.reasons, must: {equal: ok}, message: No., "
        "examples: {fails: {encrypt: assertion" + words + "}, passes: {encrypt: assertion, decrypt: right}}}\n"
    )
    assert bool(_problems(rule, idp_keys)) != fails


def test_compiled_packs_are_proved_with_their_examples(idp_keys: Keys) -> None:
    from samlcheck.packs import compiled

    before = catalogue_of(HEAD + TWO)
    after = Catalogue.read(compiled.write([before.get("acme")], "", ""))
    assert proofs(after.rules_pack("acme"), after, idp_keys) == proofs(before.rules_pack("acme"), before, idp_keys)


def test_a_proof_says_so() -> None:
    assert str(Proof("acme/it", "passes", "base login")) == "acme/it passes base login: holds"
