"""Metadata in UTF-16 and in the encodings that old products write is read like UTF-8, at the same places."""

from __future__ import annotations

import pytest

from samlcheck.forge import Keys
from samlcheck.source import Artifact
from samlcheck.trust.anchors import load
from tests.lint.files import NAMES, Run, aggregate, entity, lint
from tests.lint.test_survey import signed as sign

WRITTEN = {
    "utf-16": ("utf-16", "utf-16"),
    "utf-16 undeclared": ("utf-16", ""),
    "utf-16 big-endian": ("utf-16be", "UTF-16"),
    "utf-8 with mark": ("utf-8-sig", "utf-8"),
    "UTF8": ("utf-8", "UTF8"),
    "latin-1": ("latin-1", "ISO-8859-1"),
    "windows-1252": ("cp1252", "windows-1252"),
    "ascii": ("ascii", "US-ASCII"),
}


@pytest.mark.parametrize("chunk", [1, 700, 1 << 20])
@pytest.mark.parametrize(("codec", "declared"), WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("many", [True, False], ids=["aggregate", "entity"])
def test_the_encoding_changes_neither_findings_nor_places(
    many: bool, codec: str, declared: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samlcheck.lint.tags.CHUNK", chunk)
    more = "" if codec == "ascii" else "äöü " if codec in ("latin-1", "cp1252") else "ä€𝄞 "
    inner = (
        entity("b", names=NAMES)
        .replace('acs"', 'acs" isDefault="maybe"')
        .replace("<md:Assertion", f"<!-- {more}-->\n<md:Assertion")
    )
    text = aggregate(entity("a"), f"<!-- {more}-->", inner, more=' cacheDuration="soon"') if many else inner
    header = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    mark = b"\xfe\xff" if codec == "utf-16be" else b""
    found, plain = (
        lint(mark + (header + text).encode(codec)),
        lint(header.replace(declared or "?", "utf-8" if declared else "?") + text),
    )
    assert not found.closed.problem, found.closed.problem

    def told(run: Run) -> list[tuple[str, object, str]]:
        return [
            (item.rule, item.primary.node.span.line, item.primary.node.path)
            for item in run.findings
            if item.primary and item.primary.node and item.primary.node.span and not item.rule.startswith("metadata-content/")
        ]

    assert told(found) == told(plain) != []
    assert "metadata-schema/value-invalid" in found.ids
    data = mark + (header + text).encode(codec)
    for item in found.findings:
        node = item.primary.node if item.primary else None
        if node is None or node.span is None:
            continue
        octets = data[node.span.start : node.span.end]
        written = octets.decode({"utf-16": "utf-16le", "utf-8-sig": "utf-8"}.get(codec, codec))
        line = (header + text).split("\n")[node.span.line - 1]
        assert line[node.span.column - 1 :].startswith(written.split("\n")[0])
        assert written.startswith(("<", "isDefault", "cacheDuration"))


def test_an_octet_that_the_declared_encoding_does_not_have_is_named() -> None:
    for data in (entity("a", "<!-- ä -->", names=NAMES), aggregate(entity("a", "<!-- ä -->"))):
        run = lint(f'<?xml version="1.0" encoding="us-ascii"?>{data}')
        assert run.code == "encoding"
        assert "it is us-ascii, but holds an octet (C3)" in str(run.closed.problem)


def test_the_byte_of_a_cut_is_that_of_the_file() -> None:
    data = aggregate(entity("a"), entity("b")).replace("<md:Entity", "<!-- ä𝄞 --><md:Entity", 2)
    cut = data[: data.index("b.example/acs")].encode("utf-16")
    assert f"at byte {len(cut):,}, inside entity 2" in str(lint(cut).closed.problem)


def test_a_signed_aggregate_is_verified_in_any_encoding(idp_keys: Keys) -> None:
    signed = sign(aggregate(entity("a", "<!-- ü -->"), more=' validUntil="2026-06-01T00:00:00Z" ID="_root"'), idp_keys)
    anchors = load([Artifact("a.pem", idp_keys.certificate_pem)], role="any")
    for data in (signed.encode(), signed.encode("utf-16"), f"<?xml version='1.0' encoding='latin1'?>{signed}".encode("latin-1")):
        run = lint(data, anchors=anchors)
        assert not run.closed.problem, run.closed.problem
        assert "metadata-validity/signature-broken" not in run.ids
        assert not any("signed, not verified" in why for why in run.closed.not_checked)
