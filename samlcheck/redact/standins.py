"""Stand-ins for keys and certificates: of the same kind and size, with the same dates, made anew and thrown away.

A key stands for one key, so that a certificate renewed with the same key, and metadata beside a message, go on fitting
together. What cannot be made (a key too short for the library) is only imitated; the copy's signatures by it then do not hold.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import warnings
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any

from samlcheck.frozen import dataclass
from samlcheck.redact.values import Values
from samlcheck.trust.certificates import CertificateError, decode_base64, load_certificate

if TYPE_CHECKING:
    from cryptography import x509

_SHORTEST = 1024
"""Bits of the shortest RSA key that the library makes."""
_RSA_OIDS = {name: bytes.fromhex(f"2a864886f70d0101{last}") for name, last in (("md5", "04"), ("sha1", "05"), ("sha256", "0b"))}
"""Signature algorithms by identifiers of one length (RFC 8017, appendix C), so that one can be put for another."""
_PEM = re.compile(r"(-----BEGIN [^-]{1,60}-----\s*)((?:[^-]|-(?!----))*?)(\s*-----END [^-]{1,60}-----)", re.DOTALL)


@dataclass(frozen=True)
class StandIns:
    """The stand-ins of one run, made when they are first asked for."""

    values: Values
    keys: dict[bytes, Any] = field(default_factory=dict, repr=False)
    """Private keys by the digest of the SubjectPublicKeyInfo they stand for."""
    certificates: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def text(self, written: str) -> str:
        """Return what a ds:X509Certificate is to hold instead, in the lines of what it held."""
        self.values.ledger.replaced("certificate", written.strip())
        if self.values.words is None:
            self._names(written)
            return written
        if "-----BEGIN" in written:
            return _PEM.sub(lambda found: found[1] + self.text(found[2]) + found[3], written)
        try:
            octets = decode_base64(written)
        except ValueError:
            return self._cut_off(written) if written.strip().startswith("MI") else self.values.text(written, "text")
        new = self.octets(octets)
        return like(written, base64.b64encode(new).decode()) if new else self.scrambled(written)

    def octets(self, der: bytes) -> bytes | None:
        """Return the DER of what stands in for a certificate or a key, or None where nothing can."""
        known = self.certificates.get(der)
        if known is None:
            made = self._certificate(der) or self._other(der)
            if made is None:
                self.values.ledger.note("a certificate or key of a kind that cannot be made anew was replaced by random octets")
                return None
            known = self.certificates[der] = made
        return known

    def private(self, spki: bytes) -> Any:
        """Return the private key that stands in for a public one; None where none can be made."""
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        digest = hashlib.sha256(spki).digest()
        if digest not in self.keys:
            self.keys[digest] = similar(load_der_public_key(spki))
        return self.keys[digest]

    def modulus(self, modulus: str, exponent: str) -> str:
        """Return the modulus of the key that stands in for an RSA key."""
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        self.values.ledger.replaced("key", modulus.strip())
        if self.values.words is None:
            return modulus
        try:
            numbers = rsa.RSAPublicNumbers(*(int.from_bytes(decode_base64(part), "big") for part in (exponent, modulus)))
            spki = numbers.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except ValueError:
            return self.scrambled(modulus)
        private = self.private(spki)
        if private is None:
            return self.scrambled(modulus)
        number = private.public_key().public_numbers().n
        return like(modulus, base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode())

    def scrambled(self, written: str) -> str:
        """Return other base64 of the same length for base64 that means nothing to readers."""
        self.values.ledger.replaced("key", written.strip())
        if self.values.words is None:
            return written
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
        stream = b""
        for block in range(len(written) // 32 + 1):
            stream += hmac.digest(self.values.words.key, f"{block} {written}".encode("utf-8", "surrogatepass"), "sha256")
        return "".join(alphabet[stream[at] % 62] if letter.isalnum() else letter for at, letter in enumerate(written))

    def _cut_off(self, written: str) -> str:
        """Return the beginning of a stand-in for what may be the beginning of a certificate."""
        beginning = "".join(written.split())[:24]
        new = base64.b64encode(_self_signed("cut-off")).decode()
        kept = beginning[:8] if re.fullmatch("MII[A-Za-z0-9+/]{5}", beginning[:8]) else "MII"
        return like(written, (kept + new[8:] + self.scrambled("A" * len(written)))[: len("".join(written.split()))])

    def _names(self, written: str) -> None:
        """Collect the words of a certificate's names."""
        try:
            certificate = load_certificate(decode_base64(re.sub("-+[A-Z 0-9]+-+", "", written)))
            for name in (certificate.subject, certificate.issuer):
                _renamed(name, self.values)
        except (CertificateError, ValueError):
            return

    def _certificate(self, der: bytes) -> bytes | None:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        try:
            old = load_certificate(der)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                spki = old.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
                private = self.private(spki)
                public = private.public_key() if private is not None else _imitated(old.public_key())
                return _issued(old, private, public, self.values)
        except Exception:  # noqa: BLE001 - whatever the library cannot read or make has no stand-in
            return None

    def _other(self, der: bytes) -> bytes | None:
        """Return the stand-in for what people put in place of a certificate: a key, a request, two certificates."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives import serialization as s

        def bare() -> bytes:
            public = self._bare(s.load_der_public_key(der)).public_key()
            return bytes(public.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo))

        def key() -> bytes:
            public = self._bare(s.load_der_public_key(der)).public_key()
            return bytes(public.public_bytes(s.Encoding.DER, s.PublicFormat.SubjectPublicKeyInfo))

        def private_key() -> bytes:
            private = similar(s.load_der_private_key(der, None).public_key())
            return bytes(private.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption()))

        def request() -> bytes:
            old = x509.load_der_x509_csr(der)
            new = x509.CertificateSigningRequestBuilder().subject_name(_renamed(old.subject, self.values))
            return new.sign(similar(old.public_key()), hashes.SHA256()).public_bytes(s.Encoding.DER)

        def chain() -> bytes:
            return b"".join(self._certificate(part) or b"" for part in _several(der))

        readers: tuple[Callable[[], bytes], ...] = (key, private_key, request, chain)
        for read in readers:
            try:
                made = read()
            except Exception:  # noqa: BLE001, S112 - the next reader may know it
                continue
            if made:
                return made
        return None

    def _bare(self, public: Any) -> Any:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        return self.private(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def like(old: str, new: str) -> str:
    """Return base64 laid out in lines as other base64 was; blanks between its characters stand for plus signs."""
    stripped = old.strip()
    lead, tail = old[: len(old) - len(old.lstrip())], old[len(old.rstrip()) :]
    lines = re.split(r"(\s*\n\s*)", stripped)
    if len(lines) > 1:
        width, line_break = len(lines[0]), lines[1]
        new = line_break.join(new[at : at + width] for at in range(0, len(new), width))
    elif " " in stripped:
        new = new.replace("+", " ")
    return lead + new + tail


def similar(public: Any) -> Any:
    """Return a new private key of the kind and size of a public one (of RSA 2048 for None); None if none can be made."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    if public is None:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if isinstance(public, rsa.RSAPublicKey):
        exponent = public.public_numbers().e
        if _SHORTEST <= public.key_size <= 8192:
            return rsa.generate_private_key(public_exponent=exponent if exponent in (3, 65537) else 65537, key_size=public.key_size)
        return None
    if isinstance(public, ec.EllipticCurvePublicKey):
        return ec.generate_private_key(public.curve)
    if isinstance(public, dsa.DSAPublicKey):
        return dsa.generate_private_key(public.key_size)
    return None


