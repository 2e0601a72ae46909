"""What is asked about captures: everything the user told, and the rule packs to apply."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING

from samlcheck.capture.model import Capture
from samlcheck.case import Told
from samlcheck.frozen import dataclass
from samlcheck.saml.anatomy import Anatomy
from samlcheck.trust.facts import AlgorithmPolicy, Anchors

if TYPE_CHECKING:
    from samlcheck.packs.catalogue import Catalogue
    from samlcheck.packs.model import Pack


@dataclass(frozen=True)
class Question:
    """What is asked about the captures: everything the user told, and the rule packs to apply."""

    catalogue: Catalogue
    now: datetime
    """The clock of the machine; used only where neither ``at`` nor the capture says when."""
    at: datetime | None = None
    told: Told = field(default_factory=Told)
    anchors: Anchors = field(default_factory=Anchors)
    sp: tuple[Anatomy, ...] = ()
    signers: Anchors = field(default_factory=Anchors)
    """Keys by which the service signs its requests, besides those in its metadata (``--signed-by``)."""
    request: Capture | None = None
    """The AuthnRequest given beside the response (``--request``)."""
    skew: int = 60
    private_keys: tuple[bytes, ...] = ()
    """PEM private keys of the SP, for decryption."""
    extra_packs: tuple[Pack, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    second_opinion: bool = False

    @property
    def policy(self) -> AlgorithmPolicy:
        """The algorithm policy chosen by ``--set algorithms=…``."""
        return "modern" if self.told.parameters.get("algorithms") == "modern" else "legacy"
