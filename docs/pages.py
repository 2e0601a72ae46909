"""The pages of ``docs/guides``: what of each system stands in no pack, and the commands that it shows."""

from __future__ import annotations

from dataclasses import dataclass

SID = "JQ0123456789abcdef0123456789abcdef"
ACCOUNT_SID = "AC0123456789abcdef0123456789abcdef"
REALM_SID = "JB0123456789abcdef0123456789abcdef"
INSTANCE = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
ROLE = "arn:aws:iam::111122223333:role/ConnectAgents"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/IdentityCenter"
CHECK = "samlcheck check response.txt --idp idp-metadata.xml"


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and what it is for."""

    does: str
    line: str


@dataclass(frozen=True, slots=True)
class Page:
    """One system."""

    name: str
    """Of the file, without ``.md``."""
    title: str
    service: str = ""
    """The service pack whose set-up the page shows; empty for a page about something else."""
    about: tuple[str, ...] = ()
    """Paragraphs: how a login goes, and where it goes wrong."""
    commands: tuple[Command, ...] = ()
    symptoms: tuple[str, ...] = ()
    """Symptom packs of the system, besides those whose suspects are rules of the service."""
    idp: str = ""
    """The page is about this identity provider."""
    steps: tuple[str, ...] = ()
    """What is to be done, where no pack has steps for it."""


PAGES = (
    Page(
        "amazon-connect",
        "Amazon Connect",
        "amazon-connect",
        (
            "Amazon Connect never sees the SAML response. The browser posts it to AWS sign-in, AWS STS opens a session with "
            "the role that the response names, and RelayState leads on to the instance, which looks for a user with exactly "
            "the name of that session. So there are three places that can refuse, each with its own words, and two policies "
            "of the role decide with them.",
            "Logins start at the IdP: at the tile in its portal. Users must exist in the instance before they sign in.",
        ),
        (
            Command(
                "Print what to fill in, with your values",
                f"samlcheck rules show amazon-connect --idp aws-identity-center --set region=us-west-2 --set "
                f"instance_id={INSTANCE} --set role_arn={ROLE} --set provider_arn={PROVIDER}",
            ),
            Command("Check a login that failed", CHECK),
            Command(
                "Check it against the role's policies and the login names of the instance",
                f"{CHECK} --iam-role role.json --iam-policy policy.json --set users=@users.txt --set instance_id={INSTANCE}",
            ),
            Command("Check a recording of the browser, pages included", "samlcheck check login.har --idp idp-metadata.xml"),
            Command(
                "Ask about a text alone", 'samlcheck explain "Your account has been authenticated, but has not been onboarded"'
            ),
        ),
        ("amazon-connect-symptoms", "aws-sign-in-symptoms"),
    ),
    Page(
        "amazon-connect-several-idps",
        "Several identity providers for one Amazon Connect instance",
        about=(
            "One instance can be opened from several identity providers, as a spare or for another part of the company. The "
            "usual way is to let all of them use the same role: each IdP has a SAML provider of its own in IAM, the trust "
            "policy of the role lists them all, and each IdP sends the role together with its own provider.",
            "Since March 2023 a user may also come in through several roles. Before that a Connect user stayed bound to the "
            "first role it was seen with, which is why many instances still share one.",
        ),
        steps=(
            "At the further IdP, make an application as [Amazon Connect](amazon-connect.md) describes it, with the same ACS "
            "URL, audience and RelayState, and download its metadata.",
            "IAM console > Identity providers > Add provider: a new name, and the metadata of that application.",
            "IAM console > Roles > the role in use > Trust relationships > Edit trust policy: `Principal.Federated` becomes "
            "a list that holds the ARN of the new provider beside the old one. Nothing else changes.",
            "At the further IdP, map `https://aws.amazon.com/SAML/Attributes/Role` to the ARN of the same role, a comma, and "
            "the ARN of its own new provider. The pair with the first provider is the classic mistake.",
            "At the further IdP, map `https://aws.amazon.com/SAML/Attributes/RoleSessionName` so that the same person gets "
            "the same name from both, upper and lower case included.",
            "Sign in through each of them, in a fresh private window each time.",
        ),
        symptoms=("aws-sign-in-symptoms",),
        commands=(
            Command(
                "Compare a login of each IdP, against the trust policy they share",
                "samlcheck check first.txt second.txt --idp first-metadata.xml --idp second-metadata.xml --iam-role role.json",
            ),
        ),
    ),
    Page(
        "aws-iam",
        "AWS console through IAM federation",
        "aws-iam",
        (
            "AWS sign-in receives the response, and AWS STS opens a session with the role that it names. Nearly every "
            "failure is in one attribute, Role, or in the trust policy of that role; STS has one text for a dozen of them.",
        ),
        (
            Command(
                "Print what to fill in",
                f"samlcheck rules show aws-iam --idp okta --set role_arn={ROLE} --set provider_arn={PROVIDER}",
            ),
            Command("Print the values of GovCloud", "samlcheck rules show aws-iam --configuration govcloud"),
            Command("Check a login that failed", f"{CHECK} --service aws-iam"),
            Command("Check it against the trust policy", f"{CHECK} --service aws-iam --iam-role role.json"),
            Command("Ask about a text alone", 'samlcheck explain "Not authorized to perform sts:AssumeRoleWithSAML"'),
        ),
        ("aws-sign-in-symptoms",),
    ),
    Page(
        "aws-identity-center",
        "AWS IAM Identity Center as the identity provider",
        about=(
            "A customer managed application of Identity Center is the identity provider here: of Amazon Connect, Twilio, or "
            "anything else that takes SAML. Each application has its own issuer, sign-in and sign-out URL and certificate, "
            "all of which its page Edit configuration shows; nothing of another application fits.",
            "Applications of one's own need an organization instance. Where the choice SAML 2.0 is missing, the instance was "
            "enabled for one account only.",
        ),
        commands=(
            Command("Print what Identity Center can send and where it is set", "samlcheck rules show aws-identity-center"),
            Command("See what is in a captured response", "samlcheck decode response.txt"),
            Command("Check a login that failed", f"{CHECK} --set connection_sid={SID}"),
        ),
        symptoms=("aws-identity-center-symptoms",),
        idp="aws-identity-center",
    ),
    Page(
        "aws-identity-center-sp",
        "AWS IAM Identity Center with an external identity provider",
        "aws-identity-center-sp",
        (
            "Identity Center is the service here: an external IdP signs people in to the AWS access portal. It takes one "
            "assertion, signed and not encrypted, whose NameID is an e-mail address by its form and a user name of Identity "
            "Center by its value.",
            "Nearly all failures look alike to people, so the response itself has to be looked at.",
        ),
        (
            Command("Print what to fill in", "samlcheck rules show aws-identity-center-sp --idp entra-id --set region=us-west-2"),
            Command("Check a login that failed", f"{CHECK} --service aws-identity-center-sp --set users=@users.txt"),
            Command("Check it with the metadata of the service", f"{CHECK} --sp sp-metadata.xml"),
        ),
        ("aws-identity-center-symptoms",),
    ),
    Page(
        "twilio-flex",
        "Twilio Flex",
        "twilio-flex",
        (
            "Flex takes the response at the address of its SSO connection and makes a worker from the attributes, at the "
            "first login and again at every other. Three attributes must be there under their bare names; all of them "
            "missing or one of them misspelt gives the same error 45050.",
            "There are two kinds of configuration with different addresses. The audience tells which one it is: "
            "`urn:flex:JQ…` is the enhanced one, `https://iam.twilio.com/v1/Accounts/AC…` the legacy one, which had to be "
            "migrated before 31 March 2026.",
        ),
        (
            Command(
                "Print what to fill in", f"samlcheck rules show twilio-flex --idp aws-identity-center --set connection_sid={SID}"
            ),
            Command("Print the legacy values", f"samlcheck rules show twilio-flex --idp okta --set account_sid={ACCOUNT_SID}"),
            Command("Check a login that failed", f"{CHECK} --set connection_sid={SID}"),
            Command("Keep that in a profile", "samlcheck check response.txt --profile flex"),
            Command("Ask about the code alone", "samlcheck explain 45050"),
        ),
        ("twilio-symptoms",),
    ),
    Page(
        "twilio-frontline",
        "Twilio Frontline",
        "twilio-frontline",
        (
            "Frontline is retired; the page is for set-ups that still have to be understood. Its addresses hold the SID of a "
            "realm, which begins with JB, and it admits only users whose role is `agent`.",
        ),
        (
            Command(
                "Print what to fill in",
                f"samlcheck rules show twilio-frontline --idp aws-identity-center --set realm_sid={REALM_SID}",
            ),
            Command("Check a login that failed", f"{CHECK} --set realm_sid={REALM_SID}"),
        ),
    ),
    Page(
        "twilio-console",
        "Twilio Console",
        "twilio-console",
        (
            "An SSO profile of the organisation signs people in to the Twilio Console. Its addresses are made for each "
            "profile and follow no pattern, so the service has to be named and both addresses given.",
        ),
        (
            Command("Print what to fill in", "samlcheck rules show twilio-console --idp entra-id"),
            Command("Check a login that failed", f"{CHECK} --service twilio-console --sp sp-metadata.xml"),
            Command("Ask about a text alone", 'samlcheck explain "The Message of SAML response is not signed"'),
        ),
        ("twilio-symptoms",),
    ),
)
