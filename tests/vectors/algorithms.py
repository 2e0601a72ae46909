"""Algorithms by name: a list of those that count, and none by default (SECURITY 1c; libxmlsec takes nearly all)."""

from __future__ import annotations

from samlcheck.forge.keys import keys_for_this_run
from samlcheck.xmldoc.names import DS, XENC
from tests.trust.signing import RSA_SHA256, SHA256, template
from tests.vectors.making import ASSERTION, RESPONSE, SIGNED, genuine, posted, signature_of, signed_by_hand
from tests.vectors.vector import Sent, accepted, combined, refused

MORE, MORE07 = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2007/05/xmldsig-more#"
REFUSED = "algorithms/refused"
MODERN = {"algorithms": "modern"}
ON = {"on-the-response": ("Response", RESPONSE), "on-the-assertion": ("Assertion", ASSERTION)}
OF = {"of-the-response": "response", "of-the-assertion": "assertion"}

SIGNATURES = {"rsa-md5": f"{MORE}rsa-md5", "rsa-ripemd160": f"{MORE}rsa-ripemd160"}
DIGESTS = {"md5": f"{MORE}md5", "ripemd160": f"{XENC}ripemd160"}


@refused(REFUSED, signature="refused", cases=combined(SIGNATURES, ON))
def genuine_signature_by(uri: str, on: tuple[str, str]) -> Sent:
    """A genuine signature over a broken hash: xmlsec takes it by default."""
    return posted(signed_by_hand(template(f"#{on[1]}", method=uri), on=on[0]))


@refused(REFUSED, signature="refused", cases=combined(DIGESTS, ON))
def genuine_digest_by(uri: str, on: tuple[str, str]) -> Sent:
    """A genuine signature whose digest is by a broken hash."""
    return posted(signed_by_hand(template(f"#{on[1]}", digest=uri), on=on[0]))


NAMES = {
    "unknown": "urn:example:none",
    "empty": "",
    "other-case": RSA_SHA256.replace("rsa", "RSA"),
    "none": f"{DS}none",
    "digest-as-method": SHA256,
    "ed25519-unlisted": "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
    "xmldsig-of-2009": "http://www.w3.org/2009/xmldsig11#rsa-sha256",
}


@refused(REFUSED, signature="refused", cases=combined(NAMES, OF))
def signature_renamed(uri: str, signed: str) -> Sent:
    """A SignatureMethod that no list holds; nothing steps in for it."""
    xml = genuine(signed)
    return posted(
        xml.replace(
            signature_of(xml),
            signature_of(xml).replace(f'SignatureMethod Algorithm="{RSA_SHA256}"', f'SignatureMethod Algorithm="{uri}"'),
        )
    )


@refused(
    REFUSED,
    signature="refused",
    cases=combined(
        {name: uri for name, uri in NAMES.items() if name in ("unknown", "empty")} | {"method-as-digest": RSA_SHA256}, OF
    ),
)
def digest_renamed(uri: str, signed: str) -> Sent:
    """A DigestMethod that no list holds."""
    xml = genuine(signed)
    return posted(
        xml.replace(
            signature_of(xml), signature_of(xml).replace(f'DigestMethod Algorithm="{SHA256}"', f'DigestMethod Algorithm="{uri}"')
        )
    )


@refused(REFUSED, "algorithms/sha1-refused", signature="refused", cases=SIGNED)
def sha1_under_modern(signed: str) -> Sent:
    """SHA-1 in the signature, under the policy *modern*."""
    return posted(genuine(signed, signature__algorithm="sha1"), parameters=MODERN)


@refused(REFUSED, "algorithms/sha1-digest-refused", signature="refused", cases=SIGNED)
def sha1_digest_under_modern(signed: str) -> Sent:
    """SHA-1 in the digest alone, under the policy *modern*."""
    return posted(genuine(signed, signature__digest_algorithm="sha1"), parameters=MODERN)


@refused(REFUSED, signature="refused", cases={"signature": "SignatureMethod", "digest": "DigestMethod"})
def with_parameters(part: str) -> Sent:
    """An algorithm with parameters that it does not have."""
    xml = genuine("assertion")
    uri = RSA_SHA256 if part == "SignatureMethod" else SHA256
    changed = signature_of(xml).replace(
        f'{part} Algorithm="{uri}"/>', f'{part} Algorithm="{uri}"><x xmlns="urn:example:x"/></ds:{part}>'
    )
    return posted(xml.replace(signature_of(xml), changed))


@refused(
    "signatures/signed-info-altered",
    "signatures/other-key",
    "signatures/digest-and-signature-changed",
    signature="invalid",
    cases=combined(
        {
            "ecdsa": f"{MORE}ecdsa-sha256",
            "dsa": "http://www.w3.org/2009/xmldsig11#dsa-sha256",
            "pss": f"{MORE07}sha256-rsa-MGF1",
            "sha512": f"{MORE}rsa-sha512",
        },
        OF,
    ),
)
def of_another_family(uri: str, signed: str) -> Sent:
    """The name of a listed algorithm that the key or the value is not of."""
    xml = genuine(signed)
    return posted(
        xml.replace(
            signature_of(xml),
            signature_of(xml).replace(f'SignatureMethod Algorithm="{RSA_SHA256}"', f'SignatureMethod Algorithm="{uri}"'),
        )
    )


@accepted(cases=combined({name: name for name in ("sha224", "sha256", "sha384", "sha512")}, SIGNED))
def rsa(name: str, signed: str) -> Sent:
    """RSA over each hash of the SHA-2 family."""
    return posted(genuine(signed, signature__algorithm=name))


@accepted(cases=combined({name: name for name in ("sha224", "sha384", "sha512")}, SIGNED))
def digest(name: str, signed: str) -> Sent:
    """Each hash of the SHA-2 family as the digest."""
    return posted(genuine(signed, signature__digest_algorithm=name))


@accepted("algorithms/sha1", cases=SIGNED)
def sha1_under_legacy(signed: str) -> Sent:
    """SHA-1 under the policy *legacy*: taken, with a warning of concern security."""
    return posted(genuine(signed, signature__algorithm="sha1"))


@accepted("algorithms/sha1-digest", cases=SIGNED)
def sha1_digest_under_legacy(signed: str) -> Sent:
    """SHA-1 in the digest alone, under the policy *legacy*."""
    return posted(genuine(signed, signature__digest_algorithm="sha1"))


@accepted(cases=combined({name: name for name in ("sha224", "sha256", "sha384", "sha512")}, ON))
def pss(name: str, on: tuple[str, str]) -> Sent:
    """RSASSA-PSS over each hash of the SHA-2 family."""
    return posted(signed_by_hand(template(f"#{on[1]}", method=f"{MORE07}{name}-rsa-MGF1"), on=on[0]))


@accepted(cases=combined({name: name for name in ("sha224", "sha256", "sha384", "sha512")}, SIGNED))
def ecdsa(name: str, signed: str) -> Sent:
    """ECDSA on P-256 over each hash of the SHA-2 family."""
    return posted(genuine(signed, key="ec", signature__algorithm=name), keys_for_this_run("ec"))


@accepted(cases=SIGNED)
def modern(signed: str) -> Sent:
    """What everybody sends today, under the policy *modern*."""
    return posted(genuine(signed), parameters=MODERN)
