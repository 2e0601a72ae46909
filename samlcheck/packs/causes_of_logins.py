"""Root causes in one login: what is said of the user, accounts and rights, AWS, state, the way between the two sides."""

from __future__ import annotations

from samlcheck.packs import suspects as of
from samlcheck.packs.rootcause import RootCause

LOGINS: dict[str, RootCause] = {
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
