"""Root causes in how the two sides are set up: names and addresses, requests, times, keys."""

from __future__ import annotations

from samlcheck.packs import suspects as of
from samlcheck.packs.rootcause import RootCause

SETUP: dict[str, RootCause] = {
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
}  # fmt: skip
