"""What lies behind the texts that people see when a login fails: root causes by name.

Several hundred symptoms share these few causes, so symptom packs name them (``causes: [user-not-assigned]``) and the
words, the change to make, who makes it and the rules that would prove it stand here once. A pack may also write a cause
in words of its own.
"""

from __future__ import annotations

from samlcheck.finding import FixBy
from samlcheck.frozen import dataclass
from samlcheck.packs import suspects as of
from samlcheck.packs.model import Symptom


@dataclass(frozen=True, slots=True)
class RootCause:
    """One reason for which logins fail."""

    title: str
    """The fact, as a clause: begins small so that it can follow a colon."""
    fix: str = ""
    """The change, as a sentence; empty where nothing is wrong."""
    by: FixBy = "idp"
    suspects: tuple[str, ...] = ()
    """Rules that fail if this is the cause; ``*`` as in file names."""
    do: str = ""
    """The action of ``terms.ACTIONS`` whose steps an IdP pack knows."""


CAUSES: dict[str, RootCause] = {
    # Configuration that names the two sides to each other
    "acs-url-mismatch": RootCause(
        "the ACS (reply) URL differs between the request, the IdP and the service",
        "At the IdP, register the ACS URL exactly as the service sends it: scheme, port, path and final slash count.",
        "idp", ("requests/acs-mismatch", "amazon-connect/acs-not-aws-sign-in", "*/reply-url-with-number", *of.ADDRESS), "set_acs"),
    "sp-entityid-mismatch": RootCause(
        "the entity ID that the service sends is not the one the IdP has for the application",
        "Make the identifier (entity ID) at the IdP equal to the Issuer of the request, character by character.",
        "idp", ("requests/issuer-mismatch", "requests/issuer-missing"), "set_audience"),
    "audience-mismatch": RootCause(
        "the Audience of the assertion is not the entity ID of the service",
        "At the IdP, set the audience to the entity ID of the service, character by character.",
        "idp", ("*/audience-*", "*/legacy-audience-mismatch"), "set_audience"),
    "sp-name-qualifier": RootCause(
        "the NameID is qualified for another service",
        "At the IdP, leave SPNameQualifier out of the NameID, or set it to the entity ID of the service.",
        "idp", ("web-sso-profile/sp-name-qualifier-mismatch",), "set_nameid"),
    "issuer-mismatch": RootCause(
        "the Issuer is not the IdP entity ID that the service has on file",
        "At the service, enter the IdP's entity ID as it stands in the Issuer, or load the IdP's present metadata.",
        "sp", ("*/issuer-mismatch", "*/response-issuer-mismatch", "*/issuers-differ", "*/issuer-missing"), "download_metadata"),
    "destination-mismatch": RootCause(
        "the Destination is not the URL that received the message",
        "At the IdP, set the ACS URL to the URL at which the service really receives responses.",
        "idp", of.ADDRESS, "set_acs"),
    "recipient-mismatch": RootCause(
        "the Recipient of the assertion is not the ACS URL",
        "At the IdP, set the ACS URL (Recipient) to the full ACS URL of the service.",
        "idp", of.ADDRESS, "set_acs"),
    "app-not-configured": RootCause(
        "the application or connection is missing, switched off or not finished",
        "Create or switch on the application at the side that shows the message, and complete its SAML settings.",
        "idp", ("*/issuer-mismatch",)),
    "idp-sso-url-wrong": RootCause(
        "the service sends users to another URL than the IdP's sign-in URL",
        "At the service, set the IdP sign-in (SSO) URL from the IdP's metadata.",
        "sp", ("requests/destination-mismatch",), "download_metadata"),
    "idp-metadata-stale": RootCause(
        "the service holds old metadata of the IdP",
        "At the service, load the IdP's present metadata.",
        "sp", ("signatures/key-rotated", "signatures/other-key", "*/idp-metadata-*"), "download_metadata"),
    "metadata-parse": RootCause(
        "the metadata file cannot be read",
        "Download the metadata again as a file (no copy through a browser window), UTF-8 without byte order mark, and load it.",
        "sp", (), "download_metadata"),
    "wrong-tenant": RootCause(
        "the login went to another tenant or organisation than the one meant",
        "At the service, use the IdP URLs of the right tenant; let the user sign in with an account of it.",
        "sp", ("*/issuer-mismatch", "requests/destination-mismatch", "*/other-account", "*/other-connection")),
    "wrong-endpoint-region": RootCause(
        "the endpoint belongs to another Region",
        "Use the endpoint of the Region that the service runs in, or activate that Region for the account.",
        "sp", ("*/relay-state-of-another-region", "*/role-of-*-at-other-endpoint", "*/commercial-role-at-other-endpoint")),
    "reverse-proxy": RootCause(
        "a proxy in front of the service hides the scheme, host or port that the browser uses",
        "At the proxy, forward host, scheme and port (X-Forwarded-*), and let the service take its URL from them.",
        "proxy", of.ADDRESS),
    "binding-unsupported": RootCause(
        "the message came by the wrong HTTP method or SAML binding",
        "Send responses by HTTP POST straight to the ACS URL, without a redirect on the way.",
        "sp", of.WRONG_BINDING),
    # Requests
    "authnrequest-malformed": RootCause(
        "the SAMLRequest is missing, damaged or holds what the IdP does not accept",
        "At the service, correct how the AuthnRequest is built and coded; decode it to see what it says.",
        "sp", ("requests/*",)),
    "authnrequest-unsigned": RootCause(
        "the IdP wants signed requests, and this one has no signature",
        "At the service, sign AuthnRequests with the key whose certificate the IdP has.", "sp"),
    "authnrequest-signature-alg": RootCause(
        "the signature of the request was made with another key or algorithm than the IdP expects",
        "At the service, sign with SHA-256; at the IdP, load the service's present signing certificate.",
        "sp", ("algorithms/*",)),
    "authnrequest-too-long": RootCause(
        "the URL with the request is longer than a server on the way takes",
        "At the service, send the request by HTTP POST, or shorten RelayState.", "sp", ("flow/request-url-too-long",)),
    "nameidpolicy-unsupported": RootCause(
        "the IdP cannot issue the NameID format that the request asks for",
        "At the service, ask for a format the IdP issues (or none); or configure that format at the IdP.",
        "sp", ("saml-status/invalid-nameid-policy", "requests/nameid-format-*")),
    "authn-context-mismatch": RootCause(
        "the user signed in in another way than RequestedAuthnContext demands",
        "At the service, leave out RequestedAuthnContext or ask for what the IdP really does; else let the IdP demand it.",
        "sp", ("saml-status/no-authn-context", "requests/authn-context-refused", "requests/password-demanded",
               "sp-policy/authn-context-*")),
    "passive-no-session": RootCause(
        "a silent login was asked for, but the user has no session at the IdP",
        "At the service, start a normal login (without IsPassive) when the silent one fails.",
        "sp", ("saml-status/no-passive",)),
    "proxy-scoping": RootCause(
        "the request limits or lists IdPs in a way that leaves none",
        "At the service or broker, correct the IdP list, discovery or proxy count.",
        "sp", ("saml-status/no-available-idp", "saml-status/no-supported-idp", "saml-status/proxy-count-exceeded")),
    # Times
    "assertion-expired-delay": RootCause(
        "the response arrived after the end of its validity (slow sign-in, old tab, resent form)",
        "Start the login afresh; if it happens often, make assertions valid for longer at the IdP.",
        "user", (*of.TOO_LATE, "sp-policy/authentication-too-old"), "set_lifetime"),
    "clock-skew-idp-ahead": RootCause(
        "the IdP's clock runs ahead of the service's",
        "Synchronise both clocks by NTP; allow a minute of difference at the service.",
        "idp", of.TOO_EARLY, "fix_clock"),
    "clock-skew-idp-behind": RootCause(
        "the IdP's clock runs behind the service's",
        "Synchronise both clocks by NTP; allow a minute of difference at the service.",
        "idp", of.TOO_LATE, "fix_clock"),
    "clock-skew-sp": RootCause(
        "the service's clock is wrong",
        "Synchronise the service's clock by NTP.", "sp", ("requests/issue-instant", *of.TOO_EARLY, *of.TOO_LATE), "fix_clock"),
    "session-duration-limit": RootCause(
        "the session asked for or granted does not fit the limit of the service",
        "Set a session duration within the service's limit.",
        "idp", ("*/duration-*", "*/session-*", "web-sso-profile/session-expired"), "set_session"),
    # Keys, signatures, encryption
    "signing-cert-rotated": RootCause(
        "the IdP signs with another certificate than the one the service has",
        "At the service, load the IdP's present signing certificate or metadata.",
        "sp", ("signatures/key-rotated", "signatures/other-key", "signatures/untrusted", "signatures/certificate-replaced",
               "aws-iam/signed-by-key-outside-provider", "*/other-application"), "rotate_certificate"),
    "signature-tampered": RootCause(
        "the message was changed after it was signed, or the signature covers something else",
        "Find what rewrites the message on the way (proxy, plug-in, copy by hand) and let it pass untouched.",
        "sp", of.SIGNATURE_BROKEN),
    "signature-missing-response": RootCause(
        "the Response itself is not signed",
        "At the IdP, sign the response.", "idp", ("*/response-unsigned", "*/response-not-signed", "signatures/unsigned"), "sign"),
    "signature-missing-assertion": RootCause(
        "the assertion itself is not signed",
        "At the IdP, sign the assertion.",
        "idp", ("*/assertion-unsigned", "*/assertion-not-signed", "signatures/unsigned"), "sign"),
    "weak-algorithm": RootCause(
        "an algorithm or key is used that the receiver refuses",
        "At the IdP, sign with SHA-256 and an RSA key of at least 2048 bits.", "idp", ("algorithms/*",), "use_sha256"),
    "cert-expired": RootCause(
        "a certificate is outside its dates",
        "Issue a new certificate and give it to the other side.",
        "idp", ("signatures/certificate-expired", "signatures/certificate-not-yet-valid"), "rotate_certificate"),
    "cert-format": RootCause(
        "the text of the certificate was damaged when it was pasted",
        "At the service, paste the certificate again, whole, with its BEGIN and END lines.", "sp", (), "download_metadata"),
    "keyinfo-missing": RootCause(
        "the signature carries no certificate",
        "At the IdP, include the certificate in the signature; or give the service the certificate instead of its fingerprint."),
    "encryption-missing": RootCause(
        "the service wants an encrypted assertion, and this one is plain",
        "At the IdP, encrypt assertions for the service's certificate.",
        "idp", ("sp-policy/assertion-not-encrypted",), "enable_encryption"),
    "encryption-unexpected": RootCause(
        "the assertion is encrypted, and the service cannot read it",
        "At the IdP, send the assertion without XML encryption; TLS still protects it.",
        "idp", ("*/assertion-encrypted", "*/encrypted", "*/encrypted-for-plain-endpoint", "signatures/encrypted-without-key"),
        "disable_encryption"),
    "decrypt-key-mismatch": RootCause(
        "the assertion is encrypted for another key or by an algorithm the service cannot use",
        "At the IdP, load the service's present encryption certificate.",
        "idp", ("signatures/decryption-failed", "signatures/encrypted-without-key", "algorithms/encryption-*")),
    # What the assertion says of the user
    "nameid-missing": RootCause(
        "the subject carries no NameID, or an empty one",
        "At the IdP, map NameID to a field that every user has.",
        "idp", ("*/nameid-missing", "saml-core/nameid-blank"), "set_nameid"),
    "nameid-format": RootCause(
        "the NameID has another format than the service takes",
        "At the IdP, set the NameID format that the service asks for.",
        "idp", ("*/nameid-format-*", "*/nameid-shape", "*/nameid-is-no-address"), "set_nameid"),
    "nameid-value-mismatch": RootCause(
        "the NameID is not the user's name at the service (case counts)",
        "At the IdP, send as NameID what the service has as the user's name.",
        "idp", ("*/user-unknown", "*/user-is-upn", *of.NAMEID), "set_nameid"),
    "nameid-unstable": RootCause(
        "the NameID changes from login to login",
        "At the IdP, send a lasting NameID (persistent or e-mail address) instead of a transient one.",
        "idp", ("*/nameid-format-*",), "set_nameid"),
    "upn-vs-email": RootCause(
        "the user principal name is sent where the e-mail address is expected",
        "At the IdP, send the e-mail address rather than the user principal name.",
        "idp", ("*/user-is-upn", "*/user-unknown"), "use_email_not_upn"),
    "attribute-missing": RootCause(
        "an attribute that the service needs is not sent",
        "At the IdP, map the attribute under the name that the service asks for.", "idp", of.ATTRIBUTES, "map_attribute"),
    "attribute-name-wrong": RootCause(
        "the attribute is sent under another name",
        "At the IdP, give the attribute exactly the name that the service asks for.",
        "idp", (*of.ATTRIBUTES, "*/attribute-name-format", "saml-status/invalid-attr-name-or-value"), "rename_attribute"),
    "attribute-value-wrong": RootCause(
        "an attribute value has a form that the service does not take",
        "At the IdP, map the attribute to a field with values of the form that the service takes.",
        "idp", ("saml-core/attribute-*", "*/*-malformed", "*/role-unknown", "*/role-spelt-otherwise"), "map_attribute"),
    "attribute-source-empty": RootCause(
        "the directory field behind the attribute is empty for this user",
        "In the directory, fill in the field for this user, or map the attribute to another one.",
        "idp", ("saml-core/attribute-empty", "saml-core/nameid-blank", *of.ATTRIBUTES), "map_attribute"),
    "attribute-duplicate": RootCause(
        "one attribute is sent twice",
        "At the IdP, remove one of the two mappings.", "idp", ("saml-core/attribute-duplicated",), "remove_attribute"),
    "group-overage": RootCause(
        "the user is in too many groups to be listed",
        "At the IdP, send only groups assigned to the application.", "idp", ("entra-id-idp/groups-replaced-by-link",)),
    "subjectconfirmation-missing": RootCause(
        "the assertion has no bearer confirmation with its data",
        "At the IdP, use a web browser SSO application: it confirms the subject as bearer with Recipient and NotOnOrAfter.",
        "idp", ("*/confirmation-*",)),
    "multiple-assertions": RootCause(
        "the response does not hold exactly one assertion",
        "At the IdP, send one assertion in each response.",
        "idp", ("structure/several-assertions", "web-sso-profile/no-assertion")),
    # The user's account and rights
    "user-not-assigned": RootCause(
        "the user is not assigned to the application at the IdP",
        "At the IdP, assign the user, or a group the user is in, to the application.",
        "idp", ("saml-status/request-denied",), "assign_user"),
    "user-not-provisioned": RootCause(
        "the user does not exist where the message comes from, or under another name",
        "Create the user at the service under the very name that the IdP sends (case counts), or correct what the IdP sends.",
        "sp", ("*/user-unknown", "*/user-is-upn", "saml-status/unknown-principal")),
    "user-disabled": RootCause(
        "the account is locked, expired or switched off",
        "Unlock or reactivate the account where the message comes from."),
    "user-duplicate": RootCause(
        "two accounts or applications claim the same identity",
        "At the service, link or remove the other account, then sign in again.", "sp"),
    "jit-disabled": RootCause(
        "the service could not create the user at the first login",
        "At the service, allow creation at login and send all the attributes it needs; or create the user beforehand.",
        "sp", of.ATTRIBUTES),
    "domain-not-verified": RootCause(
        "the e-mail domain is not verified or not allowed at the service",
        "At the service, verify the domain or add it to the allowed ones.", "sp"),
    "license-or-subscription": RootCause(
        "the service or feature is not licensed or has ended",
        "Renew or enable the subscription for SSO.", "sp"),
    "wrong-account-signed-in": RootCause(
        "the browser is signed in with another account",
        "Sign out at the IdP, or use a private window, and sign in with the right account.", "user"),
    "idp-credentials": RootCause(
        "the user's password, second factor or certificate was not accepted at the IdP",
        "Sign in again; reset the password or second factor at the IdP if that fails.",
        "user", ("saml-status/authn-failed",)),
    "mfa-required": RootCause(
        "a second factor is demanded that the user did not give or has not set up",
        "Set up and use the second factor at the IdP.", "user", ("saml-status/no-authn-context",)),
    "user-cancelled": RootCause("the user gave up the sign-in", "Start the login again and finish it.", "user"),
    "consent-missing": RootCause(
        "nobody has consented to the application's permissions", "At the IdP, let an administrator grant consent."),
    "conditional-access": RootCause(
        "an access policy of the IdP blocks this login",
        "At the IdP, look up the login in the sign-in log and change the policy it names, or meet its conditions."),
    "device-policy": RootCause(
        "the device does not meet the IdP's device policy",
        "Use a registered and compliant device, or have the policy changed at the IdP.", "user"),
    "ip-or-network-policy": RootCause(
        "the network or tenant restrictions do not admit this login",
        "Sign in from an admitted network, or have the address or tenant added to the restriction.", "user"),
    # AWS
    "iam-trust-policy": RootCause(
        "the trust policy of the IAM role does not admit this SAML provider and login",
        "In IAM, put the provider's ARN into Principal.Federated of the role's trust policy, allow sts:AssumeRoleWithSAML "
        "and check its conditions (give the policy to samlcheck with --iam-role).",
        "sp",
        ("aws-iam-trust/*", "aws-iam-conditions/*", "aws-session/tags-need-permission",
         "aws-session/source-identity-needs-permission")),
    "iam-policy-missing": RootCause(
        "the role lacks a permission",
        "In IAM, add the permission to the role (samlcheck reads the policy with --iam-policy).", "sp", ("aws-iam-permission/*",)),
    "role-attribute-wrong": RootCause(
        "the Role value is not the pair of a role ARN and a provider ARN that exist",
        "At the IdP, set the Role attribute to role ARN, comma, provider ARN, without blanks, both of the same account.",
        "idp", ("aws-iam/role-*", "aws-iam/provider-*", "aws-iam/account-not-as-given"), "map_attribute"),
    "rolesessionname-missing": RootCause(
        "the attribute RoleSessionName is not sent",
        "At the IdP, map https://aws.amazon.com/SAML/Attributes/RoleSessionName to the user's name or e-mail address.",
        "idp", ("aws-session/session-name-missing",), "map_attribute"),
    "rolesessionname-invalid": RootCause(
        "RoleSessionName has a blank, another character AWS does not take, or a wrong length",
        "At the IdP, map RoleSessionName to a value of 2 to 64 letters, digits and =,.@_+- (e-mail address, not full name).",
        "idp", ("aws-session/session-name-*", "amazon-connect/user-name-characters"), "map_attribute"),
    "connect-role-binding": RootCause(
        "the Connect user first signed in by another role or IdP and is bound to that role",
        "Let the user sign in by the same role as before, or delete the user in Connect and create it again.",
        "sp", ("aws-iam/role-not-as-given", "aws-iam/several-roles", "amazon-connect/several-roles")),
    # State between the two sides
    "in-response-to-mismatch": RootCause(
        "the response does not answer a request that the service still has open",
        "Start the login again at the service, in one tab; do not reuse bookmarks or old tabs.", "user", of.ANSWERS),
    "unsolicited-not-allowed": RootCause(
        "the login was started at the IdP, and the service takes only logins that it started itself",
        "Start the login at the service, or allow IdP-initiated logins there.",
        "sp", ("*/unsolicited-not-allowed", "*/in-response-to-missing", "*/started-at-the-idp", "*/answered-a-request")),
    "replay": RootCause(
        "the same assertion was presented twice", "Start the login afresh instead of sending the form again.",
        "user", ("sp-policy/replayed", "flow/delivered-twice")),
    "session-cookie-lost": RootCause(
        "the service's cookie did not come back with the POST from the IdP",
        "At the service, set the login cookie with SameSite=None and Secure, and use one host name throughout.", "sp", of.ANSWERS),
    "sp-multi-node-cache": RootCause(
        "the node that received the response does not know the request of another node",
        "At the service, share the request cache between its nodes, or keep a user on one node.", "sp", of.ANSWERS),
    "redirect-loop": RootCause(
        "service and IdP send the user back and forth",
        "Find out why the service does not keep the login: read the response, and see whether its session cookie comes back.",
        "sp", ("flow/redirect-loop", "flow/cookie-*")),
    "relaystate-missing": RootCause(
        "RelayState is needed and was not sent back",
        "At the IdP, return RelayState unchanged, or set the default RelayState that the service names.",
        "idp", ("*/relay-state-missing", "*/relay-state-mismatch", "flow/relay-state-dropped"), "set_relay_state"),
    "relaystate-wrong": RootCause(
        "RelayState leads elsewhere",
        "At the IdP, set RelayState to the URL that the service names.", "idp", ("*/relay-state-*",), "set_relay_state"),
    "relaystate-too-long": RootCause(
        "RelayState is longer than the other side takes", "At the service, keep RelayState within 80 octets.", "sp",
        ("flow/request-url-too-long", "flow/relay-state-too-long")),
    "logout-state-lost": RootCause(
        "the session that was to be ended is unknown or already over",
        "Close the browser to end what is left; compare NameID and SessionIndex of login and logout.",
        "sp", ("saml-status/partial-logout",)),
    "user-back-button": RootCause(
        "the page was reloaded, or reached by the back button or a second tab", "Start the login afresh in one tab.",
        "user", (*of.ANSWERS, "sp-policy/replayed", "flow/delivered-twice")),
    "user-bookmark": RootCause(
        "a page from the middle of a login was bookmarked", "Bookmark the start page of the service instead.", "user", of.ANSWERS),
    # The way between
    "decode-failure": RootCause(
        "what arrived is no SAML response that can be read",
        "Decode what was sent (samlcheck decode) to see what it is.",
        "idp", of.NOTHING_TO_READ),
    "not-schema-valid": RootCause(
        "the message is not built as the SAML schema says",
        "Have the product that writes the message, or whatever rebuilds it on the way, follow the schema.",
        "idp", ("saml-schema/*", "structure/*", *of.NOTHING_TO_READ)),
    "encoding-error": RootCause(
        "base64, percent or DEFLATE coding of the message was damaged on the way",
        "Send the field SAMLResponse as base64 in a form POST, nothing added or cut.", "sp"),
    "waf-block": RootCause(
        "a firewall refuses the large form field", "At the firewall, admit the SAMLResponse field at the ACS URL.", "proxy"),
    "csp-block": RootCause(
        "Content-Security-Policy of the page forbids the form to post to the other side",
        "On the page that posts the form, admit the target in form-action.",
        "idp", ("flow/form-not-delivered", "flow/request-blocked")),
    "iframe-blocked": RootCause(
        "the sign-in page refuses to be shown inside a frame", "At the service, open the sign-in in a window of its own.", "sp",
        ("flow/sign-in-page-in-a-frame",)),
    "user-agent-blocked": RootCause(
        "the IdP refuses embedded browsers", "Open the login in the system's browser.", "user"),
    "chain-upstream-error": RootCause(
        "an IdP further up the chain failed, and this one passes it on",
        "Look at the earlier IdP: capture its page and response, and check those.",
        "idp",
        ("saml-status/*", "saml-core/status-not-success")),
    "idp-internal-error": RootCause(
        "something failed inside the IdP", "At the IdP, look up this login in its log.", "idp",
        ("saml-status/*", "saml-core/status-not-success")),
    "sp-internal-error": RootCause(
        "something is misconfigured or failed inside the service", "At the service, look up this login in its log.", "sp"),
    "informational": RootCause("nothing is wrong: this is a notice"),
}  # fmt: skip


def cause_of(name: str) -> RootCause:
    """Return a known cause, or the words of a pack's own as one."""
    return CAUSES.get(name) or RootCause(name)


def suspects_of(symptom: Symptom) -> tuple[str, ...]:
    """Return patterns of the rules that a symptom points at: its own, else those of its causes, most likely first."""
    return symptom.suspects or tuple(dict.fromkeys(rule for name in symptom.causes for rule in cause_of(name).suspects))


def fix_of(symptom: Symptom) -> tuple[str, FixBy]:
    """Return the change to make and who makes it: the symptom's own words, else those of its most likely cause."""
    first = cause_of(symptom.causes[0]) if symptom.causes else RootCause("")
    return symptom.fix or first.fix or first.title, symptom.fix_by or first.by
