"""``make bench-data``: a synthetic aggregate of a federation, the same for the same seed but for serial numbers of certificates.

Sizes and parts of the entities follow what inter-federations publish: two thirds service providers, certificates of 2 KB,
texts in several languages, logos, entity categories, registration, contacts. One entity in twenty has a fault.
"""

from __future__ import annotations

import base64
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from samlcheck.forge import make_keys

DATA = Path(__file__).parent / "data"
ENTITIES = 10_000
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"
    xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui" xmlns:mdrpi="urn:oasis:names:tc:SAML:metadata:rpi"
    xmlns:mdattr="urn:oasis:names:tc:SAML:metadata:attribute" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
    xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" xmlns:remd="http://refeds.org/metadata"
    xmlns:idpdisc="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol" Name="https://federation.example/"
    ID="_20260504T100000Z" validUntil="2030-05-14T10:00:00Z" cacheDuration="PT6H">
"""
_LANGUAGES = ("en", "de", "fr", "nl", "sv", "es")
_WORDS = (
    "library", "research", "archive", "campus", "service", "portal", "journal", "laboratory", "catalogue", "collection", "virtual",
    "network", "computing", "storage", "university", "institute", "academy", "faculty", "learning", "platform", "mobility",
    "conference", "publication", "science", "data", "cloud", "national", "open",
)  # fmt: skip
_ATTRIBUTES = (
    ("urn:oid:0.9.2342.19200300.100.1.3", "mail"), ("urn:oid:2.16.840.1.113730.3.1.241", "displayName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "eduPersonPrincipalName"),
    ("urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "eduPersonScopedAffiliation"),
    ("urn:oid:2.5.4.4", "sn"), ("urn:oid:2.5.4.42", "givenName"),
)  # fmt: skip
_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"


def write(path: Path, entities: int = ENTITIES, seed: int = 1) -> Path:
    """Write the aggregate and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(aggregate(entities, seed))
    return path


def aggregate(entities: int = ENTITIES, seed: int = 1) -> Iterator[str]:
    """Yield the aggregate, an entity at a time."""
    maker = _Maker(random.Random(seed))
    yield _HEAD
    for number in range(entities):
        yield maker.entity(number)
    yield "</md:EntitiesDescriptor>\n"


