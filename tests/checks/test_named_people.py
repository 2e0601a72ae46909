"""Attributes, NameIDs and login names of forged logins."""

# ruff: noqa: E501 - tables read best with one case a line
from __future__ import annotations

from dataclasses import replace

import pytest

from samlcheck.case import Told
from samlcheck.checks.attributes import attribute_present, duplicate_attributes, required_attributes
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated
from samlcheck.checks.model import Check
from samlcheck.checks.nameid import FORMAT_1, FORMAT_2, nameid_shape
from samlcheck.checks.nearmiss import concept
from samlcheck.checks.users import known_user, user_is_email_not_upn
from samlcheck.checks.vocabulary import apply
from samlcheck.forge import healthy
from samlcheck.forge.recipe import Attribute

from .logins import context, readings

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
ROLE = "https://aws.amazon.com/SAML/Attributes/Role"


def login(*attributes: Attribute | str, **more: object) -> Context:
    made = tuple(Attribute(item, ("x",)) if isinstance(item, str) else item for item in attributes)
    return context(recipe=replace(healthy(), attributes=made), **more)  # type: ignore[arg-type]


def told(result: Result) -> tuple[str, ...]:
    assert isinstance(result, Violated), result
    return tuple(item.detail.plain() or (item.difference.words if item.difference else "") for item in result.violations)


NEAR = [
    ("capitals", "email", "Email", "case", "it differs only in upper and lower case: “E” instead of “e” at position 1"),
    ("blank", "email", "email ", "whitespace", "it has a blank at the end"),
    ("slash", ROLE, ROLE + "/", "trailing-slash", "it has a slash at the end"),
    ("http", ROLE, ROLE.replace("https", "http"), "scheme", "it begins with http:// instead of https://"),
    ("claim URI", "surname", CLAIMS + "surname", "prefix", "it has a namespace in front, and the bare name is wanted"),
    ("bare name", ROLE, "Role", "prefix", "it is the bare name, and the namespace in front is missing"),
    ("namespace", CLAIMS + "upn", "http://schemas.microsoft.com/ws/2008/06/identity/claims/upn", "prefix", "the same last part in another namespace"),
    ("no underscore", "full_name", "fullname", "other", "without the underscore"),
    ("camel case", "full_name", "fullName", "other", "without the underscore and with a capital in its place"),
    ("hyphen", "full_name", "full-name", "other", "with a hyphen instead of the underscore"),
    ("underscore", "fullname", "full_name", "other", "with an underscore that does not belong there"),
    ("two words", "FullName", "full_name", "other", "with an underscore that does not belong there"),
    ("plural", "roles", "role", "suffix", "singular instead of plural"),
    ("singular", "role", "roles", "suffix", "plural instead of singular"),
    ("alias", "email", "mail", "other", "another name for the mail address"),
    ("OID", "email", "urn:oid:0.9.2342.19200300.100.1.3", "other", "another name for the mail address"),
    ("claim alias", "full_name", CLAIMS + "name", "other", "another name for the full name"),
    ("memberOf", "groups", "memberOf", "other", "another name for the list of groups"),
    ("typo", "department", "departmnet", "one-character", "it has “ne” instead of “en” at position 8: two characters changed places"),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "sent", "kind", "words"), [case[1:] for case in NEAR], ids=[case[0] for case in NEAR])
def test_near_miss(wanted: str, sent: str, kind: str, words: str) -> None:
    result = attribute_present(None, {"name": wanted}, login("locale", sent))
    colon = ":" if words.startswith(("it ", "the ")) else ","
    assert told(result) == (f"there is {sent} instead{colon} {words}",)
    assert isinstance(result, Violated)
    (violation,) = result.violations
    assert violation.reading is None
    assert violation.anchor is not None
    assert violation.anchor.absent
    assert violation.difference is not None
    assert violation.difference.kind == kind
    assert [(item.role, item.actual.value) for item in violation.related if item.actual] == [("contrast", sent)]


def test_friendly_name() -> None:
    sent = Attribute("urn:oid:1.3.6.1.4.1.9999.1", ("x",), friendly_name="department")
    assert told(attribute_present(None, {"name": "department"}, login(sent))) == (
        "there is urn:oid:1.3.6.1.4.1.9999.1 instead: the wanted name is only its FriendlyName, its Name is another",
    )


def test_the_nearest_of_several_is_shown() -> None:
    result = attribute_present(None, {"name": "full_name"}, login("displayName", "fullname", "name"))
    assert told(result)[0].startswith("there is fullname instead")


def test_nothing_near() -> None:
    assert told(attribute_present(None, {"name": "full_name"}, login("role"))) == ("nor is there one with a similar name",)
    assert told(attribute_present(None, {"name": "full_name"}, login())) == ("the assertion carries no attributes",)


