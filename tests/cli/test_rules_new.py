"""``samlcheck rules new``: the packs it writes are proven, diagnose, and never take the place of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from samlcheck import forge
from samlcheck.packs.load import load
from samlcheck.packs.model import ExpectedAttribute, ExpectedNameID, Pack
from samlcheck.source import Artifact
from tests.commands import AT, Given, Ran

Run = Callable[..., Ran]
Login = Callable[..., Given]

ACME = ("--name", "Acme Payroll", "--acs", "https://payroll.acme.example/acs", "--audience", "urn:acme:payroll")


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def pack_in(path: Path) -> Pack:
    """Return the pack that a file holds."""
    pack = load(Artifact(path.name, path.read_bytes()))
    assert isinstance(pack, Pack)
    return pack


def test_options_make_a_pack_that_passes_its_own_test(samlcheck: Run, tmp_path: Path) -> None:
    ran = samlcheck(
        "rules", "new", *ACME, "--nameid-format", "emailAddress", "--attribute", "email", "--attribute", "roles=agent|admin",
        "--optional-attribute", "team", "--signed", "both", "--relay-state", "https://acme.example/{x}",
        "--source", "Acme's guide", "--yes",
    )  # fmt: skip
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "Wrote acme-payroll.yaml.\n"
        "samlcheck rules test acme-payroll.yaml: 14 rules, and every example holds.\n"
        "\n"
        "Check a login:   samlcheck check RESPONSE --idp IDP-METADATA --pack acme-payroll.yaml\n"
        "Set up the IdP:  samlcheck rules show acme-payroll.yaml --idp IDP   (samlcheck rules list names the IdPs)\n"
    )
    pack = pack_in(tmp_path / "acme-payroll.yaml")
    expects = pack.expects
    assert expects is not None
    assert (pack.pack, pack.title, pack.extends) == ("acme-payroll", "Acme Payroll", ("web-sso-profile",))
    assert (expects.acs, expects.audience, expects.signed) == (("https://payroll.acme.example/acs",), ("urn:acme:payroll",), "both")
    assert (expects.relay_state, expects.relay_state_required) == (("https://acme.example/{{x}}",), True)
    assert expects.nameid == ExpectedNameID(("emailAddress",), "email")
    assert expects.attributes == (
        ExpectedAttribute("email", is_="email", source="user.email"),
        ExpectedAttribute("roles", one_of=("agent", "admin"), many=True, source="user.roles"),
        ExpectedAttribute("team", required=False, many=True),
    )
    assert pack.cite[0].source == "Acme's guide"
    assert samlcheck("rules", "test", "acme-payroll.yaml").out == "ok   acme-payroll (14 rules)\n"


def test_each_mistake_in_a_pack_has_a_line_of_its_own(samlcheck: Run, tmp_path: Path) -> None:
    pack = tmp_path / "acme.yaml"
    pack.write_text("format: 1\npack: acme\ntitle: Acme\nexpects: {acs: 'https://{nobody}.example', audience: '{nowhere}'}\n")
    ran = samlcheck("rules", "test", str(pack))
    first, second = ran.err.splitlines()
    assert (ran.code, first.startswith("samlcheck: "), second.startswith("  also ")) == (2, True, True)


def test_the_pack_diagnoses_a_login(samlcheck: Run, login: Login) -> None:
    known = forge.healthy()
    samlcheck(
        "rules",
        "new",
        "--name",
        "Acme",
        "--acs",
        known.destination,
        "--audience",
        known.audiences[0][0],
        "--attribute",
        "roles=agent|admin",
        "--yes",
    )
    given = login({"attribute:roles": "Agent"})
    ran = samlcheck("check", given.response, "--idp", given.folder / "idp.pem", "--at", AT, "--pack", "acme.yaml")
    assert ran.code == 1
    assert "acme/attribute-value-roles" in ran.out
    assert "the attribute roles is Agent; Acme expects one of agent, admin" in " ".join(ran.out.split()).replace("The", "the")


METADATA = """\
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
    entityID="https://wiki.example/saml">
  <md:SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:AssertionConsumerService Binding="BINDING-Artifact" Location="https://wiki.example/artifact" index="0"/>
    <md:AssertionConsumerService Binding="BINDING-POST" Location="https://wiki.example/second" index="1"/>
    <md:AssertionConsumerService Binding="BINDING-POST" Location="https://wiki.example/acs" index="2" isDefault="true"/>
    <md:AttributeConsumingService index="0">
      <md:ServiceName xml:lang="en">Wiki</md:ServiceName>
      <md:RequestedAttribute Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="mail" isRequired="true"/>
      <md:RequestedAttribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.1">
        <saml:AttributeValue>staff</saml:AttributeValue><saml:AttributeValue>member</saml:AttributeValue>
      </md:RequestedAttribute>
    </md:AttributeConsumingService>
  </md:SPSSODescriptor>
