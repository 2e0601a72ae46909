"""The registry of named checks: what is too hard for the vocabulary is a function here, named from YAML by ``use``.

Options are declared so that a pack with an unknown or missing one is refused when it is loaded. Functions and lists are
named here and imported when they are used: no login needs those of metadata, few need those of IAM.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from importlib import import_module
from typing import Any

from samlcheck.checks.context import Context, Result
from samlcheck.facts import Readings
from samlcheck.frozen import dataclass

Function = Callable[[Readings | None, Mapping[str, str], Context], Result]


@dataclass(frozen=True)
class Named:
    """One named check."""

    where: str
    """Module in ``checks/`` and name of the function."""
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """Options that must be there."""
    lists: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Options whose (comma-separated) values are words of a closed list: the words, or module and name of the list."""
    doc: str = ""
    """One sentence for the documentation of packs."""

    @cached_property
    def function(self) -> Function:
        """Given the readings selected (None: it selects for itself), the options as written, and the context."""
        found: Function = _find(self.where)
        return found

    @cached_property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The words that options may have."""
        return {option: _find(words) if isinstance(words, str) else words for option, words in self.lists.items()}


def _find(where: str) -> Any:
    module, _, name = where.partition(".")
    return getattr(import_module(f"samlcheck.checks.{module}"), name)


NAMED: dict[str, Named] = {
    "bearer_confirmation": Named(
        "confirmation.bearer_confirmation",
        ("conditions", "recipient", "request_id"),
        lists={"conditions": "confirmation.CONDITIONS"},
        doc="At least one bearer SubjectConfirmation fulfils profiles 4.1.4.2; `conditions` picks what is judged.",
    ),
    "audience_restrictions": Named(
        "audiences.audience_restrictions", ("expected",), doc="Every AudienceRestriction holds one of `expected` (core 2.5.1.4)."
    ),
    "signature_reason": Named(
        "signing.signature_reason",
        ("none_of", "scope"),
        ("none_of",),
        {"scope": ("signature", "signature.response", "signature.assertion", "signature.request")},
        "The reason of the verdict on the signature is none of `none_of`.",
    ),
    "required_attributes": Named(
        "attributes.required_attributes", ("names",), doc="Each attribute of `names` is there; near misses are shown."
    ),
    "attribute_present": Named(
        "attributes.attribute_present", ("name",), ("name",), doc="The attribute is there under its exact name, with a value."
    ),
    "duplicate_attributes": Named("attributes.duplicate_attributes", doc="No two attributes have the same Name and NameFormat."),
    "nameid_shape": Named("nameid.nameid_shape", ("format",), doc="The NameID has the form that its Format promises (core 8.3)."),
    "aws_role": Named(
        "roles.aws_role",
        ("aspect", "account", "role", "provider"),
        ("aspect",),
        {"aspect": "roles.ASPECTS"},
        "One aspect of the values of AWS's Role attribute: pairs of role and provider ARN.",
    ),
    "iam_trust": Named(
        "iam_trust.iam_trust",
        ("aspect",),
        ("aspect",),
        {"aspect": "iam_trust.ASPECTS"},
        "One aspect of the role's trust policy (`--iam-role`) against the login.",
    ),
    "iam_permission": Named(
        "iam_permission.iam_permission",
        ("aspect",),
        ("aspect",),
        {"aspect": "iam_permission.ASPECTS"},
        "One aspect of the role's permission policies (`--iam-policy`) against an Amazon Connect login.",
    ),
    "known_user": Named("users.known_user", ("select", "users"), doc="The value is among the login names known at the service."),
    "structure": Named(
        "wrapping.structure",
        ("none_of",),
        ("none_of",),
        doc="None of the oddities of `TrustFacts.structure` named by `none_of` is in the message.",
    ),
    "signed_is_read": Named(
        "wrapping.signed_is_read", doc="What a trusted key really signed is what would be read: no signature wrapping (core 5.4.2)."
    ),
    "inner_signatures": Named(
        "wrapping.inner_signatures", doc="Signatures inside content that an outer signature covers hold as well."
    ),
    "cookies_returned": Named(
        "recordings.cookies_returned",
        ("set", "because", "kept"),
        lists={"set": ("before", "answer"), "because": "recordings.REASONS", "kept": ("true", "false")},
        doc="What the service remembers a login by came back; `because` picks the reasons that are judged.",
    ),
    "browser_address": Named(
        "urls.browser_address", ("fact",), ("fact",), doc="The URL is that of another fact, however a browser writes it."
    ),
    "own_address": Named(
        "recordings.own_address", doc="The service knows the address under which browsers reach it, proxy or not."
    ),
    "recording_complete": Named(
        "recordings.recording_complete",
        ("lacks",),
        ("lacks",),
        {"lacks": "recordings.CODES"},
        "The recording has none of the shortcomings in `lacks`.",
    ),
    "user_is_email_not_upn": Named(
        "users.user_is_email_not_upn", ("select",), doc="The value is a mailbox address and no directory-internal user name."
    ),
    "metadata_each": Named("metadata.each", doc="There is nothing: every reading is a finding of its own."),
    "metadata_bindings": Named(
        "metadata.bindings",
        ("aspect",),
        ("aspect",),
        {"aspect": "metadata.BINDING_ASPECTS"},
        "Every endpoint has a binding that its service can be spoken to by.",
    ),
    "metadata_indexes": Named(
        "metadata.indexes",
        ("aspect",),
        ("aspect",),
        {"aspect": "metadata.INDEX_ASPECTS"},
        "Endpoints of one service have indexes of their own, and at most one is the default.",
    ),
    "metadata_response_locations": Named(
        "metadata.response_locations", doc="Services that answer at once have no ResponseLocation."
    ),
    "metadata_protocols": Named("metadata.protocols", doc="A role with SAML 2.0 bindings says that it speaks SAML 2.0."),
    "metadata_languages": Named(
        "metadata.languages",
        ("aspect",),
        ("aspect",),
        {"aspect": "metadata.LANGUAGE_ASPECTS"},
        "Texts for people have a language, and each language stands once.",
    ),
    "metadata_duplicates": Named(
        "metadata.duplicates", ("of",), ("of",), {"of": "metadata.DUPLICATES"}, "Nothing stands twice where once is meant."
    ),
    "metadata_scope_patterns": Named(
        "metadata_keys.pattern_sound", doc="Scopes that are patterns compile and hold both ends fast."
    ),
    "metadata_certificate_dates": Named(
        "metadata_keys.certificate_dates",
        ("aspect", "days"),
        ("aspect",),
        {"aspect": "metadata_keys.DATE_ASPECTS"},
        "Certificates are in date; `aspect` picks what is told of those that are not.",
    ),
    "metadata_rollover": Named("metadata_keys.rollover", doc="A role has one key for each use; several are told with their dates."),
    "metadata_certificate_contents": Named(
        "metadata_keys.contents", ("are",), ("are",), {"are": "metadata_keys.CONTENTS"}, "No X509Certificate holds any of `are`."
    ),
    "metadata_security_contact": Named(
        "metadata_keys.security_contact",
        ("aspect",),
        ("aspect",),
        {"aspect": "metadata_keys.CONTACT_ASPECTS"},
        "There is a REFEDS security contact, with a name and an address.",
    ),
    "metadata_encryption_methods": Named(
        "metadata_keys.encryption_methods", doc="A KeyDescriptor for signing alone lists no EncryptionMethod."
    ),
    "metadata_change": Named(
        "metadata_change.metadata_change",
        ("aspect", "of"),
        ("aspect", "of"),
        {"aspect": "metadata_change.ASPECTS"},
        "One kind of difference between metadata as it was and as it is to be.",
    ),
    "metadata_pair": Named(
        "metadata_pair.metadata_pair",
        ("aspect",),
        ("aspect",),
        {"aspect": "metadata_pair.ASPECTS"},
        "One aspect of whether an identity provider and a service can log in together.",
    ),
    "metadata_attribute_names": Named("metadata_keys.attribute_names", doc="Attributes of NameFormat uri have a URI for Name."),
}


def named(name: str) -> Named:
    """Return a named check; raises KeyError for a name that is none."""
    return NAMED[name]
