"""The redirect binding: a signature over the query as sent, which verifier and reader must take from the same octets.

Bindings 3.4.4.1; samlify GHSA-wr2x-fh6q-q243, Keycloak CVE-2026-117691. Legal ones are LogoutRequests, for which the binding
is made (a Response is not to be sent so, profiles 4.1.2); the attacker sends what gets through.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from functools import cache
from urllib.parse import quote, quote_plus, urlencode

from samlcheck.xmldoc.names import SAML, SAMLP
from tests.trust.signing import RSA_SHA256, placed, sign, template
from tests.vectors.making import ACS, ADMIN, IDP, USER, assertion_of, genuine, idp, stranger, unsigned
from tests.vectors.vector import Sent, accepted, combined, refused

AMBIGUOUS = "structure/signature-malformed"
INVALID = ("signatures/content-changed", "signatures/other-key", "signatures/signature-value-malformed")
TARGET = "https://sp.example/saml/slo"
STATE = "token+/=~ü &1"


def logout(user: str = USER) -> str:
    """Return an unsigned LogoutRequest of the identity provider."""
    return (
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" '
        f'ID="_logout" Version="2.0" IssueInstant="2026-05-04T10:00:00Z" Destination="{TARGET}">'
        f"<saml:Issuer>{IDP}</saml:Issuer><saml:NameID>{user}</saml:NameID></samlp:LogoutRequest>"
    )


def answer(user: str = USER) -> str:
    """Return a Response without any signature of its own."""
    return unsigned().replace(f">{USER}<", f">{user}<")


def deflated(xml: str) -> str:
    """Return a message as the binding writes it, before percent-encoding (bindings 3.4.4.1)."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(machine.compress(xml.encode()) + machine.flush()).decode()


Encode = Callable[[str], str]


def _percent(text: str) -> str:
    return quote(text, safe="")


def _lower(text: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quote(text, safe=""))


@cache
def _signature(octets: str, key: str = "trusted", name: str = "sha256") -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    keys = idp() if key == "trusted" else stranger()
    value = keys.private.sign(octets.encode(), padding.PKCS1v15(), getattr(hashes, name.upper())())  # type: ignore[union-attr,call-arg]
    return base64.b64encode(value).decode()


def parts(xml: str, state: str | None = STATE, algorithm: str = RSA_SHA256, encode: Encode = _percent) -> dict[str, str]:
    """Return the signed parameters in the order of the binding, percent-encoded by the sender."""
    name = "SAMLResponse" if "<samlp:Response" in xml else "SAMLRequest"
    named = {name: deflated(xml), **({} if state is None else {"RelayState": state}), "SigAlg": algorithm}
    return {name: encode(value) for name, value in named.items()}


def joined(named: dict[str, str]) -> str:
    """Return the parameters as a query."""
    return "&".join(f"{name}={value}" for name, value in named.items())


def signed(named: dict[str, str], encode: Encode = _percent, **how: str) -> str:
    """Return the query with its signature."""
    return f"{joined(named)}&Signature={encode(_signature(joined(named), **how))}"


def sent(query: str, **known: object) -> Sent:
    """Return the redirect as the browser follows it."""
    target = ACS if "SAMLResponse" in query else TARGET
    return Sent(f"{target}?{query}".encode(), (idp().certificate_pem,), **known)  # type: ignore[arg-type]


DOUBLED = {"message": "SAMLRequest", "relay-state": "RelayState", "algorithm": "SigAlg", "signature": "Signature"}
ESCAPES = {"plainly": lambda name: name, "with-a-name-in-escapes": lambda name: f"%{ord(name[0]):02X}{name[1:]}"}


@refused(AMBIGUOUS, signature="refused", cases=combined(DOUBLED, ESCAPES, {"in-front": True, "behind": False}))
def doubled(name: str, write: Encode, before: bool) -> Sent:
    """A parameter twice, one of them the forger's: which one is verified, which one read?"""
    fake = deflated(logout(ADMIN)) if name == "SAMLRequest" else "x"
    query, extra = signed(parts(logout())), f"{write(name)}={_percent(fake)}"
    return sent(f"{extra}&{query}" if before else f"{query}&{extra}")


