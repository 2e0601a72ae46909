"""HARs of 50 MB, 300 MB and 1 GB from their file to the diagnosis, against bare msgspec over the same map.

The file is what a browser writes around a login on a heavy page: scripts and pictures as text make nearly all of it, and
one request in hundreds is a page. The peer declares what any analysis needs of each request and leaves out the bodies, as
we do; it stops where our work begins.
"""

from __future__ import annotations

import base64
import gc
import json
import mmap
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec

from bench.measure import Goal, interleaved
from samlcheck import engine, forge
from samlcheck.capture import read
from samlcheck.case import Told
from samlcheck.forge.recording import har as recorded
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.source import Artifact
from samlcheck.trust import anchors

ACS, AUDIENCE = str(forge.healthy().destination), forge.healthy().audiences[0][0]
_MEMORY = """
import re, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from bench import recordings
inspect = recordings.inspection(Path({file!r}), Path({idp!r}))
inspect()
status = Path("/proc/self/status").read_text()
print(re.search(r"RssAnon:\\s+(\\d+)", status)[1], re.search(r"VmHWM:\\s+(\\d+)", status)[1])
"""


class _Pair(msgspec.Struct):
    name: str
    value: str


class _Post(msgspec.Struct):
    mimeType: str = ""  # noqa: N815
    text: str = ""


class _Request(msgspec.Struct):
    method: str
    url: str
    headers: list[_Pair]
    postData: _Post | None = None  # noqa: N815


class _Content(msgspec.Struct):
    mimeType: str = ""  # noqa: N815


class _Response(msgspec.Struct):
    status: int
    headers: list[_Pair]
    content: _Content
    redirectURL: str = ""  # noqa: N815


class _Entry(msgspec.Struct):
    startedDateTime: str  # noqa: N815
    request: _Request
    response: _Response


class _Log(msgspec.Struct):
    entries: list[_Entry]


class _Har(msgspec.Struct):
    log: _Log


@dataclass(frozen=True)
class Memory:
    """One line of the table: what a run holds apart from the mapped file."""

    what: str
    own: int
    peak: int
    limit: int

    @property
    def verdict(self) -> str:
        """As of ``Goal``."""
        return "ok" if self.own <= self.limit else "MISSED"

    def __str__(self) -> str:
        own = f"{self.own:>4} MiB of its own ({self.peak} MiB with the pages of the file)"
        return f"{self.verdict:<7}{self.what:<58} {own} goal ≤ {self.limit} MiB"


def make(target: Path, octets: int, keys: forge.Keys) -> None:
    """Write a HAR of about so many octets with one healthy login at its beginning."""
    chance = random.Random(7)
    login: dict[str, Any] = json.loads(recorded(forge.forge(forge.healthy(), keys)))
    entries = login["log"].pop("entries")
    noise = [json.dumps(_noise(chance, entries[-1], kind)) for kind in ("js", "js", "png", "json", "json", "json", "css", "woff2")]
    page = json.dumps(_noise(chance, entries[-1], "html"))
    with target.open("w") as file:
        file.write(json.dumps(login)[:-2] + ', "entries": [' + ", ".join(json.dumps(entry) for entry in entries))
        while file.tell() < octets:
            for _ in range(40):
                file.write(", " + chance.choice(noise))
            file.write(", " + page)
        file.write("]}}")


def _noise(chance: random.Random, like: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return a request for a part of a page, with headers as browsers send them."""
    entry: dict[str, Any] = json.loads(json.dumps(like))
    octets = {"js": 90_000, "png": 60_000, "css": 20_000, "woff2": 40_000, "json": 2_000, "html": 15_000}[kind]
    text = base64.b64encode(chance.randbytes(octets)).decode()
    if kind in ("js", "css", "html", "json"):
        text = "\n".join(f'if (a) {{ b("{text[at : at + 60]}"); }}' for at in range(0, octets, 80))
    types = {"js": "text/javascript", "png": "image/png", "css": "text/css", "woff2": "font/woff2", "json": "application/json"}
    entry["request"]["url"] = f"https://cdn{chance.randrange(9)}.example/assets/{chance.randbytes(8).hex()}.{kind}"
    entry["request"]["headers"] = [{"name": f"x-{n}", "value": "v" * 40} for n in range(14)]
    entry["response"] |= {"status": 200, "redirectURL": ""}
    entry["response"]["headers"] = [{"name": f"x-{n}", "value": "v" * 40} for n in range(14)]
    entry["response"]["content"] = {"size": octets, "mimeType": types.get(kind, "text/html"), "text": text}
    return entry


def mapped(file: Path) -> bytes:
    """Return a file as the command line hands it on."""
    with file.open("rb") as opened:
        return cast(bytes, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))


def inspection(file: Path, idp: Path) -> Callable[[], None]:
    """Return a function that goes from the file to the diagnosis."""
    packs: Catalogue = shipped(None)
    question = engine.Question(
        catalogue=packs,
        now=forge.AT,
        told=Told(acs=(ACS,), audience=(AUDIENCE,)),
        anchors=anchors.load([Artifact("idp.pem", idp.read_bytes())]),
    )

    def run() -> None:
        result = engine.inspect([read(Artifact("login.har", mapped(file)))], question)
        assert [report.diagnosis.verdict for report in result.logins] == ["accepted"]

    return run


def floor(file: Path) -> Callable[[], None]:
    """Return a function that decodes the file into typed records with msgspec, bodies left out."""
    decoder = msgspec.json.Decoder(_Har)

    def run() -> None:
        gc.collect()
        assert decoder.decode(mapped(file)).log.entries

    return run


def har(sizes: tuple[int, ...] = (50, 300, 1000)) -> list[Goal | Memory]:
    """Measure files of so many MB: time against the floor, and memory in a process of its own."""
    keys = forge.make_keys()
    goals: list[Goal | Memory] = []
    with tempfile.TemporaryDirectory() as folder:
        idp = Path(folder, "idp.pem")
        idp.write_bytes(keys.certificate_pem)
        for size in sizes:
            file = Path(folder, f"{size}.har")
            make(file, size * 1_000_000, keys)
            took = interleaved({"ours": inspection(file, idp), "floor": floor(file)}, rounds=9 if size < 1000 else 5)
            name = f"HAR of {size} MB to diagnosis ({took['ours']:.2f} s)"
            goals.append(Goal(name, "msgspec typed structs over a map", took["ours"] / took["floor"], 1.2))
            goals.append(_memory(file, idp, size))
            file.unlink()
    return goals


def _memory(file: Path, idp: Path, size: int) -> Memory:
    code = _MEMORY.format(root=str(Path(__file__).parents[1]), file=str(file), idp=str(idp))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    own, peak = (int(number) // 1024 for number in done.stdout.split())
    return Memory(f"HAR of {size} MB, memory after the run", own, peak, 150)
