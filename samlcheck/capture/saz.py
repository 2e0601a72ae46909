"""Reads Fiddler's session archives (.saz): a ZIP with request, response and times in ``raw/N_c.txt``, ``N_s.txt``, ``N_m.xml``.

Nothing is ever written to disk. Members are taken by the form of their name; an archive that could do harm where it is
unpacked (absolute names, ``..``, links, a name twice) or that grows beyond bounds is refused whole.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from datetime import datetime

from samlcheck.capture import rawhttp, recording
from samlcheck.capture.entry import Entry, instant
from samlcheck.capture.model import Capture, Layer
from samlcheck.errors import HostileInput, InputError
from samlcheck.source import Artifact

MAGIC = b"PK\x03\x04"
MAX_MEMBERS = 30_000
MAX_TOTAL = 256 << 20
MAX_MEMBER = 32 << 20
_RATIO = 200
_FREE = 1 << 20
_MEMBER = re.compile(r"raw[/\\](\d{1,9})_([csm])\.(?:txt|xml)")
_BEGUN = re.compile(rb"\bClientBeginRequest=\"([^\"]{10,40})\"")
_DONE = re.compile(rb"\bClientDoneResponse=\"([^\"]{10,40})\"")
_NO_SAZ = "This ZIP archive is no Fiddler capture: it has no sessions in a folder `raw`."


def read(octets: bytes, artifact: Artifact, layers: tuple[Layer, ...]) -> Capture:
    """Return the capture in a SAZ.

    Raises HostileInput (``zip-refused``) and InputError (``not-saz``, ``saz-encrypted``, ``capture-without-saml``).
    """
    sessions = _sessions(octets)
    found = _entries(sessions)
    layer = Layer("saz", len(octets), sum(len(part) for parts in sessions.values() for part in parts.values()))
    capture = recording.assemble(found, artifact, "saz", (*layers, layer), (), producer="Fiddler")
    if capture is None:
        raise InputError(
            f"This Fiddler capture of {len(found)} requests holds no SAML message.",
            tip=recording.again("Fiddler", found),
            code="capture-without-saml",
        )
    return capture


def entries(octets: bytes) -> list[Entry]:
    """Return the requests in a SAZ. Raises as ``read`` does."""
    return _entries(_sessions(octets))


def _entries(sessions: dict[int, dict[str, bytes]]) -> list[Entry]:
    return [entry for parts in sessions.values() if (entry := _entry(parts)) is not None]


def _sessions(octets: bytes) -> dict[int, dict[str, bytes]]:
    """Return the members of each session by their letter, in the order of the sessions."""
    found: dict[int, dict[str, bytes]] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            members = _checked(archive.infolist())
            for number, letter, member in members:
                if member.flag_bits & 1:
                    raise InputError(
                        "This Fiddler capture is protected by a password, which samlcheck does not ask for.",
                        tip="Save it again without a password: File > Save > All Sessions.",
                        code="saz-encrypted",
                    )
                with archive.open(member) as file:
                    part = file.read(MAX_MEMBER + 1)
                total += len(part)
                if len(part) > MAX_MEMBER or total > MAX_TOTAL or total > max(_FREE, _RATIO * len(octets)):
                    raise _refused("it unpacks to far more than it holds")
                found.setdefault(number, {})[letter] = part
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise InputError(
            "This ZIP archive is damaged.", tip="Save the capture again, or send the file as it is.", code="not-saz"
        ) from None
    if not found:
        raise InputError(_NO_SAZ, tip="Unpack it and give the file that is inside.", code="not-saz")
    return dict(sorted(found.items()))


def _checked(members: list[zipfile.ZipInfo]) -> list[tuple[int, str, zipfile.ZipInfo]]:
    """Return the members that belong to sessions; raises HostileInput for an archive that means harm."""
    if len(members) > MAX_MEMBERS:
        raise _refused(f"it has more than {MAX_MEMBERS} members")
    names: set[str] = set()
    wanted = []
    for member in members:
        name = member.filename
        if name.startswith(("/", "\\")) or ":" in name[:2] or ".." in re.split(r"[/\\]", name):
            raise _refused("a name in it leads out of the folder it is unpacked in")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused("it holds a link")
        if name in names:
            raise _refused("a name stands in it twice")
        names.add(name)
        match = _MEMBER.fullmatch(name)
        if match:
            wanted.append((int(match[1]), match[2], member))
    return wanted


def _refused(why: str) -> HostileInput:
    return HostileInput(f"The archive was refused: {why}.", tip="Save the capture again with Fiddler.", code="zip-refused")


def _entry(parts: dict[str, bytes]) -> Entry | None:
    request = rawhttp.parse(parts.get("c", b""))
    if request is None or request.method in ("", "CONNECT"):
        return None
    answer = rawhttp.parse(parts.get("s", b""))
    begun, done = _time(_BEGUN, parts.get("m", b"")), _time(_DONE, parts.get("m", b""))
    took = int((done - begun).total_seconds() * 1000) if begun and done and done >= begun else None
    return rawhttp.as_entry(request, answer, begun, took)


def _time(pattern: re.Pattern[bytes], octets: bytes) -> datetime | None:
    found = pattern.search(octets[:65536])
    value = instant(re.sub(r"(\.\d{6})\d+", r"\1", found[1].decode("latin-1"))) if found else None
    return value if value is not None and value.year > 1970 else None
