"""All packs at hand: those that are shipped, and those the user gave.

Shipped packs stand in exactly two places: ``samlcheck/_rules`` in an installed wheel, which holds the compiled file made
when the wheel was built, and ``rules/`` beside the package in a checkout. From a checkout they are compiled on first use
and kept in a cache directory that the caller names; the digest over names, sizes and times of the files tells when
that copy is stale.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from samlcheck import __version__
from samlcheck.checks.context import Context
from samlcheck.errors import UsageError
from samlcheck.frozen import dataclass
from samlcheck.packs import compiled
from samlcheck.packs.conditions import Truth, ready
from samlcheck.packs.hosts import Hosts
from samlcheck.packs.model import AnyPack, Condition, IdpPack, Pack, Signal, SymptomPack
from samlcheck.source import Artifact

COMPILED = "packs.jsonl"
_PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = _PACKAGE / "_rules"
CHECKOUT = _PACKAGE.parent / "rules"


@dataclass(frozen=True)
class Entry:
    """What can be known of a pack without decoding it."""

    name: str
    kind: str
    title: str
    aliases: tuple[str, ...] = ()
    extends: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    conditions: Any = None
    """``applies_when`` as plain data."""
    signals: tuple[tuple[str, str, int], ...] = ()
    """Of an IdP pack: fact, pattern, weight."""

    @cached_property
    def applies_when(self) -> Condition | None:
        """The condition under which the pack applies."""
        return compiled.rebuild(Condition, self.conditions) if self.conditions is not None else None

    @cached_property
    def applies(self) -> Callable[[Context], Truth]:
        """Whether the pack applies to a login."""
        return ready(self.applies_when)

    @cached_property
    def recognise(self) -> tuple[Signal, ...]:
        """The signs by which an IdP is known."""
        return tuple(Signal(*item) for item in self.signals)


def _entry(data: Mapping[str, Any]) -> Entry:
    return Entry(
        data["name"],
        data["kind"],
        data["title"],
        tuple(data.get("aliases", ())),
        tuple(data.get("extends", ())),
        tuple(data.get("parameters", ())),
        data.get("applies_when"),
        tuple((fact, match, weight) for fact, match, weight in data.get("recognise", ())),
    )


@dataclass(frozen=True)
class Catalogue:
    """Packs by name; each is decoded when it is first asked for."""

    index: Mapping[str, Entry]
    data: bytes = field(default=b"", repr=False)
    """The compiled file."""
    places: Mapping[str, tuple[int, int, int]] = field(default_factory=dict, repr=False)
    """Where the pack begins in ``data``, and the lengths of its two lines."""
    decoded: dict[str, AnyPack] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(packs: Iterable[AnyPack]) -> Catalogue:
        """Return a catalogue of packs that are already loaded."""
        loaded = {pack.pack: pack for pack in packs}
        return Catalogue({name: _entry(compiled.index_entry(pack)) for name, pack in loaded.items()}, decoded=loaded)

    @staticmethod
    def read(data: bytes) -> Catalogue:
        """Return the catalogue of a compiled file. Raises ValueError if it is none."""
        header, start = compiled.read_index(data)
        places = {item["name"]: (start + item["at"][0], item["at"][1], item["at"][2]) for item in header["packs"]}
        return Catalogue({item["name"]: _entry(item) for item in header["packs"]}, data, places)

    def plus(self, packs: Iterable[AnyPack]) -> Catalogue:
        """Return this catalogue with further packs; one of the same name takes the place of the one here."""
        extra = Catalogue.of(packs)
        if not extra.index:
            return self
        places = {name: place for name, place in self.places.items() if name not in extra.index}
        return Catalogue({**self.index, **extra.index}, self.data, places, {**self.decoded, **extra.decoded})

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """Return what can be known of the packs of a kind without decoding them, sorted by name."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Entry, ...]]:
        found: dict[str, tuple[Entry, ...]] = {}
        for _, entry in sorted(self.index.items()):
            found[entry.kind] = (*found.get(entry.kind, ()), entry)
        return found

    @cached_property
    def hosts(self) -> Hosts:
        """Which service packs can apply to a login, by the hosts that it names."""
        return Hosts((entry.name, entry.applies_when) for entry in self.entries("service"))

    @cached_property
    def signs(self) -> dict[str, str]:
        """For each fact that gives identity providers away, one pattern for all of them: most values are no sign of any."""
        found: dict[str, list[str]] = {}
        for entry in self.entries("idp"):
            for signal in entry.recognise:
                found.setdefault(signal.fact, []).append(f"(?:{signal.match})")
        return {fact: "|".join(patterns) for fact, patterns in found.items()}

    def names(self, *kinds: str) -> tuple[str, ...]:
        """Return the names of all packs of these kinds (of any kind if none is given), sorted."""
        return tuple(sorted(name for name, entry in self.index.items() if not kinds or entry.kind in kinds))

    def get(self, name: str) -> AnyPack:
        """Return a pack by its name, a compiled one without its examples. Raises UsageError with the near miss."""
        pack = self.decoded.get(name)
        if pack is None:
            entry = self.index.get(name)
            if entry is None:
                from samlcheck.packs.complain import meant

                raise UsageError(
                    f"there is no pack {name}{meant(name, self.index)}",
                    tip="samlcheck rules list shows all packs",
                    code="unknown-pack",
                )
            start, length, _ = self.places[name]
            pack = compiled.read_pack(self.data[start : start + length], entry.kind)
            self.decoded[name] = pack
        return pack

    def with_examples(self, pack: Pack) -> Pack:
        """Return a pack of this catalogue with its base login and the examples of its rules."""
        if pack.pack not in self.places:
            return pack
        start, length, examples = self.places[pack.pack]
        return compiled.read_examples(pack, self.data[start + length : start + length + examples])

    def rules_pack(self, name: str) -> Pack:
        """Return a pack that holds rules. Raises UsageError if there is none of that name."""
        pack = self.get(name)
        if not isinstance(pack, Pack):
            raise UsageError(f"{name} is a pack of kind {pack.kind} and holds no rules", code="unknown-pack")
        return pack

    def idp(self, name: str) -> IdpPack | None:
        """Return an IdP pack, or None if there is none of that name."""
        pack = self.get(name) if name in self.index else None
        return pack if isinstance(pack, IdpPack) else None

    def symptoms(self) -> Iterator[SymptomPack]:
        """Yield the symptom packs."""
        for name in self.names("symptoms"):
            pack = self.get(name)
            if isinstance(pack, SymptomPack):
                yield pack

    def library(self) -> dict[str, Pack]:
        """Return every pack that may be extended, for ``load.load``."""
        packs = (self.get(name) for name in self.names("standard", "security", "metadata", "service"))
        return {pack.pack: pack for pack in packs if isinstance(pack, Pack)}