</md:EntityDescriptor>
"""


def test_metadata_gives_the_values(samlcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "sp.xml").write_text(METADATA.replace("BINDING", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP"))
    ran = samlcheck("rules", "new", "--from-metadata", "sp.xml")
    assert (ran.code, ran.err) == (0, "")
    pack = pack_in(tmp_path / "wiki-example.yaml")
    expects = pack.expects
    assert expects is not None
    assert pack.title == "wiki.example"
    assert expects.acs == ("https://wiki.example/acs", "https://wiki.example/second")
    assert (expects.audience, expects.signed) == (("https://wiki.example/saml",), "assertion")
    assert expects.nameid == ExpectedNameID(("persistent",))
    assert expects.attributes == (
        ExpectedAttribute("urn:oid:0.9.2342.19200300.100.1.3", is_="email", source="user.email"),
        ExpectedAttribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", required=False, one_of=("staff", "member"), many=True),
    )


def test_a_terminal_is_asked_for_what_was_not_given(samlcheck: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(
        ["", "Acme", "https://acme.example/acs", "urn:acme", "emailAddress", "email, roles=agent|admin", "", "", "The guide"]
    )
    ran = samlcheck_at_a_terminal(samlcheck, monkeypatch, answers)
    assert ran.code == 0, ran.err
    assert ran.err == (
        "A pack for a service of your own. Enter takes what stands in brackets.\n"
        "What is the service called? What is the service called? Where does it listen (ACS URL)? "
        "What does it call itself (audience, SP entity ID)? "
        "NameID format (any, emailAddress, persistent, transient, unspecified or a URI) [any] "
        "Attributes it needs, with commas between, e.g. email, roles=agent|admin [none] "
        "What must be signed (any, response, assertion, both)? [any] RelayState it needs [none] "
        "Which document says so? [the values configured at the service] "
    )
    expects = pack_in(tmp_path / "acme.yaml").expects
    assert expects is not None
    assert [item.name for item in expects.attributes] == ["email", "roles"]
    assert (expects.signed, expects.relay_state) == ("any", ())


def samlcheck_at_a_terminal(samlcheck: Run, monkeypatch: pytest.MonkeyPatch, answers: object) -> Ran:
    """Run ``rules new`` with answers typed in."""
    from samlcheck.cli import rules_new

    class Typed:
        @staticmethod
        def isatty() -> bool:
            return True

        @staticmethod
        def readline() -> str:
            return next(answers, None) + "\n"  # type: ignore[call-overload, no-any-return]

    class System:
        stdin = Typed()

        def __getattr__(self, name: str) -> object:
            import sys

            return getattr(sys, name)

    monkeypatch.setattr(rules_new, "sys", System())
    return samlcheck("rules", "new")


def test_end_of_input_ends_the_questions(samlcheck: Run, tmp_path: Path) -> None:
    ran = samlcheck("rules", "new")  # a terminal from which nothing comes
    assert ran.code == 130
    assert list(tmp_path.iterdir()) == []


REFUSED = {
    "incomplete": (["--name", "Acme"], "--acs, --audience not given"),
    "no URL": (
        ["--name", "Acme", "--acs", "acme.example/acs", "--audience", "urn:acme"],
        "--acs acme.example/acs: this is no absolute URL",
    ),
    "name of a shipped pack": (["--name", "Twilio Flex", *ACME[2:]], "there is already a pack called twilio-flex"),
    "unknown format": (
        [*ACME, "--nameid-format", "email"],
        "--nameid-format email: there is no such format (did you mean emailAddress?)",
    ),
    "unknown part": ([*ACME, "--signed", "message"], "--signed message: it is one of any, response, assertion, both"),
    "attribute named twice": (
        [*ACME, "--attribute", "a", "--attribute", "a"],
        "two rules of this pack are called `attribute-missing-a`",
    ),
    "no metadata": (["--from-metadata", "idp.xml"], "idp.xml: --from-metadata: this holds no service provider"),
    "missing file": (["--from-metadata", "no.xml"], "--from-metadata no.xml: no such file"),
    "missing folder": ([*ACME, "--output", "no/acme.yaml"], "no/acme.yaml: no such file or directory"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_is_written_for_values_that_make_no_pack(samlcheck: Run, tmp_path: Path, idp_keys: forge.Keys, name: str) -> None:
    (tmp_path / "idp.xml").write_bytes(forge.forge(forge.healthy(), idp_keys).idp_metadata())
    arguments, says = REFUSED[name]
    ran = samlcheck("rules", "new", *arguments, "--yes")
    assert ran.code == (4 if name == "no metadata" else 2)
    assert says in ran.err
    assert ran.out == ""
    assert [item.name for item in tmp_path.iterdir()] == ["idp.xml"]


def test_a_file_is_never_overwritten(samlcheck: Run, tmp_path: Path) -> None:
    (tmp_path / "acme-payroll.yaml").write_text("mine")
    ran = samlcheck("rules", "new", *ACME, "--yes")
    assert (ran.code, (tmp_path / "acme-payroll.yaml").read_text()) == (2, "mine")
    assert "acme-payroll.yaml is already there" in ran.err


@pytest.mark.parametrize("title", ["Acme: \"pay\" & 'roll' #1", "{tenant}", "Ünïcode\n\x07 Corp"])
def test_titles_survive_yaml(samlcheck: Run, tmp_path: Path, title: str) -> None:
    ran = samlcheck("rules", "new", "--name", title, *ACME[2:], "--yes", "--output", "out.yaml")
    assert ran.code == 0, ran.err
    assert pack_in(tmp_path / "out.yaml").title == "".join(c if c.isprintable() else " " for c in title)
