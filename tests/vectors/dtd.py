"""Document type declarations: entities, default attributes and IDs that one parser knows and another does not.

None is ever parsed (pysaml2 CVE-2016-10149, OpenSAML CVE-2013-6440, lxml CVE-2026-41066, ruby-saml CVE-2025-25291).
"""

from __future__ import annotations

from tests.vectors.making import ASSERTION, USER, assertion_of, decrypted, genuine, posted, replaced, sealed
from tests.vectors.vector import Sent, refused

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
SUBSETS = {
    "empty": "<!DOCTYPE r>",
    "internal-entity": '<!DOCTYPE r [<!ENTITY e "admin">]>',
    "external-file": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "external-url": '<!DOCTYPE r [<!ENTITY e SYSTEM "http://127.0.0.1:9/x">]>',
    "external-subset": '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
    "public-subset": '<!DOCTYPE r PUBLIC "-//X//Y//EN" "http://127.0.0.1:9/x.dtd">',
    "parameter-entity": '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    "billion-laughs": f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
    "id-attribute": "<!DOCTYPE r [<!ATTLIST decoy ID ID #REQUIRED>]>",
    "default-attribute": f'<!DOCTYPE r [<!ATTLIST Assertion ID CDATA "{ASSERTION}">]>',
    "notation": '<!DOCTYPE r [<!NOTATION n SYSTEM "n">]>',
}


@refused("input/dtd", signature="unread", acceptance="unreadable", cases=SUBSETS)
def declared(subset: str) -> Sent:
    """A document type declaration before a signed response."""
    return posted(subset + genuine())


PROLOGS = {
    "after-the-declaration": '<?xml version="1.0"?>',
    "after-a-comment": "<!-- <x> -->",
    "after-an-instruction": "<?p q?>",
    "after-line-breaks": '<?xml version="1.0"?>\n\r\n\t',
    "after-many-comments": "<!---->" * 40,
}


@refused("input/dtd", signature="unread", acceptance="unreadable", cases=PROLOGS)
def behind(prolog: str) -> Sent:
    """A document type declaration behind what may stand before it (XML 1.0, production 22)."""
    return posted(prolog + SUBSETS["internal-entity"] + genuine())


@refused("input/dtd", signature="unread", acceptance="unreadable", cases={"little-endian": "utf-16", "big-endian": "utf-16-be"})
def in_utf16(codec: str) -> Sent:
    """The same in UTF-16, where a search for octets does not find it."""
    text = SUBSETS["internal-entity"] + genuine()
    return posted((b"\xfe\xff" if codec == "utf-16-be" else b"") + text.encode(codec))


@refused("input/dtd", signature="unread", acceptance="unreadable")
def entity_in_the_name() -> Sent:
    """A name that is written as an entity: three readings of it in one library (SECURITY 3a)."""
    return posted(SUBSETS["internal-entity"] + genuine().replace(USER, "a&e;b", 1))


@refused("signatures/decryption-failed", signature="unverifiable")
def inside_the_ciphertext() -> Sent:
    """A document type declaration inside what is encrypted."""
    xml = genuine("assertion")
    return decrypted(replaced(xml, sealed(SUBSETS["internal-entity"] + assertion_of(xml))))


@refused("input/not-well-formed", signature="unread", acceptance="unreadable", cases={"undeclared": "&e;", "html": "&nbsp;"})
def entity_without_declaration(entity: str) -> Sent:
    """A reference to an entity that nothing declares."""
    return posted(genuine().replace(USER, f"a{entity}b", 1))