@refused(AMBIGUOUS, signature="refused", cases=DOUBLED)
def name_in_escapes(name: str) -> Sent:
    """A parameter whose name is written in escapes: the server decodes it, a verifier that splits the raw query misses it."""
    return sent(signed(parts(logout())).replace(f"{name}=", f"%{ord(name[0]):02X}{name[1:]}=", 1))


@refused(AMBIGUOUS, signature="refused", cases={"signature": "Signature", "algorithm": "SigAlg"})
def only_one_of_two(removed: str) -> Sent:
    """Signature without SigAlg, or SigAlg without Signature."""
    query = signed(parts(logout()))
    return sent("&".join(part for part in query.split("&") if not part.startswith(f"{removed}=")))


@refused(
    "algorithms/refused",
    signature="refused",
    cases={
        "empty": "",
        "unknown": "urn:example:none",
        "md5": "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "hmac": "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "none": "none",
        "digest": "http://www.w3.org/2001/04/xmlenc#sha256",
    },
)
def algorithm(uri: str) -> Sent:
    """A SigAlg that no list holds, over a genuine RSA-SHA256 signature: nothing steps in for it."""
    return sent(signed(parts(logout(), algorithm=uri)))


@refused("algorithms/refused", signature="refused")
def sha1_under_modern() -> Sent:
    """SHA-1 under the policy *modern*."""
    named = parts(logout(), algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1")
    return sent(signed(named, name="sha1"), parameters={"algorithms": "modern"})


CHANGES: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "another-user": lambda named: {**named, "SAMLResponse": _percent(deflated(answer(ADMIN)))},
    "another-state": lambda named: {**named, "RelayState": "other"},
    "state-removed": lambda named: {name: value for name, value in named.items() if name != "RelayState"},
    "state-emptied": lambda named: {**named, "RelayState": ""},
    "another-algorithm": lambda named: {**named, "SigAlg": _percent("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512")},
    "escaped-anew": lambda named: {
        name: _lower(value) if name == "SAMLResponse" else value.replace("%20", "+") for name, value in named.items()
    },
}


@refused(*INVALID, signature="invalid", cases=CHANGES)
def changed(change: Callable[[dict[str, str]], dict[str, str]]) -> Sent:
    """One signed parameter changed after signing."""
    named = parts(answer())
    return sent(f"{joined(change(named))}&Signature={_percent(_signature(joined(named)))}")


@refused(*INVALID, signature="invalid")
def state_added() -> Sent:
    """A RelayState added to a query that was signed without one."""
    named = parts(answer(), state=None)
    added = joined({"SAMLResponse": named["SAMLResponse"], "RelayState": "x", "SigAlg": named["SigAlg"]})
    return sent(f"{added}&Signature={_percent(_signature(joined(named)))}")


@refused(*INVALID, signature="invalid")
def signed_by_a_stranger() -> Sent:
    """Signed with the attacker's key."""
    return sent(signed(parts(answer()), key="other"))


@refused(
    *INVALID,
    signature="invalid",
    cases={"empty": "", "no-base64": "***", "cut": "AAAA", "zeros": base64.b64encode(bytes(256)).decode()},
)
def signature_value(value: str) -> Sent:
    """A Signature that is no value."""
    return sent(f"{joined(parts(answer()))}&Signature={_percent(value)}")


@refused(
    *INVALID,
    signature="invalid",
    cases={"message-last": ("RelayState", "SigAlg", "SAMLResponse"), "algorithm-first": ("SigAlg", "SAMLResponse", "RelayState")},
)
def signed_in_another_order(*order: str) -> Sent:
    """Signed over the parameters in another order than the binding says."""
    named = parts(answer())
    other = "&".join(f"{name}={named[name]}" for name in order)
    return sent(f"{joined(named)}&Signature={_percent(_signature(other))}")