class _Maker:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        keys = make_keys("federation.example")
        self.der = base64.b64decode(keys.certificate_base64)
        modulus = keys.private.public_key().public_numbers().n.to_bytes(256, "big")
        self.modulus = self.der.index(modulus)

    def certificate(self) -> str:
        """Return a certificate with a modulus of its own: nothing in metadata looks into its arithmetic."""
        octets = bytearray(self.der)
        octets[self.modulus : self.modulus + 256] = bytes([0xC1]) + self.dice.randbytes(254) + b"\x0b"
        octets[-256:] = self.dice.randbytes(256)
        text = base64.b64encode(bytes(octets)).decode()
        return "\n".join(text[at : at + 76] for at in range(0, len(text), 76))

    def words(self, count: int) -> str:
        return " ".join(self.dice.choice(_WORDS) for _ in range(count))

    def entity(self, number: int) -> str:
        is_idp = self.dice.random() < 0.36
        host = f"{'idp' if is_idp else 'sp'}{number}.{self.dice.choice(_WORDS)}.example"
        fault = self.dice.choice(("http", "expired", "language", "scope")) if self.dice.random() < 0.05 else ""
        entity_id = f"https://{host}/{'idp/shibboleth' if is_idp else 'shibboleth'}"
        role = self.idp(host, fault) if is_idp else self.sp(host, fault)
        registrar = f"https://federation{number % 70}.example"
        registered = f"20{10 + number % 15}-03-0{1 + number % 9}T08:30:00Z"
        return (
            f'  <md:EntityDescriptor entityID="{entity_id}">\n    <md:Extensions>\n'
            f'      <mdrpi:RegistrationInfo registrationAuthority="{registrar}/" registrationInstant="{registered}">\n'
            f'        <mdrpi:RegistrationPolicy xml:lang="en">{registrar}/policy</mdrpi:RegistrationPolicy>\n'
            f"      </mdrpi:RegistrationInfo>\n{self.categories(is_idp)}    </md:Extensions>\n"
            f"{role}{self.organization(host, fault)}  </md:EntityDescriptor>\n"
        )

    def categories(self, is_idp: bool) -> str:
        name = "http://macedir.org/entity-category" + ("-support" if is_idp else "")
        values = self.dice.sample(
            (
                "http://refeds.org/category/research-and-scholarship",
                "https://refeds.org/category/code-of-conduct/v2",
                "http://www.geant.net/uri/dataprotection-code-of-conduct/v1",
                "https://refeds.org/category/personalized",
            ),
            self.dice.randint(1, 3),
        )
        body = "".join(f"            <saml:AttributeValue>{value}</saml:AttributeValue>\n" for value in values)
        assurance = (
            f'          <saml:Attribute Name="urn:oasis:names:tc:SAML:attribute:assurance-certification" NameFormat="{_URI}">\n'
            "            <saml:AttributeValue>https://refeds.org/sirtfi</saml:AttributeValue>\n          </saml:Attribute>\n"
        )
        return (
            f'      <mdattr:EntityAttributes>\n          <saml:Attribute Name="{name}" NameFormat="{_URI}">\n{body}'
            f"          </saml:Attribute>\n{assurance}      </mdattr:EntityAttributes>\n"
        )

    def ui(self, host: str, *, privacy: bool) -> str:
        languages = self.dice.sample(_LANGUAGES, self.dice.randint(2, 4))
        if "en" not in languages:
            languages[0] = "en"
        parts = [f'<mdui:DisplayName xml:lang="{one}">{self.words(3).title()}</mdui:DisplayName>' for one in languages]
        parts += [f'<mdui:Description xml:lang="{one}">{self.words(24).capitalize()}.</mdui:Description>' for one in languages]
        parts += [f'<mdui:InformationURL xml:lang="{one}">https://{host}/{one}/about</mdui:InformationURL>' for one in languages]
        if privacy:
            parts += [
                f'<mdui:PrivacyStatementURL xml:lang="{one}">https://{host}/{one}/privacy</mdui:PrivacyStatementURL>'
                for one in languages
            ]
        parts.append(f'<mdui:Logo height="60" width="120">https://{host}/logo.png</mdui:Logo>')
        parts.append(f'<mdui:Logo height="16" width="16">https://{host}/icon.png</mdui:Logo>')
        return "        <mdui:UIInfo>\n" + "".join(f"          {part}\n" for part in parts) + "        </mdui:UIInfo>\n"

    def key(self, use: str, certificate: str) -> str:
        attribute = f' use="{use}"' if use else ""
        return (
            f"      <md:KeyDescriptor{attribute}>\n        <ds:KeyInfo>\n          <ds:X509Data>\n"
            f"            <ds:X509Certificate>\n{certificate}\n</ds:X509Certificate>\n"
            "          </ds:X509Data>\n        </ds:KeyInfo>\n      </md:KeyDescriptor>\n"
        )

    def idp(self, host: str, fault: str) -> str:
        scope = host.partition(".")[2]
        scheme = "http" if fault == "http" else "https"
        ui, signing, encryption = self.ui(host, privacy=True), self.certificate(), self.certificate()
        endpoints = "".join(
            f'      <md:SingleSignOnService Binding="{_BINDING}{name}" Location="{scheme}://{host}/idp/profile/SAML2/{name}/SSO"/>\n'
            for name in ("HTTP-Redirect", "HTTP-POST", "HTTP-POST-SimpleSign")
        )
        logout = f'      <md:SingleLogoutService Binding="{_BINDING}HTTP-Redirect" Location="https://{host}/idp/profile/SLO"/>\n'
        return (
            f'    <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"'
            f' errorURL="https://{host}/error">\n      <md:Extensions>\n'
            f'        <shibmd:Scope regexp="{"TRUE" if fault == "scope" else "false"}">{scope}</shibmd:Scope>\n{ui}'
            f"      </md:Extensions>\n{self.key('signing', signing)}{self.key('encryption', encryption)}{logout}"
            "      <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>\n"
            f"      <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>\n{endpoints}"
            "    </md:IDPSSODescriptor>\n"
        )

    def sp(self, host: str, fault: str) -> str:
        certificate = self.certificate()
        scheme = "http" if fault == "http" else "https"
        requested = "".join(
            f'        <md:RequestedAttribute Name="{name}" NameFormat="{_URI}" FriendlyName="{friendly}" isRequired="true"/>\n'
            for name, friendly in self.dice.sample(_ATTRIBUTES, 5)
        )
        consumers = "".join(
            f'      <md:AssertionConsumerService Binding="{_BINDING}{name}" Location="{scheme}://{host}/Shibboleth.sso/SAML2/{name}"'
            f' index="{index}"/>\n'
            for index, name in enumerate(("HTTP-POST", "HTTP-POST-SimpleSign", "HTTP-Artifact", "PAOS"), 1)
            if name != "PAOS"
        )
        logout = "".join(
            f'      <md:SingleLogoutService Binding="{_BINDING}{name}" Location="https://{host}/Shibboleth.sso/SLO/{name}"/>\n'
            for name in ("SOAP", "HTTP-Redirect", "HTTP-POST")
        )
        return (
            '    <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true"'
            f' WantAssertionsSigned="true">\n      <md:Extensions>\n{self.ui(host, privacy=True)}'
            '        <idpdisc:DiscoveryResponse Binding="urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol"'
            f' Location="https://{host}/Shibboleth.sso/Login" index="1"/>\n      </md:Extensions>\n'
            f"{self.key('signing', certificate)}{self.key('encryption', certificate)}{logout}"
            f"      <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>\n{consumers}"
            f'      <md:AttributeConsumingService index="1">\n        <md:ServiceName xml:lang="en">{self.words(3).title()}'
            f"</md:ServiceName>\n{requested}      </md:AttributeConsumingService>\n    </md:SPSSODescriptor>\n"
        )

    def organization(self, host: str, fault: str) -> str:
        language = "" if fault == "language" else ' xml:lang="en"'
        name = escape(self.words(3).title())
        contacts = "".join(
            f'    <md:ContactPerson contactType="{kind}"{more}>\n      <md:GivenName>{given}</md:GivenName>\n'
            f"      <md:EmailAddress>mailto:{kind}@{host}</md:EmailAddress>\n    </md:ContactPerson>\n"
            for kind, more, given in (
                ("technical", "", "Operations"),
                ("support", "", "Service Desk"),
                ("administrative", "", "Administration"),
                ("other", ' remd:contactType="http://refeds.org/metadata/contactType/security"', "Security Team"),
            )
        )
        return (
            f"    <md:Organization>\n      <md:OrganizationName{language}>{name}</md:OrganizationName>\n"
            f'      <md:OrganizationDisplayName xml:lang="en">{name}</md:OrganizationDisplayName>\n'
            f'      <md:OrganizationURL xml:lang="en">https://{host}/</md:OrganizationURL>\n    </md:Organization>\n{contacts}'
        )


