"""Rules that would prove a root cause, in groups that several causes share; ``*`` as in file names."""

from __future__ import annotations

SIGNATURE_BROKEN = (
    "signatures/*-changed", "signatures/*-altered", "signatures/reindented", "signatures/line-endings",
    "signatures/whitespace-trimmed", "signatures/*-damaged", "signatures/*-malformed", "structure/*",
)  # fmt: skip
ADDRESS = (
    "*/destination-mismatch", "*/recipient-mismatch", "*/recipient-missing", "*/acs-is-audience",
    "web-sso-profile/destination-not-where-it-was-sent", "flow/own-address-hidden", "flow/delivered-elsewhere-than-asked",
)  # fmt: skip
CLOCKS = ("flow/clocks-apart", "flow/issued-after-it-was-sent")
TOO_EARLY = ("*/not-yet-valid*", "*/confirmation-not-yet-valid", "saml-core/issued-in-the-future", *CLOCKS)
TOO_LATE = (
    "*/expired*", "*/confirmation-expired", "*/redeemed-too-late", "*/session-expired", "flow/delivered-too-late", *CLOCKS,
)  # fmt: skip
ANSWERS = ("*/in-response-to-*", "*/confirmation-in-response-to", "flow/cookie-*")
NAMEID = ("*/nameid-*",)
ATTRIBUTES = (
    "*/required-attribute-missing", "*/email-missing", "*/full-name-missing", "*/roles-missing", "*/role-attribute-missing",
    "*/session-name-missing", "*/no-attributes", "*/names-with-namespace", "*/names-without-namespace",
)  # fmt: skip
WRONG_BINDING = (
    "requests/binding-other-than-post", "saml-status/unsupported-binding", "flow/delivered-by-get", "flow/lost-in-a-redirect",
)  # fmt: skip
NOTHING_TO_READ = (
    "saml-core/*", "web-sso-profile/no-assertion", "web-sso-profile/authn-statement-missing", "flow/lost-in-a-redirect",
)  # fmt: skip