@pytest.mark.parametrize(
    ("values", "words"),
    [((), "it is there but has no value"), (("",), "it is there but empty"), ((" ", ""), "it is there but empty")],
    ids=["no value", "empty", "blank"],
)
def test_there_but_empty(values: tuple[str, ...], words: str) -> None:
    assert told(attribute_present(None, {"name": "email"}, login(Attribute("email", values)))) == (words,)


def test_present() -> None:
    assert attribute_present(None, {"name": "email"}, login("email", "Email")) == Held()


def test_required_attributes() -> None:
    given = login("email", "Role", parameters={"required_attributes": ("email", "role", "phone")})
    result = required_attributes(None, {}, given)
    assert isinstance(result, Violated)
    assert [item.subject for item in result.violations] == ["role", "phone"]
    assert required_attributes(None, {}, login("email")) == Nothing("no required attributes were named")
    assert required_attributes(None, {"names": "email, Role"}, given) == Held()


def test_a_required_attribute_is_no_near_miss_of_another() -> None:
    result = required_attributes(None, {"names": "name, full_name"}, login("name"))
    assert told(result) == ("nor is there one with a similar name",)


def test_attributes_of_an_encrypted_assertion() -> None:
    given = context({"assertions": "0"})
    assert isinstance(attribute_present(None, {"name": "email"}, given), Unknown)


def test_duplicates() -> None:
    result = duplicate_attributes(None, {}, login("role", "email", "role"))
    assert told(result) == ("the same Name stands there twice",)
    assert isinstance(result, Violated)
    assert result.violations[0].subject == "role"
    assert duplicate_attributes(None, {}, login("role", Attribute("role", ("x",), "urn:other"))) == Held()