def signed() -> tuple[Path, Path]:
    """Return the aggregate with a signature over its root, and the certificate of the key; made when they are not there."""
    target, certificate = DATA / f"aggregate-{ENTITIES}-signed.xml", DATA / f"aggregate-{ENTITIES}-signed.pem"
    if not target.exists() or not certificate.exists():
        path()  # in a process of its own: what it takes to sign would count as memory of every process begun later
        subprocess.run([sys.executable, "-m", "bench.aggregate", "sign"], check=True)
    return target, certificate


def _sign(plain: Path, target: Path, certificate: Path) -> None:
    import xmlsec
    from lxml import etree

    keys = make_keys("federation.example")
    root = etree.parse(plain, etree.XMLParser(huge_tree=True)).getroot()
    transform = xmlsec.Transform
    signature = xmlsec.template.create(root, transform.EXCL_C14N, transform.RSA_SHA256, ns="ds")
    reference = xmlsec.template.add_reference(signature, transform.SHA256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, transform.ENVELOPED)
    xmlsec.template.add_transform(reference, transform.EXCL_C14N)
    root.insert(0, signature)
    context = xmlsec.SignatureContext()
    context.register_id(root, id_attr="ID")
    context.key = xmlsec.Key.from_memory(keys.private_pem, xmlsec.KeyFormat.PEM)
    context.sign(signature)
    target.write_bytes(etree.tostring(root))
    certificate.write_bytes(keys.certificate_pem)


def path() -> Path:
    """Return where the aggregate of the benchmark lies; it is made when it is not there."""
    target = DATA / f"aggregate-{ENTITIES}.xml"
    return target if target.exists() else write(target)


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    made = path() if sys.argv[1:] == ["sign"] else write(DATA / f"aggregate-{ENTITIES}.xml")
    sys.stdout.write(f"{made}: {made.stat().st_size / 1e6:.0f} MB, {ENTITIES} entities\n")
    _sign(made, *(DATA / f"aggregate-{ENTITIES}-signed.{kind}" for kind in ("xml", "pem")))