def shipped(cache: Path | None = None) -> Catalogue:
    """Return the catalogue of the packs that come with the program.

    cache: directory in which a compiled copy of a checkout's packs may be kept; None, or one that cannot be written, only
    costs time. Raises PackError if a shipped pack is wrong, UsageError if there are none.
    """
    prebuilt = INSTALLED / COMPILED
    if prebuilt.is_file():
        return Catalogue.read(prebuilt.read_bytes())
    root = INSTALLED if INSTALLED.is_dir() else CHECKOUT
    files = sources(root)
    if not files:
        raise UsageError("the rule packs that come with samlcheck are missing", tip="install samlcheck again", code="packs-missing")
    digest = digest_of(files, root)
    kept = cache / COMPILED if cache else None
    if kept is not None:
        try:
            data = kept.read_bytes()
            if compiled.read_index(data)[0]["digest"] == digest:
                return Catalogue.read(data)
        except (OSError, ValueError, KeyError):
            pass  # no copy yet, or not one of ours: made anew below
    data = compile_folder(root)
    if kept is not None:
        _keep(kept, data)
    return Catalogue.read(data)


def sources(root: Path) -> tuple[Path, ...]:
    """Return the pack files below a folder, sorted."""
    found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(".yaml"))
    return tuple(sorted(found))


def digest_of(files: Iterable[Path], root: Path) -> str:
    """Return a digest over what changes when a pack file changes: names, sizes, times, and the program's version."""
    digest = hashlib.sha256(f"{__version__} {compiled.FORMAT}\n".encode())
    for path in files:
        stat = path.stat()
        digest.update(f"{path.relative_to(root).as_posix()} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def compile_folder(root: Path) -> bytes:
    """Return the compiled file of all packs below a folder. Raises PackError for the first file that is wrong.

    Every file is loaded twice: alone, and then knowing all the others, so that what it extends and names is checked.
    """
    from samlcheck.packs.load import load

    artifacts = [Artifact(path.relative_to(root.parent).as_posix(), path.read_bytes()) for path in sources(root)]
    alone = Catalogue.of([load(artifact) for artifact in artifacts])
    library = alone.library()
    packs = [load(artifact, library) for artifact in artifacts]
    return compiled.write(sorted(packs, key=lambda pack: pack.pack), digest_of(sources(root), root), __version__)


def _keep(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it; give up in silence."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
