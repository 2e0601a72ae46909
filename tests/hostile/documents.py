"""The costliest documents and pastes that the limits let through: one function each, its docstring says what grows.

Run as a program with names of them, it inspects each and prints what that cost as JSON, one object a line.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

MIB = 1 << 20
DECLARED = 'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
ROLE = "https://aws.amazon.com/SAML/Attributes/Role"

DOCUMENTS: dict[str, Callable[[], bytes]] = {}


def document(make: Callable[[], bytes]) -> Callable[[], bytes]:
    """Register a document under its function's name."""
    DOCUMENTS[make.__name__] = make
    return make


def response(inner: str) -> bytes:
    return f'<samlp:Response {DECLARED} ID="r" Version="2.0"><samlp:Status/>{inner}</samlp:Response>'.encode()


def assertion(inner: str) -> bytes:
    return response(f'<saml:Assertion ID="a">{inner}</saml:Assertion>')


def statement(inner: str) -> bytes:
    return assertion(f"<saml:AttributeStatement>{inner}</saml:AttributeStatement>")


@document
def many_assertions() -> bytes:
    """Assertions beside each other, none of which is signed."""
    return response('<saml:Assertion ID="a"/>' * 45_000)


@document
def many_signatures() -> bytes:
    """Signatures where none belongs."""
    unsigned = "<ds:Signature><ds:SignedInfo/></ds:Signature>" * 24_000
    return f'<samlp:Response {DECLARED} xmlns:ds="http://www.w3.org/2000/09/xmldsig#">{unsigned}</samlp:Response>'.encode()


@document
def many_advices() -> bytes:
    """Assertions with Advice, and others that could be inside one."""
    return response('<saml:Assertion ID="a"><saml:Advice/></saml:Assertion>' * 12_000 + f"<x>{'<saml:Assertion/>' * 20_000}</x>")


@document
def many_confirmations() -> bytes:
    """Bearer confirmations for another address."""
    one = f'<saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData Recipient="x"/></saml:SubjectConfirmation>'
    return assertion(f"<saml:Subject>{one * 24_000}</saml:Subject>")


@document
def many_audiences() -> bytes:
    """Audiences that differ from the expected one in a letter."""
    each = "".join(f"<saml:Audience>https://sp.example/saml/metadat{number}</saml:Audience>" for number in range(40_000))
    return assertion(f"<saml:Conditions><saml:AudienceRestriction>{each}</saml:AudienceRestriction></saml:Conditions>")


@document
def many_attributes_twice() -> bytes:
    """Attributes, each Name twice: every pair is a finding of its own."""
    one = '<saml:Attribute Name="{}"><saml:AttributeValue>v</saml:AttributeValue></saml:Attribute>'
    return statement("".join(one.format(f"n{number // 2}") for number in range(24_000)))


@document
def many_roles() -> bytes:
    """Role values with a fault each."""
    value = "<saml:AttributeValue>arn:aws:iam::123456789012:role/a ;arn:aws:iam::12345678901:saml-provider/b</saml:AttributeValue>"
    return statement(f'<saml:Attribute Name="{ROLE}">{value * 24_000}</saml:Attribute>')


@document
def many_ids() -> bytes:
    """IDs that occur again and again."""
    return response("".join(f'<x ID="i{number % 7}"/>' for number in range(49_000)))


@document
def a_long_value() -> bytes:
    """One value of three million line breaks: each is a line, and each is shown as two characters."""
    return assertion(f"<saml:Subject><saml:NameID>{chr(10) * 3 * MIB}</saml:NameID></saml:Subject>")


@document
def nested_values() -> bytes:
    """A CDATA section below eighty AttributeValues, and a long text beside it."""
    deep = f"{'<saml:AttributeValue>' * 80}<![CDATA[x]]>{'y' * 3 * MIB}{'</saml:AttributeValue>' * 80}"
    return statement(f'<saml:Attribute Name="x">{deep}</saml:Attribute>')


@document
def wide_attributes() -> bytes:
    """Elements with as many attributes as are allowed."""
    named = " ".join(f'a{number}="b"' for number in range(200))
    return statement(f'<saml:Attribute Name="x" {named}/>' * 900)


def _signed(inner: str, *, changed: bool, method: str = "http://www.w3.org/2001/10/xml-exc-c14n#") -> bytes:
    from samlcheck.forge import make_keys
    from tests.trust.signing import ENVELOPED, RESPONSE, placed, sign, template, unsigned

    xml = unsigned().replace("</saml:AttributeStatement>", f"{inner}</saml:AttributeStatement>")
    signed = sign(placed(xml, template(f"#{RESPONSE}", transforms=(ENVELOPED, method))), make_keys())
    return signed.replace(b">Mia<", b">Max<") if changed else signed