def _imitated(public: Any) -> Any:
    """Return a public key of the same size that belongs to no private key."""
    import secrets

    from cryptography.hazmat.primitives.asymmetric import rsa

    bits = public.key_size
    return rsa.RSAPublicNumbers(public.public_numbers().e, secrets.randbits(bits) | 1 << (bits - 1) | 1).public_key()


def _issued(old: x509.Certificate, private: Any, public: Any, values: Values) -> bytes:
    """Return a certificate with the dates, names (replaced) and the usual extensions of another."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding

    own = old.subject == old.issuer and private is not None
    signer: Any = private if own else similar(None)
    named = old.signature_hash_algorithm.name if old.signature_hash_algorithm else "sha256"
    digest = getattr(hashes, named.upper(), hashes.SHA256)() if named in ("sha256", "sha384", "sha512") else hashes.SHA256()
    built = (
        x509.CertificateBuilder()
        .subject_name(_renamed(old.subject, values))
        .issuer_name(_renamed(old.issuer, values))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    for kind in (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage):
        try:
            found = old.extensions.get_extension_for_class(kind)
        except (x509.ExtensionNotFound, ValueError):
            continue
        built = built.add_extension(found.value, critical=found.critical)
    der = built.sign(signer, digest).public_bytes(Encoding.DER)
    if isinstance(signer, rsa.RSAPrivateKey) and named in ("md5", "sha1"):
        der = der.replace(_RSA_OIDS["sha256"], _RSA_OIDS[named])
    return der


def _renamed(name: x509.Name, values: Values) -> x509.Name:
    """Return a distinguished name with its values replaced; the country stays."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def renamed(item: x509.NameAttribute[Any]) -> x509.NameAttribute[Any]:
        text = str(item.value)
        new = values.kept(text) if item.oid == NameOID.COUNTRY_NAME else values.text(text, "certificate name")
        return x509.NameAttribute(item.oid, new, item._type)

    return x509.Name([x509.RelativeDistinguishedName([renamed(item) for item in part]) for part in name.rdns])


def _self_signed(subject: str) -> bytes:
    from samlcheck.forge.keys import make_keys

    return make_keys(subject).certificate_der


def _several(der: bytes) -> list[bytes]:
    """Return the DER values that octets hold one behind the other, if there are at least two (X.690, 8.1.3)."""
    found, at = [], 0
    while at + 4 <= len(der) and der[at] == 0x30 and der[at + 1] == 0x82:
        end = at + 4 + int.from_bytes(der[at + 2 : at + 4], "big")
        found.append(der[at:end])
        at = end
    return found if len(found) > 1 else []
