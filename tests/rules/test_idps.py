"""What the IdP packs know: which product a message comes from, and where its console makes every change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from samlcheck.case import Told
from samlcheck.checks.model import Check
from samlcheck.checks.template import compiled, names
from samlcheck.facts import FactTable
from samlcheck.forge import STYLES, Keys, edit, healthy
from samlcheck.packs.fixes import Remedy, remedy
from samlcheck.packs.model import Cite, Fix, IdpPack, Rule
from samlcheck.packs.proving import case_of
from samlcheck.packs.select import Selection, select
from samlcheck.packs.terms import ACTIONS, SOURCES
from tests.rules.logins import catalogue

PACKS = (
    "adfs", "auth0", "aws-identity-center", "duo", "entra-id", "generic", "google", "jumpcloud", "keycloak", "okta", "onelogin",
    "pingfederate", "shibboleth", "simplesamlphp",
)  # fmt: skip
VALUES = {"value": "https://sp.example.com/acs", "name": "email", "format": "emailAddress", "what": "both", "actual": "mail"}


def pack(name: str) -> IdpPack:
    """Return a shipped IdP pack."""
    found = catalogue().idp(name)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def unknown(idp_keys: Keys) -> Selection:
    """What is selected for a login of a product that nobody knows."""
    recipe = healthy()
    table = FactTable(case_of(recipe, recipe, idp_keys, Told()))
    return select(catalogue(), table, table.case.told)


def steps_of(selection: Selection, name: str, action: str, arguments: dict[str, str]) -> Remedy:
    """Return how a change is made at one product."""
    rule = Rule("x", "x", "error", "x", Check(present=True), (Cite("x"),), fix=Fix(do=action, args=arguments))
    return remedy(rule, replace(selection, idp=pack(name)), {})


def recognised(keys: Keys, style: str, **edits: str) -> tuple[str, str]:
    """Return the pack that is recognised in a forged login, and why."""
    recipe = edit(healthy(style), edits)
    table = FactTable(case_of(recipe, recipe, keys, Told()))
    selection = select(catalogue(), table, table.case.told)
    assert selection.idp is not None
    return selection.idp.pack, selection.idp_because


def test_all_are_shipped() -> None:
    assert catalogue().names("idp") == PACKS


@pytest.mark.parametrize("style", [style for style in STYLES if style != "generic"])
def test_the_style_of_a_product_is_recognised(style: str, idp_keys: Keys) -> None:
    name, because = recognised(idp_keys, style)
    assert name == style
    assert "Issuer" in because


def test_an_unknown_product_is_not_guessed(idp_keys: Keys) -> None:
    assert recognised(idp_keys, "generic") == ("generic", "")


ISSUERS = {
    "https://portal.sso.eu-central-1.amazonaws.com/saml/assertion/MTExMTIyMjIzMzMzX2lucy0w": "aws-identity-center",
    "https://portal.sso.us-east-1.amazonaws.com.example.net/saml/assertion/MTExMTIy": "generic",
    "http://www.okta.com/exk1a2b3c4d5e6f7g8h9": "okta",
    "https://www.okta.com/exk1a2b3c4d5e6f7g8h9": "okta",
    "https://www.okta.com/saml2/service-provider/abcdefghijklmnopqrst": "generic",
    "https://sts.windows.net/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/": "entra-id",
    "https://sts.windows.net/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d": "entra-id",
    "https://login.microsoftonline.com/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/": "entra-id",
    "http://fs.example.com/adfs/services/trust": "adfs",
    "https://accounts.google.com/o/saml2?idpid=C0123abcd": "google",
    "https://accounts.google.com/o/saml2/idp?idpid=C0123abcd": "generic",
    "https://sso.example.com/realms/staff": "keycloak",
    "https://sso.example.com/auth/realms/staff": "keycloak",
    "https://app.onelogin.com/saml/metadata/123456": "onelogin",
    "https://idp.example.org/idp/shibboleth": "shibboleth",
    "https://idp.example.org/simplesaml/saml2/idp/metadata.php": "simplesamlphp",
    "https://idp.example.org/module.php/saml/idp/metadata": "simplesamlphp",
    "urn:example.eu.auth0.com": "auth0",
    "https://sso-0123abcd.sso.duosecurity.com/saml2/sp/DI0123456789ABCDEFGH/metadata": "duo",
    "JumpCloud": "jumpcloud",
    "PF-DEMO": "pingfederate",
    "https://idp.example.net": "generic",
}


@pytest.mark.parametrize("issuer", ISSUERS)
def test_issuers_tell_products_apart(issuer: str, idp_keys: Keys) -> None:
    assert recognised(idp_keys, "generic", issuer=issuer)[0] == ISSUERS[issuer]


@pytest.mark.parametrize("name", PACKS)
def test_every_change_and_every_source_has_words(name: str) -> None:
    found = pack(name)
    assert set(found.actions) == set(ACTIONS)
    assert set(found.sources) == set(SOURCES)
    assert all(step.strip() for action in found.actions.values() for step in action.steps)


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("action", ACTIONS)
def test_steps_name_the_value_that_is_wanted(name: str, action: str) -> None:
    """What somebody has to type stands in the steps, unless the product has no such setting or fixes the value."""
    used = {word for step in pack(name).actions[action].steps for word in names(step)}
    settings = {"set_acs", "set_audience", "set_relay_state", "map_attribute", "rename_attribute", "remove_attribute"}
    if action in settings:
        assert set(ACTIONS[action].required) <= used
    assert used <= {*ACTIONS[action].required, *ACTIONS[action].optional}


@pytest.mark.parametrize("name", PACKS)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_change_renders(name: str, action: str, unknown: Selection) -> None:
    arguments = {key: VALUES[key] for key in (*ACTIONS[action].required, *ACTIONS[action].optional) if key in VALUES}
    found = steps_of(unknown, name, action, arguments)
    said = " ".join([found.sentence.plain(), *(step.plain() for step in found.steps)])
    assert found.sentence
    assert found.steps
    assert "{value}" not in said
    assert "{name}" not in said
    assert found.steps[0].plain().startswith("Probably: ") != pack(name).actions[action].verified


# product, change, its arguments, the last step
WORDS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "Identity Center maps an attribute": (
        "aws-identity-center",
        "map_attribute",
        {"name": "full_name", "value": "user.name"},
        "User attribute in the application: full_name. Maps to this string value or user attribute: ${user:name}. "
        "Format: unspecified. Save changes.",
    ),
    "Okta sets the audience": (
        "okta",
        "set_audience",
        {"value": "urn:flex:JQ0123456789abcdef0123456789abcdef"},
        "Audience URI (SP Entity ID): urn:flex:JQ0123456789abcdef0123456789abcdef.",
    ),
    "Entra sends the mail address": (
        "entra-id",
        "use_email_not_upn",
        {"name": "email"},
        "Source attribute: user.mail instead of user.userprincipalname. Users without a mail attribute need one.",
    ),
    "AD FS signs the response": (
        "adfs",
        "sign",
        {"what": "response"},
        'PowerShell: Set-AdfsRelyingPartyTrust -TargetName "<trust>" -SamlResponseSignature MessageAndAssertion '
        "(wanted: response).",
    ),
    "Google renames an attribute": (
        "google",
        "rename_attribute",
        {"actual": "fullname", "name": "full_name"},
        "Google Admin console > Apps > Web and mobile apps > the app > SAML attribute mapping: change the App attribute fullname "
        "to exactly full_name.",
    ),
    "Keycloak sets the audience": (
        "keycloak",
        "set_audience",
        {"value": "https://sp.example.com"},
        "Client ID: https://sp.example.com. It is the audience, and it has to be the Issuer of the requests.",
    ),
    "any IdP sets RelayState": (
        "generic",
        "set_relay_state",
        {"value": "https://sp.example.com/start"},
        "In the SAML settings of this application, set the default RelayState to https://sp.example.com/start.",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_where_the_console_makes_a_change(case: str, unknown: Selection) -> None:
    name, action, arguments, last = WORDS[case]
    assert steps_of(unknown, name, action, arguments).steps[-1].plain() == last


@pytest.mark.parametrize("name", PACKS)
def test_no_vendor_document_means_no_verified_labels_beyond_the_obvious(name: str) -> None:
    """Steps of packs that rest on observation alone are marked as probable, but for NTP, downloads and configuration files."""
    found = pack(name)
    if name == "generic" or any(cite.basis == "vendor" for cite in found.cite):
        return
    certain = {action for action, steps in found.actions.items() if steps.verified}
    files = (
        {"set_acs", "set_nameid", "sign", "use_sha256", "rotate_certificate", "set_lifetime"} if name == "simplesamlphp" else set()
    )
    assert certain <= {"fix_clock", "download_metadata"} | files


@pytest.mark.parametrize("name", PACKS)
def test_signs_weigh_what_they_are_worth(name: str) -> None:
    """Only an issuer or an address is certain; an ID or a certificate alone is a hint (facts that any product may share)."""
    for signal in pack(name).recognise:
        assert compiled(signal.match)
        if signal.fact in ("response.id", "assertion.id", "response.consent"):
            assert signal.weight <= 50
        if signal.weight == 100:
            assert signal.fact in ("response.issuer", "assertion.issuer", "request.destination")
