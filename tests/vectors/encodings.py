"""Octets that are XML to one program and something else to another: encodings, and text that is no XML at all."""

from __future__ import annotations

from tests.vectors.making import USER, genuine, posted
from tests.vectors.vector import Sent, accepted, refused


@refused(
    "input/encoding",
    "input/undecodable",
    signature="unread",
    acceptance="unreadable",
    cases={
        "utf-32": "utf-32",
        "utf-32-le": "utf-32-le",
        "utf-32-be": "utf-32-be",
        "utf-16-without-mark-le": "utf-16-le",
        "utf-16-without-mark-be": "utf-16-be",
        "ebcdic": "cp037",
    },
)
def octets_in(codec: str) -> Sent:
    """A signed message in an encoding that XML processors need not know, or without the mark that says so."""
    return posted(f'<?xml version="1.0"?>{genuine()}'.encode(codec))


@refused(
    "input/encoding",
    signature="unread",
    acceptance="unreadable",
    cases={
        "utf-7": "UTF-7",
        "iso-2022-jp": "ISO-2022-JP",
        "hz": "HZ-GB-2312",
        "gb18030": "GB18030",
        "shift-jis": "Shift_JIS",
        "latin-1": "ISO-8859-1",
        "windows-1252": "windows-1252",
        "utf-16-that-is-not": "UTF-16",
        "unknown": "x-unknown",
        "empty": "",
        "us-ascii": "US-ASCII",
    },
)
def declared(name: str) -> Sent:
    """A signed message that declares an encoding in which the same octets may read differently."""
    return posted(f'<?xml version="1.0" encoding="{name}"?>{genuine()}')


@refused(
    "input/not-well-formed",
    signature="unread",
    acceptance="unreadable",
    cases={
        "nul": b"\0",
        "escape": b"\x1b",
        "overlong": b"\xc0\xaf",
        "surrogate": b"\xed\xa0\x80",
        "lone-continuation": b"\x80",
        "beyond-unicode": b"\xf4\x90\x80\x80",
        "not-a-character": b"\xef\xbf\xbf",
    },
)
def octets_inside(octets: bytes) -> Sent:
    """Octets that are no character of XML inside the name."""
    return posted(genuine().encode().replace(USER.encode(), octets + USER.encode(), 1))


@refused(
    "input/not-well-formed",
    "input/truncated",
    signature="unread",
    acceptance="unreadable",
    cases={
        "unclosed": lambda xml: xml.replace("</samlp:Response>", ""),
        "attribute-twice": lambda xml: xml.replace("<samlp:Response ", '<samlp:Response ID="_x" ', 1),
        "unbound-prefix": lambda xml: xml.replace("<samlp:Status>", "<samlp:Status><q:x/>", 1),
        "text-behind": lambda xml: xml + "admin",
        "element-behind": lambda xml: xml + "<x/>",
        "bare-ampersand": lambda xml: xml.replace(USER, "a&b", 1),
        "null-reference": lambda xml: xml.replace(USER, "a&#0;b", 1),
        "declaration-late": lambda xml: "\n" * 2 + '<?xml version="1.0"?>' + xml,
        "tags-crossed": lambda xml: xml.replace("</saml:Subject>", "</saml:Conditions>", 1),
    },
)
def malformed(damage) -> Sent:  # type: ignore[no-untyped-def]
    """Text that lenient parsers repair, each in its own way."""
    return posted(damage(genuine()))


@accepted(cases={"utf-8": "utf-8-sig", "utf-16-little-endian": "utf-16"})
def byte_order_mark(codec: str) -> Sent:
    """A byte order mark in front: the octets change, the canonical form does not."""
    return posted(genuine().encode(codec))


@accepted(cases={"plain": "", "declared": '<?xml version="1.0" encoding="UTF-16"?>'})
def utf16_big_endian(declaration: str) -> Sent:
    """UTF-16 with its mark, big-endian."""
    return posted(b"\xfe\xff" + (declaration + genuine()).encode("utf-16-be"))


@accepted(
    cases={
        "version-alone": '<?xml version="1.0"?>',
        "lower-case": '<?xml version="1.0" encoding="utf-8"?>',
        "single-quotes": "<?xml version='1.0' encoding='UTF-8'?>",
        "standalone": '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        "line-break-behind": '<?xml version="1.0" encoding="UTF-8"?>\r\n',
        "comment-behind": '<?xml version="1.0"?><!-- made by x -->',
    }
)
def declaration(text: str) -> Sent:
    """An XML declaration of any legal form."""
    return posted(text + genuine())


@accepted(cases={"comment": "<!-- x -->", "line-break": "\n", "blanks": "   \n\t"})
def behind_the_root(text: str) -> Sent:
    """What may stand behind the root element."""
    return posted(genuine() + text)
