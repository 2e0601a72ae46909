"""Whose key counts: the one that was pinned, never one that the message brings along.

KeyInfo is a hint to print (pysaml2 CVE-2021-21239, xml-crypto CVE-2024-32962, samlify GHSA-w8r9-gp23-wcxp).
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache

from samlcheck.forge import Keys, edit, healthy, idp_metadata, make_keys
from samlcheck.forge.keys import keys_for_this_run
from tests.trust.signing import template
from tests.vectors.making import (
    ASSERTION,
    RESPONSE,
    SIGNED,
    genuine,
    idp,
    message,
    posted,
    signed_by_hand,
    stranger,
)
from tests.vectors.vector import Sent, accepted, combined, refused

STRANGE = ("signatures/key-rotated", "signatures/other-key")
KINDS = {"certificate": "signer", "no-key-info": "none", "the-trusted-certificate": "trusted"}
X509 = "<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>"


@refused(*STRANGE, "signatures/signed-info-altered", signature="invalid", cases=combined(KINDS, SIGNED))
def signed_by_a_stranger(embed: str, signed: str) -> Sent:
    """A message signed with the attacker's key; the certificate in it is the attacker's own, none, or the trusted one."""
    return posted(message(edit(healthy(), {"sign": signed, "key": "other", "embed": embed})))


@cache
def key_value(keys: Keys) -> str:
    """Return the ds:KeyValue of an RSA key (XML Signature 4.5.2)."""
    numbers = keys.certificate.public_key().public_numbers()  # type: ignore[union-attr]
    modulus, exponent = (
        base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode()
        for number in (numbers.n, numbers.e)  # type: ignore[union-attr]
    )
    inside = f"<ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent>"
    return f"<ds:KeyValue><ds:RSAKeyValue>{inside}</ds:RSAKeyValue></ds:KeyValue>"


INFOS = {
    "key-value": lambda: key_value(stranger()),
    "certificate-and-key-value": lambda: X509.format(stranger().certificate_base64) + key_value(stranger()),
    "trusted-certificate-first": lambda: X509.format(idp().certificate_base64) + X509.format(stranger().certificate_base64),
    "key-name-of-the-provider": lambda: "<ds:KeyName>idp.example</ds:KeyName>",
    "retrieval-from-a-file": lambda: '<ds:RetrievalMethod URI="file:///etc/hostname"/>',
    "retrieval-from-a-url": lambda: '<ds:RetrievalMethod URI="http://127.0.0.1:9/key"/>',
    "not-a-certificate": lambda: X509.format("AAAA"),
}
ON = {"on-the-response": ("Response", RESPONSE), "on-the-assertion": ("Assertion", ASSERTION)}


@refused(*STRANGE, signature="invalid", cases=combined(INFOS, ON))
def key_info(info, on: tuple[str, str]) -> Sent:  # type: ignore[no-untyped-def]
    """The attacker's signature with a KeyInfo that would lead a trusting verifier to the attacker's key."""
    signature = template(f"#{on[1]}", after=f"<ds:KeyInfo>{info()}</ds:KeyInfo>")
    return posted(signed_by_hand(signature, on=on[0], keys=stranger()))


@accepted(cases=combined(INFOS, ON))
def odd_key_info(info, on: tuple[str, str]) -> Sent:  # type: ignore[no-untyped-def]
    """The provider's signature with an odd KeyInfo, that of a stranger included: it is no input, only a hint."""
    signature = template(f"#{on[1]}", after=f"<ds:KeyInfo>{info()}</ds:KeyInfo>")
    return posted(signed_by_hand(signature, on=on[0]))


@accepted(cases=combined({"no-key-info": "none", "a-stranger's-certificate": "other"}, SIGNED))
def embedded(embed: str, signed: str) -> Sent:
    """No certificate in the message, or an old one: the pinned key verifies, and that is all that counts."""
    return posted(genuine(signed, embed=embed))


@refused(acceptance="cannot-tell", signature="unverifiable", cases=SIGNED)
def none_pinned(signed: str) -> Sent:
    """No key at all is pinned: the message's own certificate does not step in (CVE-2026-28323)."""
    return posted(genuine(signed), pinned=())


@refused(acceptance="cannot-tell", signature="unverifiable", cases=SIGNED)
def none_pinned_and_a_stranger(signed: str) -> Sent:
    """The same with the attacker's signature: it looks just as good, and just as unproven."""
    return posted(message(edit(healthy(), {"sign": signed, "key": "other"})), pinned=())


@refused("signatures/idp-metadata-without-key", signature="unverifiable", cases={"encryption": b"encryption", "nonsense": b"x"})
def key_for_encryption_only(use: bytes) -> Sent:
    """The only key in the metadata is not for signing: it verifies nothing."""
    return posted(genuine(), pinned=(idp_metadata(healthy(), (idp(),)).replace(b'use="signing"', b'use="' + use + b'"'),))