@pytest.mark.parametrize("name", ["mail", "Email", CLAIMS + "emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "primary_email"])
def test_concept(name: str) -> None:
    assert concept(name) == "mail address"


SHAPES = [
    ("address", FORMAT_1 + "emailAddress", "mia@example.com", ""),
    ("no address", FORMAT_1 + "emailAddress", "mia.lindqvist", "there is no @ in it"),
    ("subject", FORMAT_1 + "X509SubjectName", "CN=Mia,O=Example", ""),
    ("no subject", FORMAT_1 + "X509SubjectName", "mia", "it is not a distinguished name such as CN=…,O=…"),
    ("domain and user", FORMAT_1 + "WindowsDomainQualifiedName", "EXAMPLE\\mia", ""),
    ("user alone", FORMAT_1 + "WindowsDomainQualifiedName", "mia", ""),
    ("UPN", FORMAT_1 + "WindowsDomainQualifiedName", "mia@example.com", "it is a mailbox address or UPN and not DOMAIN\\user"),
    ("half", FORMAT_1 + "WindowsDomainQualifiedName", "EXAMPLE\\", "the domain or the user beside the backslash is missing"),
    ("256", FORMAT_2 + "persistent", "x" * 256, ""),
    ("257", FORMAT_2 + "persistent", "x" * 257, "it has 257 characters and may have 256"),
    ("transient", FORMAT_2 + "transient", "_1", ""),
    ("principal", FORMAT_2 + "kerberos", "mia/x@EXAMPLE.COM", ""),
    ("no principal", FORMAT_2 + "kerberos", "mia", "it is not a principal such as name@REALM"),
    ("entity", FORMAT_2 + "entity", "https://idp.example/", ""),
    ("no entity", FORMAT_2 + "entity", "mia", "it is not a URI"),
    ("unspecified", FORMAT_1 + "unspecified", "anything at all", ""),
    ("vendor format", "urn:vendor:format", "anything", ""),
    ("blank", FORMAT_1 + "unspecified", "  ", "it is blank"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "value", "words"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_nameid_shape(form: str, value: str, words: str) -> None:
    result = nameid_shape(None, {}, context({"assertion.nameid_format": form, "assertion.nameid": value}))
    assert told(result) == (words,) if words else result == Held()


def test_nameid_missing_is_for_another_rule() -> None:
    assert nameid_shape(None, {}, context({"assertion.nameid": None})) == Nothing("there is no NameID")


USERS = {"users": ("mia.lindqvist@example.com", "ravi.iyer@example.com", "admin")}
PEOPLE = [
    ("capitals", "Mia.Lindqvist@example.com", "mia.lindqvist@example.com", "case", "it differs only in upper and lower case: “M” instead of “m” at position 1"),
    ("UPN", "ravi.iyer@corp.example.local", "ravi.iyer@example.com", "host", "the same name before the @, but another domain (a UPN instead of the mailbox address, or the reverse)"),
    ("no domain", "ravi.iyer", "ravi.iyer@example.com", "host", "the same user name, but without the domain after the @"),
    ("domain user", "EXAMPLE\\ravi.iyer", "ravi.iyer@example.com", "host", "the same user name, but without the domain after the @"),
    ("with domain", "admin@example.com", "admin", "host", "the same user name, but with a domain"),
    ("typo", "mia.lindquist@example.com", "mia.lindqvist@example.com", "one-character", "it has “u” instead of “v” at position 10"),
    ("blank", "admin ", "admin", "whitespace", "it has a blank at the end"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "near", "kind", "words"), [case[1:] for case in PEOPLE], ids=[case[0] for case in PEOPLE])
def test_stranger_is_shown_beside_the_nearest_user(name: str, near: str, kind: str, words: str) -> None:
    result = known_user(readings(name, sensitive=True), {}, context(parameters=USERS))
    assert isinstance(result, Violated)
    (violation,) = result.violations
    assert violation.expected is not None
    assert (violation.expected.value, violation.expected.sensitive) == (near, True)
    assert violation.difference is not None
    assert (violation.difference.kind, violation.difference.words) == (kind, words)
    assert violation.detail.plain() == f"the service knows {near} ({words})"
    assert violation.repaired == violation.expected


def test_known_user() -> None:
    given = context(parameters=USERS)
    assert known_user(None, {}, given) == Held()
    assert known_user(None, {"select": "attribute:email"}, given) == Held()
    assert told(known_user(readings("zoe"), {}, given)) == ("none of the 3 login names that were given is near it",)
    assert known_user(None, {}, context()) == Unknown("the login names at the service were not given", "--user, or --set users=…")
    assert known_user(None, {}, context(told=Told(user="mia.lindqvist@example.com"))) == Held()
    assert isinstance(known_user(readings(), {}, given), Violated)


UPN = [
    ("internal domain", "mia@corp.example.local", (), "its domain exists only inside a directory, so it is a UPN"),
    ("bare host", "mia@corp", (), "its domain exists only inside a directory, so it is a UPN"),
    ("onmicrosoft", "mia@example.onmicrosoft.com", (), "its domain is a tenant's first one (onmicrosoft.com), which rarely is the mail domain"),
    ("windows", "CORP\\mia", (), "it is a Windows user name with its domain before a backslash"),
    ("user name", "mia", (), "it is a user name without a domain"),
    ("other address", "mia@ad.example.com", (Attribute("mail", ("mia@example.com",)),), "the message holds another mailbox address for the same person"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "attributes", "words"), [case[1:] for case in UPN], ids=[case[0] for case in UPN])
def test_upn(value: str, attributes: tuple[Attribute, ...], words: str) -> None:
    recipe = replace(healthy(), nameid=value, attributes=attributes)
    assert told(user_is_email_not_upn(None, {}, context(recipe=recipe))) == (words,)


def test_the_mailbox_is_shown_beside_the_upn() -> None:
    recipe = replace(healthy(), nameid="mia@corp.example.local", attributes=(Attribute("email", ("mia@example.com",)),))
    result = user_is_email_not_upn(None, {}, context(recipe=recipe))
    assert isinstance(result, Violated)
    assert result.violations[0].expected is not None
    assert result.violations[0].expected.value == "mia@example.com"
    assert result.violations[0].difference is not None
    assert result.violations[0].difference.kind == "host"


def test_a_mailbox_that_the_service_does_not_know_was_not_meant() -> None:
    recipe = replace(healthy(), nameid="mia@ad.example.com", attributes=(Attribute("mail", ("mia@example.com",)),))
    assert user_is_email_not_upn(None, {}, context(recipe=recipe, parameters={"users": ("ada@example.com",)})) == Held()
    assert told(user_is_email_not_upn(None, {}, context(recipe=recipe, parameters={"users": ("mia@example.com",)})))


@pytest.mark.parametrize(
    ("value", "attributes"),
    [
        ("mia@example.com", ()),
        ("mia@example.com", (Attribute("email", ("mia@example.com",)),)),
        ("mia@example.com", (Attribute("email", ("Mia@Example.com",)),)),
        ("mia@example.com", (Attribute("upn", ("mia@corp.example.local",)),)),
    ],
    ids=["alone", "same", "other capitals", "UPN elsewhere"],
)
def test_mailbox_address(value: str, attributes: tuple[Attribute, ...]) -> None:
    recipe = replace(healthy(), nameid=value, attributes=attributes)
    assert user_is_email_not_upn(None, {}, context(recipe=recipe)) == Held()


def test_through_the_vocabulary() -> None:
    assert apply(Check(use="known_user", with_={"select": "assertion.nameid"}), None, context(parameters=USERS)) == Held()
