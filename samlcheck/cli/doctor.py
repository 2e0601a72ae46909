"""``samlcheck doctor``: is this installation sound? Each fault comes with its fix."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version

from samlcheck import __version__
from samlcheck.cli import options as o
from samlcheck.cli import terminal
from samlcheck.cli.catalogue import catalogue
from samlcheck.errors import Exit, SamlcheckError
from samlcheck.frozen import dataclass

_REINSTALL = (
    "pip install --force-reinstall --no-cache-dir lxml xmlsec (both as wheels, or both built from source: --no-binary lxml,xmlsec)"
)
_ALGORITHMS = ("rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512")


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at."""

    what: str
    good: bool
    found: str
    fix: str = ""


def doctor(json_: o.Json = False) -> int:
    """Say whether lxml, xmlsec and their libxml2 fit together, which algorithms work, and whether the packs are there."""
    rows = [*_versions(), *_libxml2(), *_signing(), *_packs()]
    if json_:
        items = [{"what": row.what, "ok": row.good, "found": row.found, "fix": row.fix} for row in rows]
        terminal.write(json.dumps({"schema": "samlcheck/doctor-1", "checks": items}, indent=2, ensure_ascii=False) + "\n")
    else:
        from samlcheck.report.layout import Page

        page = Page(terminal.width())
        for row in rows:
            lead = f"{'ok   ' if row.good else 'FAULT'} {row.what:<22} "
            page.text(row.found, lead=lead, lead_style="good" if row.good else "error", hang=len(lead))
            if row.fix:
                page.text(row.fix, indent=6, lead="fix: ", lead_style="good")
        faults = sum(not row.good for row in rows)
        page.blank()
        page.text(f"{faults} faults" if faults else "Everything works.", style="strong")
        terminal.show(page, colour=terminal.wants_colour(False))
    return Exit.ACCEPTED if all(row.good for row in rows) else Exit.REJECTED


def _versions() -> list[Examined]:
    machine = f"{platform.system()} {platform.machine()}"
    rows = [Examined("samlcheck", True, f"{__version__}, Python {platform.python_version()} on {machine}")]
    for name, why in (
        ("lxml", ""),
        ("xmlsec", "signature verdicts need it"),
        ("cryptography", "certificates and explanations need it"),
        ("google-re2", "patterns of packs need it"),
        ("python3-saml", "--second-opinion needs it"),
        ("typer", ""),
        ("rich", ""),
        ("PyYAML", "packs of your own need it"),
        ("pydantic", "packs of your own need it"),
    ):
        try:
            rows.append(Examined(name, True, version(name)))
        except PackageNotFoundError:
            rows.append(Examined(name, False, f"not installed; {why}" if why else "not installed", f"pip install {name}"))
    return rows


def _libxml2() -> list[Examined]:
    from lxml import etree

    from samlcheck.trust.signatures import EngineMissingError, engine

    ours = ".".join(map(str, etree.LIBXML_VERSION))
    rows = []
    if etree.LIBXML_VERSION[:2] != etree.LIBXML_COMPILED_VERSION[:2]:
        built = ".".join(map(str, etree.LIBXML_COMPILED_VERSION))
        rows.append(Examined("lxml's libxml2", False, f"built for {built}, runs with {ours}", _REINSTALL))
    else:
        rows.append(Examined("lxml's libxml2", True, ours))
    try:
        xmlsec = engine()
    except EngineMissingError as error:
        found = f"{error}. Everything but signature verdicts still works."
        return [*rows, Examined("xmlsec loads", False, found, _REINSTALL)]
    theirs = ".".join(map(str, xmlsec.get_libxml_version()))
    good = theirs.split(".")[:2] == ours.split(".")[:2]
    return [*rows, Examined("xmlsec's libxml2", good, theirs, "" if good else _REINSTALL)]


def _signing() -> list[Examined]:
    """Sign and verify one message with each algorithm: what works is what counts."""
    from samlcheck.capture import read
    from samlcheck.forge import edit, forge, healthy, make_keys
    from samlcheck.saml.anatomy import dissect
    from samlcheck.source import Artifact
    from samlcheck.trust.anchors import load
    from samlcheck.trust.establish import establish
    from samlcheck.xmldoc.parse import parse

    try:
        keys = make_keys()
        anchors = load([Artifact("doctor", keys.certificate_pem)])
    except Exception as error:  # noqa: BLE001 - the point of this command is to say what does not work
        return [Examined("cryptography works", False, type(error).__name__, "pip install --force-reinstall cryptography")]
    verdicts: dict[str, str] = {}
    for algorithm in _ALGORITHMS:
        try:
            made = forge(edit(healthy(), {"signature.algorithm": algorithm}), keys)
            trust = establish(dissect(parse(read(Artifact("doctor", made.base64.encode())).messages[0].artifact)), anchors)
            verdicts[algorithm] = trust.verdict
        except Exception as error:  # noqa: BLE001
            verdicts[algorithm] = type(error).__name__
    bad = {name: verdict for name, verdict in verdicts.items() if verdict != "trusted" and name != "rsa-sha1"}
    shown = ", ".join(f"{name} {'works' if verdict == 'trusted' else verdict}" for name, verdict in verdicts.items())
    return [Examined("signatures", not bad, shown, _REINSTALL if bad else "")]


def _packs() -> list[Examined]:
    try:
        packs = catalogue()
        count = {kind: len(packs.names(kind)) for kind in ("standard", "security", "service", "idp")}
    except SamlcheckError as error:
        return [Examined("rule packs", False, f"{error.where} {error.message}".strip(), error.tip or "Install samlcheck again.")]
    good = all(count[kind] for kind in ("standard", "service", "idp"))
    shown = ", ".join(f"{number} {kind}" for kind, number in count.items())
    return [Examined("rule packs", good, shown, "" if good else "Install samlcheck again.")]
