"""The front door of redaction: inputs in, copies and a manifest out.

Everything is gone through twice: once to collect the words that will need pseudonyms, so that those which resemble each
other get ones that do, and once to write. Then the octets are searched for what was replaced (``leaks``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from samlcheck import __version__
from samlcheck.errors import HostileInput, InputError
from samlcheck.frozen import dataclass
from samlcheck.packs.catalogue import Catalogue
from samlcheck.redact.archives import unpacked
from samlcheck.redact.copyist import Copyist
from samlcheck.redact.leaks import remains
from samlcheck.redact.ledger import Ledger
from samlcheck.redact.public import words_of
from samlcheck.redact.standins import StandIns
from samlcheck.redact.values import Values
from samlcheck.redact.words import rename
from samlcheck.source import Artifact
from samlcheck.trust.facts import PinnedKey

_LARGEST = 64 << 20


@dataclass(frozen=True)
class Redaction:
    """Copies that are safe to share."""

    copies: tuple[bytes, ...]
    """One for each input, in their order."""
    told: Mapping[str, tuple[str, ...]]
    """What the user told, by option, as the copies have it."""
    manifest: Mapping[str, Any] = field(default_factory=dict)
    """What was replaced: kinds and counts, no values."""


def redact(
    inputs: Sequence[Artifact],
    catalogue: Catalogue,
    key: bytes,
    *,
    given: Sequence[PinnedKey] = (),
    told: Mapping[str, Sequence[str]] | None = None,
    public: frozenset[str] | None = None,
) -> Redaction:
    """Return copies of the inputs in which the same things have the same other names.

    key: at least 16 random octets, for this run alone: whoever has it can guess at what was replaced. given: the keys
    that the user trusts, as read from inputs that are among those here. told: values of options (``--acs``), so that
    the copies can be checked in the same way. public: words that stay, where they are known already.
    Raises InputError (``redaction-incomplete``) where something that was replaced is still found in a copy, and
    InputError for an input of a kind that cannot be copied.
    """
    public = words_of(catalogue) if public is None else public
    collected = Ledger()
    first = Copyist(*_tools(Values(public, None, collected)), tuple(given), catalogue)
    _pass(inputs, told or {}, first)
    words = rename(collected.words, key, collected.dropped, collected.misspelt, public)
    ledger = collected.again()
    copyist = Copyist(*_tools(Values(public, words, ledger, frozenset(collected.entities))), tuple(given), catalogue, first.known)
    copies, new_told = _pass(inputs, told or {}, copyist)
    left = sum(remains(copy, ledger, public) for copy in copies)
    if left:
        raise InputError(
            f"The copy was not written: {left} of the values that were to be replaced are still in it.",
            tip="This is a gap in samlcheck. Please report what kind of file it is (not the file).",
            code="redaction-incomplete",
        )
    manifest = {
        "schema": "samlcheck/redaction-1",
        "version": __version__,
        "copies": [{"octets_in": len(item.data), "octets_out": len(copy)} for item, copy in zip(inputs, copies, strict=True)],
        **ledger.as_object(),
    }
    return Redaction(copies, new_told, manifest)


def _tools(values: Values) -> tuple[Values, StandIns]:
    return values, StandIns(values)


def _pass(
    inputs: Sequence[Artifact], told: Mapping[str, Sequence[str]], copyist: Copyist
) -> tuple[tuple[bytes, ...], dict[str, tuple[str, ...]]]:
    copies = []
    for item in inputs:
        if len(item.data) > _LARGEST:
            raise InputError(
                f"This is larger than {_LARGEST >> 20} MiB.", tip="Record only the sign-in.", where=item.name, code="too-large"
            )
        opened = unpacked(item, copyist.values.ledger)
        try:
            copies.append(copyist.octets(opened) if isinstance(opened, bytes) else copyist.recording(opened).encode())
        except RecursionError:
            raise HostileInput(
                "This is nested far deeper than any capture.", tip="Export the capture again.", where=item.name, code="too-deep"
            ) from None
    return tuple(copies), {name: tuple(copyist.said(value) for value in values) for name, values in told.items()}
