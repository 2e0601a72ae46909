"""The words for the usual faults of logins at services: what is wrong, what to change, and who changes it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from samlcheck.forge import Keys
from tests.rules.logins import Edits, finding, judged, login

ROLE = "attribute:https://aws.amazon.com/SAML/Attributes/Role"
NAME = "attribute:https://aws.amazon.com/SAML/Attributes/RoleSessionName"


@dataclass(frozen=True)
class Fault:
    """One mistake in a healthy login, and what is said of it."""

    name: str
    service: str
    edits: Edits
    given: dict[str, str]
    rule: str
    message: str
    fix: str
    by: str = "idp"


FAULTS = (
    Fault(
        "a blank after the comma",
        "amazon-connect",
        {ROLE: "arn:aws:iam::111122223333:role/ConnectAgents, arn:aws:iam::111122223333:saml-provider/IdentityCenter"},
        {},
        "aws-iam/role-has-blank",
        (
            "The two ARNs of a Role value are joined by a comma and nothing else; here there is a blank or line break "
            "beside the comma."
        ),
        (
            "In AWS IAM Identity Center, map the attribute https://aws.amazon.com/SAML/Attributes/Role to "
            "arn:aws:iam::111122223333:role/ConnectAgents,arn:aws:iam::111122223333:saml-provider/IdentityCenter."
        ),
    ),
    Fault(
        "role attribute in the wrong case",
        "aws-iam",
        {"rename:https://aws.amazon.com/SAML/Attributes/Role": "https://aws.amazon.com/SAML/Attributes/role"},
        {"role_arn": "arn:aws:iam::111122223333:role/Readers"},
        "aws-iam/role-attribute-missing",
        (
            "AWS takes the role from the attribute https://aws.amazon.com/SAML/Attributes/Role, spelt exactly so, and finds "
            "no such attribute with a value (there is https://aws.amazon.com/SAML/Attributes/role instead: it differs only "
            "in upper and lower case: “r” instead of “R” at position 40)."
        ),
        (
            "In Microsoft Entra ID, rename the attribute https://aws.amazon.com/SAML/Attributes/role to "
            "https://aws.amazon.com/SAML/Attributes/Role."
        ),
    ),
    Fault(
        "account with a typing mistake",
        "aws-iam",
        {ROLE: "arn:aws:iam::111122223333:role/Readers,arn:aws:iam::111122232333:saml-provider/ExampleIdP"},
        {},
        "aws-iam/role-of-another-account",
        (
            "A role can only trust a SAML provider of its own account, so both ARNs carry the same twelve digits; here the "
            "role is in account 111122223333, the provider in account 111122232333, which looks like a typing mistake."
        ),
        ("In Microsoft Entra ID, map the attribute https://aws.amazon.com/SAML/Attributes/Role to <role_arn>,<provider_arn>."),
    ),
    Fault(
        "template text left in",
        "aws-iam",
        {ROLE: "arn:aws:iam::ACCOUNTID:role/Readers,arn:aws:iam::ACCOUNTID:saml-provider/ExampleIdP"},
        {},
        "aws-iam/role-has-placeholder",
        (
            "The Role value is arn:aws:iam::ACCOUNTID:role/Readers,arn:aws:iam::ACCOUNTID:saml-provider/ExampleIdP: "
            "“ACCOUNTID” was never replaced by a value of yours."
        ),
        ("In Microsoft Entra ID, map the attribute https://aws.amazon.com/SAML/Attributes/Role to <role_arn>,<provider_arn>."),
    ),
    Fault(
        "the first IdP's provider",
        "aws-iam",
        {},
        {"provider_arn": "arn:aws:iam::111122223333:saml-provider/SecondIdP"},
        "aws-iam/provider-not-as-given",
        (
            "The SAML provider of this login should be arn:aws:iam::111122223333:saml-provider/SecondIdP. Each IdP sends "
            "the shared role together with its own provider; it names arn:aws:iam::111122223333:saml-provider/ExampleIdP."
        ),
        (
            "In Microsoft Entra ID, map the attribute https://aws.amazon.com/SAML/Attributes/Role to "
            "arn:aws:iam::111122223333:role/Readers,arn:aws:iam::111122223333:saml-provider/SecondIdP."
        ),
    ),
    Fault(
        "a display name as session name",
        "aws-iam",
        {NAME: "Mia Lindqvist"},
        {},
        "aws-session/session-name-has-blank",
        (
            "RoleSessionName is Mia Lindqvist: it looks like a display name. AWS takes letters, digits and _ + = , . @ - "
            "only; send the e-mail address or the login name."
        ),
        "In Microsoft Entra ID, map the attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName to user.mail.",
    ),
    Fault(
        "a day as session duration",
        "aws-iam",
        {"attribute:https://aws.amazon.com/SAML/Attributes/SessionDuration": "86400"},
        {},
        "aws-session/duration-out-of-range",
        "SessionDuration is 86400 seconds; AWS takes 900 (15 minutes) to 43200 (12 hours).",
        "In Microsoft Entra ID, map the attribute https://aws.amazon.com/SAML/Attributes/SessionDuration to 3600.",
    ),
    Fault(
        "the audience of nobody",
        "amazon-connect",
        {"assertion.audience": "urn:amazon:webservice"},
        {},
        "aws-sign-in/audience-mismatch",
        (
            'Audience is urn:amazon:webservice; AWS asks for urn:amazon:webservices. AWS answers this with "Response does '
            'not contain the required audience."'
        ),
        "In AWS IAM Identity Center, set the audience (SP entity ID) to urn:amazon:webservices.",
    ),
    Fault(
        "the number in the reply URL",
        "aws-iam",
        {"response.destination": "https://signin.aws.amazon.com/saml#2"},
        {},
        "aws-sign-in/reply-url-with-number",
        (
            "Destination https://signin.aws.amazon.com/saml#2 ends in a fragment. Where one tenant has several AWS "
            "applications the number (#1, #2) belongs to the Identifier; the Reply URL stays without it."
        ),
        "In Microsoft Entra ID, set the ACS URL to https://signin.aws.amazon.com/saml.",
    ),
    Fault(
        "the console as ACS",
        "amazon-connect",
        {"acs": "https://console.aws.amazon.com/saml"},
        {},
        "amazon-connect/acs-not-aws-sign-in",
        (
            "The response is addressed to https://console.aws.amazon.com/saml. Amazon Connect does not take SAML responses "
            "itself: the ACS URL is always AWS sign-in, https://signin.aws.amazon.com/saml, and RelayState says which "
            "instance to open afterwards."
        ),
        "In AWS IAM Identity Center, set the ACS URL to https://signin.aws.amazon.com/saml.",
    ),
    Fault(
        "the instance in another Region",
        "amazon-connect",
        {},
        {"region": "eu-west-2"},
        "amazon-connect/relay-state-of-another-region",
        (
            "RelayState is https://us-west-2.console.aws.amazon.com/connect/federate/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d, "
            "but the Connect instance is in the Region eu-west-2. An instance is only found in its own Region."
        ),
        (
            "In AWS IAM Identity Center, set the default RelayState to "
            "https://eu-west-2.console.aws.amazon.com/connect/federate/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d."
        ),
    ),
    Fault(
        "a name that Connect spells otherwise",
        "amazon-connect",
        {},
        {"users": "Mia.Lindqvist@example.com,olu.adeyemi@example.com"},
        "amazon-connect/user-unknown",
        (
            "RoleSessionName is mia.lindqvist@example.com, and no user of the instance has exactly this login name, upper and "
            "lower case included: the service knows Mia.Lindqvist@example.com (it differs only in upper and lower case: “m” "
            "instead of “M” at position 1)."
        ),
        (
            "Make both the same: let the IdP send Mia.Lindqvist@example.com as RoleSessionName, or create the user "
            "mia.lindqvist@example.com in Amazon Connect."
        ),
        "sp",
    ),
    Fault(
        "the windowsUPN",
        "amazon-connect",
        {NAME: "mia.lindqvist@corp.example.local"},
        {"users": "mia.lindqvist@example.com"},
        "amazon-connect/user-is-upn",
        (
            "RoleSessionName is mia.lindqvist@corp.example.local; its domain exists only inside a directory, so it is a "
            "UPN. Connect looks for a user with exactly this login name, which is usually the e-mail address. With Active "
            "Directory as its source IAM Identity Center fills user:email and user:subject from the windowsUPN until the "
            "directory mapping is changed."
        ),
        (
            "In AWS IAM Identity Center, send the e-mail address rather than the user principal name as "
            "https://aws.amazon.com/SAML/Attributes/RoleSessionName."
        ),
    ),
    Fault(
        "the instance id of a guide",
        "amazon-connect",
        {"relay_state": "https://us-west-2.console.aws.amazon.com/connect/federate/instance-id"},
        {"instance_id": "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"},
        "amazon-connect/relay-state-instance-malformed",
        (
            "RelayState is https://us-west-2.console.aws.amazon.com/connect/federate/instance-id. After /connect/federate/ "
            "comes the instance id: 32 lower-case hexadecimal digits in groups of 8, 4, 4, 4 and 12, and then nothing or "
            "?destination=…."
        ),
        (
            "In AWS IAM Identity Center, set the default RelayState to "
            "https://us-west-2.console.aws.amazon.com/connect/federate/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d."
        ),
    ),
    Fault(
        "a slash behind the ACS URL",
        "aws-iam",
        {"acs": "https://signin.aws.amazon.com/saml/"},
        {},
        "aws-sign-in/destination-mismatch",
        (
            "Destination is https://signin.aws.amazon.com/saml/. AWS takes SAML responses only at "
            "https://signin.aws.amazon.com/saml or the same host with a Region in front."
        ),
        "In Microsoft Entra ID, set the ACS URL to https://signin.aws.amazon.com/saml.",
    ),
    Fault(
        "a response for another connection",
        "twilio-flex",
        {},
        {"connection_sid": "JQffffffffffffffffffffffffffffffff"},
        "twilio-flex/other-connection",
        (
            "Destination https://login.flex.us1.twilio.com/login/callback?connection=JQ0123456789abcdef0123456789abcdef and "
            "audience urn:flex:JQ0123456789abcdef0123456789abcdef belong to another connection than "
            "JQffffffffffffffffffffffffffffffff."
        ),
        (
            "Set the ACS URL to https://login.flex.us1.twilio.com/login/callback?connection=JQffffffffffffffffffffffffffffffff "
            "and the audience to urn:flex:JQffffffffffffffffffffffffffffffff."
        ),
    ),
    Fault(
        "fullname for full_name",
        "twilio-flex",
        {"rename:full_name": "fullname"},
        {},
        "twilio-worker/full-name-missing",
        (
            "Flex reads the name from an attribute named exactly full_name, without a namespace, and finds no such attribute "
            "with a value (there is fullname instead, without the underscore)."
        ),
        "In Okta, rename the attribute fullname to full_name.",
    ),
    Fault(
        "administrator for admin",
        "twilio-flex",
        {"attribute:roles": "administrator"},
        {},
        "twilio-worker/role-spelt-otherwise",
        "roles is administrator. The values are agent, supervisor and admin, in lower case and in the singular.",
        "In Okta, map the attribute roles to agent, supervisor or admin.",
    ),
    Fault(
        "two connections mixed",
        "twilio-flex",
        {"acs": "https://login.flex.us1.twilio.com/login/callback?connection=JQ9999456789abcdef0123456789abcdef"},
        {},
        "twilio-flex/destination-mismatch",
        (
            "Destination is https://login.flex.us1.twilio.com/login/callback?connection=JQ9999456789abcdef0123456789abcdef."
            " The ACS URL of an enhanced Flex connection is "
            "https://login.flex.us1.twilio.com/login/callback?connection=JQ0123456789abcdef0123456789abcdef; copied whole, "
            "with the same JQ… SID as in the audience."
        ),
        (
            "In Okta, set the ACS URL to "
            "https://login.flex.us1.twilio.com/login/callback?connection=JQ0123456789abcdef0123456789abcdef."
        ),
    ),
    Fault(
        "the legacy audience without /metadata",
        "twilio-flex",
        {
            "acs": "https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2",
            "assertion.audience": "https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2",
        },
        {},
        "twilio-flex/legacy-audience-mismatch",
        (
            "Audience is https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2. A legacy Flex "
            "configuration goes by https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2/metadata: "
            "the ACS URL with /metadata behind it."
        ),
        (
            "In Okta, set the audience (SP entity ID) to "
            "https://iam.twilio.com/v1/Accounts/AC0123456789abcdef0123456789abcdef/saml2/metadata."
        ),
    ),
    Fault(
        "a message signature missing",
        "twilio-flex",
        {"sign": "assertion"},
        {},
        "twilio-flex/response-unsigned",
        (
            "Only the assertion is signed. The set-up guides of Flex have the IdP sign the Response (and the assertion) "
            "with SHA-256."
        ),
        "In Okta, sign the response and the assertion.",
    ),
    Fault(
        "an opaque subject at Identity Center",
        "aws-identity-center-sp",
        {"assertion.nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"},
        {},
        "aws-identity-center-sp/nameid-format-wrong",
        (
            "The Format of NameID is urn:oasis:names:tc:SAML:2.0:nameid-format:persistent; Identity Center takes only "
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress."
        ),
        ("In Microsoft Entra ID, send user.mail as NameID in the format urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress."),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_is_said_of_a_fault(fault: Fault, idp_keys: Keys) -> None:
    _, outcomes = judged(login(idp_keys, fault.service, fault.edits, fault.given, named=fault.service))
    found = finding(outcomes, fault.rule)
    assert found.message.plain() == fault.message
    assert found.fix.plain() == fault.fix
    assert found.fix_by == fault.by
    assert found.severity == "error"
    assert found.citations