@refused("structure/namespaces", cases={"relative": "relative", "fragment": "#x"})
def relative_namespace_in_a_signed_query(uri: str) -> Sent:
    """A relative namespace in a message whose signature is outside it, so that no canonicalisation ever fails on it."""
    return sent(signed(parts(answer().replace("<samlp:Status>", f'<samlp:Status xmlns:r="{uri}">', 1))))


@refused("signatures/unsigned", signature="absent")
def unsigned_query() -> Sent:
    """No signature at all."""
    return sent(joined({name: value for name, value in parts(answer()).items() if name != "SigAlg"}))


BOMB = b"<samlp:LogoutRequest>" + b" " * (12 << 20)


@refused("input/inflate-bomb", acceptance="unreadable", signature="unread")
def bomb() -> Sent:
    """DEFLATE that grows a thousandfold (gosaml2 CVE-2023-26483): the size is bounded while inflating, not after."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    octets = machine.compress(BOMB) + machine.flush()
    return sent(f"SAMLRequest={_percent(base64.b64encode(octets).decode())}")


@refused(
    "input/url-without-saml",
    "input/truncated",
    acceptance="unreadable",
    signature="unread",
    cases={"cut": lambda o: o[: len(o) // 2], "damaged": lambda o: o[:10] + b"\xff\xff\xff" + o[13:]},
)
def deflate(damage: Callable[[bytes], bytes]) -> Sent:
    """DEFLATE that was cut or damaged."""
    octets = damage(base64.b64decode(deflated(logout())))
    return sent(f"SAMLRequest={_percent(base64.b64encode(octets).decode())}")


@refused(
    "structure/reference-elsewhere", "structure/signature-wrapping", "structure/assertion-out-of-place", signature="not-covering"
)
def signed_assertion_in_an_unsigned_request() -> Sent:
    """A signed assertion in the Extensions of an unsigned LogoutRequest is no signature of the request (samlify 634)."""
    inside = f"<samlp:Extensions>{assertion_of(genuine('assertion'))}</samlp:Extensions>"
    return posted_request(logout(ADMIN).replace("<saml:NameID>", f"{inside}<saml:NameID>", 1))


def posted_request(xml: str | bytes) -> Sent:
    """Return a LogoutRequest over the POST binding."""
    octets = xml.encode() if isinstance(xml, str) else xml
    return Sent(urlencode({"SAMLRequest": base64.b64encode(octets).decode()}).encode(), (idp().certificate_pem,))


@accepted()
def enveloped_logout_request() -> Sent:
    """A LogoutRequest over POST with an enveloped signature."""
    return posted_request(sign(placed(logout(), template("#_logout"), on="LogoutRequest"), idp()))


ENCODINGS: dict[str, Encode] = {
    "upper-case": _percent,
    "lower-case": _lower,
    "plus-for-blanks": quote_plus,
    "more-left-plain": lambda text: quote(text, safe="~()*!.'-_/:"),
    "everything-escaped": lambda text: "".join(f"%{octet:02X}" for octet in text.encode()),
}


@accepted(cases=combined(ENCODINGS, {"with-state": STATE, "with-empty-state": "", "without-state": None}))
def escaped(encode: Encode, state: str | None) -> Sent:
    """Each way of percent-encoding that senders have, over the octets as received (bindings 3.4.4.1)."""
    return sent(signed(parts(logout(), state, encode=encode), encode))


@accepted(cases={"in-front": True, "behind": False})
def parameters_of_others(before: bool) -> Sent:
    """Parameters that are none of SAML's, before or behind."""
    query = signed(parts(logout()))
    return sent(f"tenant=1&{query}" if before else f"{query}&tenant=1")


@accepted()
def delivered_in_another_order() -> Sent:
    """The parameters delivered in another order than they are signed in: the signed octets are joined in the binding's order."""
    named = parts(logout())
    query = signed(named).split("&")
    return sent("&".join(reversed(query)))


@accepted(
    cases={
        "sha1": ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "sha1"),
        "sha384": ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "sha384"),
        "sha512": ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "sha512"),
    }
)
def hashes(uri: str, name: str) -> Sent:
    """RSA over other hashes."""
    return sent(signed(parts(logout(), algorithm=uri), name=name))