@refused(acceptance="cannot-tell", signature="unverifiable")
def key_of_another_entity() -> Sent:
    """Metadata of another provider, signed by that very key: its keys do not speak for this Issuer."""
    other = edit(healthy(), {"issuer": "https://other-idp.example"})
    return posted(
        genuine(),
        pinned=(_aggregate(idp_metadata(other, (idp(),)), idp_metadata(edit(other, {"issuer": "urn:third"}), (stranger(),))),),
    )


@refused(*STRANGE, signature="invalid")
def other_entity_of_the_aggregate() -> Sent:
    """An aggregate of two providers: what one signs is not said by the other."""
    other = edit(healthy(), {"issuer": "https://other-idp.example"})
    return posted(genuine(), pinned=(_aggregate(idp_metadata(healthy(), (stranger(),)), idp_metadata(other, (idp(),))),))


@refused(
    "algorithms/refused",
    signature="refused",
    cases=combined({"sha1": "hmac-sha1", "sha256": "hmac-sha256", "sha512": "hmac-sha512"}, SIGNED),
)
def hmac_with_the_public_certificate(algorithm: str, signed: str) -> Sent:
    """A keyed hash whose key everybody knows: the provider's certificate (xml-crypto GHSA-c27r-x354-4m68)."""
    return posted(genuine(signed, signature__algorithm=algorithm))


@refused(
    "algorithms/refused",
    "structure/signature-malformed",
    signature="refused",
    cases={"one-bit": "1", "eighty-bits": "80", "none": "0"},
)
def hmac_cut_short(bits: str) -> Sent:
    """A keyed hash of which only some bits count (CVE-2009-0217)."""
    xml = genuine("assertion", signature__algorithm="hmac-sha256")
    method = 'SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"'
    return posted(xml.replace(f"{method}/>", f"{method}><ds:HMACOutputLength>{bits}</ds:HMACOutputLength></ds:SignatureMethod>"))


@refused("algorithms/weak-key", signature="valid", cases=SIGNED)
def short_key(signed: str) -> Sent:
    """An RSA key of 1024 bits, pinned: within reach of attackers, and refused."""
    return posted(genuine(signed, key="weak"), keys_for_this_run("weak"))


@refused("algorithms/weak-key-refused", signature="refused", cases=SIGNED)
def short_key_under_modern(signed: str) -> Sent:
    """The same under the policy *modern*."""
    return posted(genuine(signed, key="weak"), keys_for_this_run("weak"), parameters={"algorithms": "modern"})


@cache
def _special(word: str) -> Keys:
    if word == "renewed":
        return make_keys(renew=idp(), not_before=datetime(2026, 1, 1, tzinfo=UTC))
    return {"next": make_keys, "large": lambda: make_keys(bits=3072)}[word]()


@accepted(cases={"first": True, "last": False})
def rollover(first: bool) -> Sent:
    """Two keys pinned while the provider changes them; either signs."""
    pinned = (idp(), _special("next")) if first else (_special("next"), idp())
    return posted(genuine(), *pinned)


@accepted()
def rollover_done() -> Sent:
    """The next key signs already, and both are pinned."""
    return posted(message(edit(healthy(), {"sign": "both"}), _special("next")), idp(), _special("next"))


@accepted(cases={"new-certificate-pinned": "renewed"})
def renewed_with_the_same_key(word: str) -> Sent:
    """The certificate was renewed over the same key: the key is what is pinned (metadata interoperability 2.6.1)."""
    return posted(genuine(), _special(word))


@accepted("signatures/certificate-expired", cases=SIGNED)
def expired_certificate(signed: str) -> Sent:
    """A pinned certificate that has run out: told, and no reason to reject (metadata interoperability profile 2.6.1)."""
    return posted(genuine(signed, key="expired"), keys_for_this_run("expired"))


@accepted("signatures/certificate-not-yet-valid")
def certificate_of_the_future() -> Sent:
    """A pinned certificate that is not valid yet."""
    return posted(genuine(key="future"), keys_for_this_run("future"))


@accepted(cases={"metadata": "metadata", "der": "der", "bare-base64": "base64", "public-key": "public"})
def pinned_as(form: str) -> Sent:
    """The key given in each of the forms it comes in."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = idp().certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files = {
        "metadata": idp_metadata(healthy(), (idp(),)),
        "der": idp().certificate_der,
        "base64": idp().certificate_base64.encode(),
        "public": public,
    }
    return posted(genuine(), pinned=(files[form],))


@accepted()
def metadata_key_without_use() -> Sent:
    """A KeyDescriptor without use is for both (metadata 2.4.1.1; Keycloak, CVE-2026-16443, took it for none)."""
    return posted(genuine(), pinned=(idp_metadata(healthy(), (idp(),)).replace(b' use="signing"', b""),))


@accepted()
def chosen_from_an_aggregate() -> Sent:
    """An aggregate of two providers: the Issuer's own key is taken."""
    other = edit(healthy(), {"issuer": "https://other-idp.example"})
    return posted(genuine(), pinned=(_aggregate(idp_metadata(healthy(), (idp(),)), idp_metadata(other, (stranger(),))),))


def _aggregate(*documents: bytes) -> bytes:
    inside = b"".join(document.partition(b"?>")[2] for document in documents)
    return b'<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">' + inside + b"</md:EntitiesDescriptor>"
