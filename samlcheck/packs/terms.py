"""The logical changes a rule may ask for, independent of any console (docs/architecture.md, "Actions and sources").

An action says what to change in one sentence; IdP packs add where to click (``fixes``).
"""

from __future__ import annotations

from samlcheck.finding import FixBy
from samlcheck.frozen import dataclass


@dataclass(frozen=True, slots=True)
class LogicalAction:
    """One action: the sentence it is announced with, and the arguments it takes."""

    sentence: str
    """``{name}`` is replaced by the argument of that name, ``{idp}`` by the title of the identity provider."""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    by: FixBy = "idp"
    without: str = ""
    """The sentence when an argument that ``sentence`` mentions is not there or not known."""


ACTIONS: dict[str, LogicalAction] = {
    "set_acs": LogicalAction(
        "In {idp}, set the ACS URL to {value}.",
        ("value",),
        without="In {idp}, set the ACS URL to the one at which the service listens.",
    ),
    "set_audience": LogicalAction(
        "In {idp}, set the audience (SP entity ID) to {value}.",
        ("value",),
        without="In {idp}, set the audience to the entity ID of the service.",
    ),
    "set_nameid": LogicalAction(
        "In {idp}, send {value} as NameID in the format {format}.",
        (),
        ("value", "format"),
        without="In {idp}, change what is sent as NameID.",
    ),
    "map_attribute": LogicalAction(
        "In {idp}, map the attribute {name} to {value}.",
        ("name",),
        ("value", "format"),
        without="In {idp}, add the attribute {name}.",
    ),
    "send_constant": LogicalAction(
        "In {idp}, send the attribute {name} with the fixed value {value}.",
        ("name", "value"),
        ("format",),
        without="In {idp}, add the attribute {name}.",
    ),
    "remove_attribute": LogicalAction("In {idp}, remove the attribute {name}.", ("name",)),
    "rename_attribute": LogicalAction(
        "In {idp}, rename the attribute {actual} to {name}.",
        ("name",),
        ("actual", "value"),
        without="In {idp}, name the attribute exactly {name}.",
    ),
    "set_relay_state": LogicalAction("In {idp}, set the default RelayState to {value}.", ("value",)),
    "clear_start_url": LogicalAction("In {idp}, leave the start URL empty."),
    "sign": LogicalAction("In {idp}, sign the {what}.", ("what",)),
    "use_sha256": LogicalAction("In {idp}, sign with SHA-256."),
    "rotate_certificate": LogicalAction(
        "At the service, load the certificate or metadata that {idp} signs with now.", (), ("value",), by="sp"
    ),
    "download_metadata": LogicalAction("Download the present metadata of {idp}."),
    "disable_encryption": LogicalAction("In {idp}, send the assertion without XML encryption (TLS still protects it)."),
    "enable_encryption": LogicalAction("In {idp}, encrypt the assertion for the service's certificate."),
    "assign_user": LogicalAction(
        "In {idp}, assign {value} to the application.", (), ("value",), without="In {idp}, assign the user to the application."
    ),
    "set_session": LogicalAction("In {idp}, set the session duration to {value} seconds.", ("value",)),
    "set_lifetime": LogicalAction(
        "In {idp}, set the lifetime of assertions to {value} seconds.",
        (),
        ("value",),
        without="In {idp}, make assertions valid for longer.",
    ),
    "fix_clock": LogicalAction("Synchronise the clocks of {idp} and of the service by NTP."),
    "use_email_not_upn": LogicalAction(
        "In {idp}, send the e-mail address rather than the user principal name as {name}.", ("name",), ("value",)
    ),
    "set_authn_context": LogicalAction("In {idp}, authenticate with {value}.", ("value",)),
    "set_issuer": LogicalAction("In {idp}, set the issuer (entity ID) to {value}.", ("value",)),
}

SOURCES: tuple[str, ...] = (
    "user.email",
    "user.name",
    "user.username",
    "user.display_name",
    "user.first_name",
    "user.last_name",
    "user.id",
    "user.groups",
    "user.roles",
    "user.upn",
)  # fmt: skip
"""Logical sources of values, which IdP packs turn into their own expressions."""

TOPICS: tuple[str, ...] = ("status", "signature", "window", "audience", "recipient", "destination")
"""Topics of acceptance that a rule may settle."""

WORDS_IN_MESSAGES: tuple[str, ...] = ("actual", "expected", "difference", "detail", "repaired", "subject")
"""Names that templates of messages and fixes may use besides parameters and facts."""

STANDARD_PARAMETERS: tuple[str, ...] = (
    "request_id", "allow_unsolicited", "want_assertions_signed", "want_response_signed", "required_attributes", "nameid_format",
    "max_authentication_age", "max_session_duration", "relay_state", "seen_ids", "requested_authn_context", "want_encrypted",
    "algorithms", "users", "account_id", "role_arn", "provider_arn", "region", "instance_id", "account_sid", "connection_sid",
    "realm_sid",
)  # fmt: skip
"""``--set`` names that are understood whatever packs are selected (DESIGN 2.1)."""
