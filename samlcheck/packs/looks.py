"""Where to look, or what to capture, to learn which of the causes behind a symptom it is: one sentence each, by name.

Symptom packs name them (``next: [check-nameid]``) or write a step in words of their own.
"""

from __future__ import annotations

from samlcheck.packs.model import Symptom

LOOKS: dict[str, str] = {
    "check-account": "See which tenant, organisation and application the address bar names.",
    "check-attributes": "List the attribute names and values that were sent (samlcheck decode) beside those the service wants.",
    "check-authnrequest": "Decode the SAMLRequest (samlcheck decode): Issuer, ACS URL, Destination, NameIDPolicy, signature.",
    "check-ca-policy": "Open the sign-in log of the IdP: it names the policy and why it applied.",
    "check-cert-dates": "Compare the dates of the certificates on both sides with today.",
    "check-chain": "Look in the HAR for a response of an earlier IdP, and check that one first.",
    "check-clock-ntp": "See whether the server's clock is synchronised by NTP.",
    "check-cookies-samesite": "In a HAR with cookies, see which cookies the service set before and got back with the POST.",
    "check-csp": "Look at the response headers Content-Security-Policy and X-Frame-Options of the page.",
    "check-date-header": "Compare the Date headers of IdP and service in the HAR with IssueInstant.",
    "check-duplicate-responses": "Count how often a SAMLResponse was posted, and whether it is the same one.",
    "check-encryption": "See whether the assertion is encrypted, for which certificate and by which algorithm.",
    "check-group-count": "Count the groups that are sent; look for a link in place of a list.",
    "check-iam-policy": "Save the permission policy of the role (aws iam get-role-policy) and give it with --iam-policy.",
    "check-iam-trust": "Save the role (aws iam get-role --role-name NAME > role.json) and give it with --iam-role role.json.",
    "check-idp-logs": "Look up the request id or the time in the sign-in log of the IdP.",
    "check-inresponseto-chain": "Record a HAR from the service's first page on, so that InResponseTo can be matched.",
    "check-metadata-xml": "Check the metadata file: samlcheck metadata FILE.",
    "check-nameid": "Look at NameID and its Format in the response: empty, other case, another kind of name?",
    "check-relaystate": "Compare the RelayState that was sent with the one that came back.",
    "check-requested-authn-context": "Compare RequestedAuthnContext of the request with AuthnContextClassRef of the answer.",
    "check-role-arn": "Compare both ARNs of the Role attribute with the role and the SAML provider in the IAM console.",
    "check-sig-algorithm": "Look at the algorithms of signature, digest and canonicalization.",
    "check-signature-location": "See which of Response and Assertion is signed.",
    "check-sp-logs": "Read the log of the service, or its SAML validator, at the time of the login.",
    "check-statuscode": "Read the innermost StatusCode and the StatusMessage of the response.",
    "check-time-window": "Compare NotBefore and NotOnOrAfter with the time at which the response arrived.",
    "check-user-agent": "See which browser or web view made the request (User-Agent).",
    "check-user-assigned-in-idp": "See in the IdP console whether the user or a group of the user is assigned to the application.",
    "check-user-in-sp": "Look up the user at the service: does the name equal what the IdP sends, letter by letter?",
    "compare-acs": "Compare the ACS URL in the request, at the IdP and in the address of the POST.",
    "compare-audience": "Compare the Audience with the entity ID of the service, character by character.",
    "compare-cert-fingerprint": "Compare the certificate's fingerprints: in the response, in the IdP's metadata, at the service.",
    "compare-destination-recipient": "Compare Destination and Recipient with the address of the POST.",
    "compare-issuer": "Compare the Issuer with the IdP entity ID at the service.",
    "decode-response": "Capture the SAMLResponse (HAR or SAML-tracer) and run samlcheck check on it.",
    "refresh-metadata": "Load the IdP's metadata afresh at the service and try again.",
    "retry-private-window": "Try again in a fresh private window with one account only.",
}  # fmt: skip
"""What to look at or capture next, by name."""


def looks_of(symptom: Symptom) -> tuple[str, ...]:
    """Return what to look at or capture next, as sentences in order."""
    return tuple(LOOKS.get(name, name) for name in symptom.next)