@document
def signed_and_wide() -> bytes:
    """A genuine signature over as many elements as are allowed."""
    return _signed('<saml:Attribute Name="z"><saml:AttributeValue>x</saml:AttributeValue></saml:Attribute>' * 24_000, changed=False)


@document
def signed_and_changed() -> bytes:
    """A broken signature over many small elements, few enough that every repair is tried."""
    return _signed("<a/>" * 40_000, changed=True)


@document
def signed_inclusively_and_changed() -> bytes:
    """The same with inclusive canonicalisation, for which there are fifty guesses more."""
    return _signed("<a/>" * 5_000, changed=True, method="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")


@document
def signed_with_long_values_and_changed() -> bytes:
    """A broken signature over values to which something could be added, short of where guessing ends."""
    return _signed(f"<saml:Attribute><saml:AttributeValue>{'y ' * 400}</saml:AttributeValue></saml:Attribute>" * 60, changed=True)


@document
def one_id_on_nested_elements() -> bytes:
    """Elements inside each other that carry one ID around a long text."""
    return _signed('<y ID="z">' * 80 + "x" * 3 * MIB + "</y>" * 80, changed=True)


@document
def many_sessions_to_end() -> bytes:
    """A LogoutRequest for as many sessions as are allowed."""
    indexes = "<samlp:SessionIndex>x</samlp:SessionIndex>" * 48_000
    return f'<samlp:LogoutRequest {DECLARED} ID="r">{indexes}</samlp:LogoutRequest>'.encode()


UNITS = (
    "<", '<input "', "<form>", "<!--", "<samlp:Response ", "SAMLResponse=", "SAMLResponse=a&", "https://a?SAMLRequest=a ", "%25",
    "&amp;", "\\u003c", "curl '", "AAAA ",
    "=\n", 'name="SAMLResponse" form-data\n', "A" * 48 + "\nB\n", '"error":"aa', "[", '{"a":',
    "\xff", "&#x41;", '{"log":{"entries":[{},', "PD94bWwg", "<?xml ", "SAMLart=AAQA&", "eyJhbGciOi.",
)  # fmt: skip
"""What a hostile paste repeats."""


def paste(unit: str, size: int = MIB) -> bytes:
    """Return ``size`` octets of one thing again and again."""
    return (unit * (size // len(unit))).encode("latin-1")


def bomb() -> bytes:
    """Return 200 MB of nothing, compressed and in base64."""
    deflater = zlib.compressobj(9, wbits=-15)
    return base64.b64encode(deflater.compress(bytes(200 * MIB)) + deflater.flush())


def unclosed_cdata() -> bytes:
    """CDATA sections opened again and again and never closed: to explain what is wrong, the tags before are looked for."""
    return response("<a/>" + "<![CDATA[" * 110_000).removesuffix(b"</samlp:Response>")


PASTES: dict[str, Callable[[], bytes]] = {
    **{f"paste of {unit!r}": partial(paste, unit) for unit in UNITS},
    "inflate bomb": bomb,
    "unclosed CDATA": unclosed_cdata,
}


def _peak_mib() -> int:
    """Return the most memory this process has held, MiB.

    Where there is /proc, from there: ``ru_maxrss`` of a child begins with what its parent held when it was started.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(names: list[str]) -> None:
    """Inspect the documents and pastes named and print what each cost."""
    from samlcheck import engine
    from samlcheck.report import jsonout
    from samlcheck.report.text import View, render
    from samlcheck.source import Artifact
    from tests.hostile.asking import question

    asked = question()
    for name in names:
        data = {**DOCUMENTS, **PASTES}[name]()
        begun = time.process_time()
        captures, unread = engine.read_captures([Artifact("input", data)])
        inspection = engine.inspect(captures, asked, unread)
        shown = len(render(inspection, View()).plain()) + len(jsonout.render(inspection, View()))
        print(json.dumps({  # noqa: T201 - for the test that started this process
            "name": name,
            "octets": len(data),
            "seconds": time.process_time() - begun,
            "peak_mib": _peak_mib(),
            "shown": shown,
            "verdicts": [report.diagnosis.verdict for report in inspection.logins],
            "problems": [problem.code for problem in inspection.problems],
        }), flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
