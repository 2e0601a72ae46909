"""What is no secret: the words of standards and products, and those that the shipped rules themselves look for.

An allow-list (SECURITY T11): a word that is not on it is replaced wherever it stands, whatever it means there. So equal
words stay equal, in a host as in a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.compiled import plain
from samlcheck.redact.words import listing

_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\[a-zA-Z]|\(\?[a-z]+\)|\(\?P<\w+>|\{[0-9,]+\}|\[[^\]]*\]")
_NUMBER = re.compile(r"[0-9]+|(?=[a-fA-F]*[0-9])[0-9a-fA-F]{6,}|[A-Z]{2}0[0-9a-f]{31}")
_COMPARED = listing(
    """
    match not_match equal one_of none_of contain not_contain start_with end_with host path scheme pattern names format url
    code
    """
)
"""Keys of packs whose values are compared with what a message says; texts for people are not among them."""

STANDARD = listing(
    """
    saml saml1 saml2 saml2p samlp samlds xmldsig xmlenc dsig ds md mdui mdattr mdrpi alg xs xsd xsi xml xmlns ec soap
    soapenv urn oasis names tc oid mace dir attribute def uri ietf params http https ftp mailto data cn dc ou dn protocol
    assertion metadata assertions bindings binding nameid cm bearer holder of key sender vouches ac classes status success
    requester responder versionmismatch authnfailed invalidattrnameorvalue invalidnameidpolicy noauthncontext noavailableidp
    nopassive nosupportedidp partiallogout proxycountexceeded requestdenied requestunsupported requestversiondeprecated
    requestversiontoohigh requestversiontoolow resourcenotrecognized toomanyresponses unknownattrprofile unknownprincipal
    unsupportedbinding unspecified emailaddress x509subjectname windowsdomainqualifiedname kerberos entity persistent
    transient encrypted password passwordprotectedtransport ppt x509 x509certificate certificate smartcard tlsclient mobile
    timesync timesynctoken federation authentication windows integrated internetprotocol previoussession post redirect
    simplesign artifact paos consent obtained prior implicit explicit unavailable inapplicable exact minimum maximum better
    true false yes no null none string integer boolean datetime anytype base64 anyuri basic format attrname attributes
    attrib claim claims identity claimtypes response request authnrequest samlresponse samlrequest samlart relaystate sigalg
    signature samlencoding aud sub iss edupersonorgdn namequalifier email mail name id issuer audience recipient destination
    target acs sso slo sls ars idp sp login logout signin signout signon auth authn authenticate idpinitiatedsignon
    sessiontimeout failure failed denied unauthorized unauthorised forbidden session sessions callback consume consumer
    service services discovery descriptor entityid realm realms realmid tenant tenants adfs ls ws wa wctx wreply wresult
    wtrealm wsfed trust 2005 portal app apps application applications api www web secure my start home index error errors
    console dashboard default endpoint url uid user users username upn sid module modules php aspx asp jsp html htm do svc
    simplesaml simplesamlphp saml2int shibboleth profile profiles shib js css png gif jpg jpeg svg ico woff woff2 ttf map
    sha1 sha224 sha256 sha384 sha512 md5 rsa dsa ecdsa hmac mgf1 aes128 aes192 aes256 cbc gcm tripledes oaep p mgf enveloped
    c14n exc c14n11 withcomments canonicalxml transform xslt xpath rec tr w3 org 2000 2001 2002 2006 2007 2009 2010 2011 com
    net edu gov mil int info biz example test invalid localhost local internal corp lan ad intra intranet localdomain
    private arpa onmicrosoft co eu account number role roles provider instance client region company organization
    organisation domain your change me replace redacted masked removed obfuscated scrubbed hidden admin agent supervisor
    group groups member members department location firstname lastname givenname surname displayname userprincipalname
    assignedroles appuser source amazon aws amazonaws amazoncognito awsapps govcloud iso eusc sts iam
    connect arn partition us ap ca sa af il mx east west north south central northeast southeast northwest southwest
    federate webservices ccp v1 v2 v3 assumerolewithsaml assumerole tagsession getfederationtoken setsourceidentity
    sourceidentity principaltag transitivetagkeys rolesessionname sessionduration statement effect allow deny principal
    federated action resource condition stringequals stringlike foranyvalue forallvalues version ins prefix microsoft
    microsoftonline windowsnet azure office office365 sharepoint entra okta oktapreview emea oktacdn onelogin ping
    pingidentity pingone pingfederate auth0 jumpcloud duo duosecurity google accounts gstatic keycloak twilio flex
    salesforce force slack zoom zendesk atlassian github gitlab bitbucket servicenow snowflake snowflakecomputing workday
    box dropbox webex cisco zscaler cloudflare accesscontrol sharedservices federatedsso signing adfssigning exk pfx mozilla
    applewebkit khtml gecko like chrome safari firefox edg edge opr linux x11 macintosh intel mac os android iphone ipad
    win64 x64 x86 wow64 nt rv trident msie electron headlesschrome fban fbav wv accountid accountnumber rolename
    providername samlprovidername instanceid clientid appid changeme replaceme yourdomain yourtenant yourcompany yourorg
    mydomain mytenant mycompany administrator administrators manager owner viewer editor operator guest 2017 2012 curl
    compressed raw binary urlencode header cookie set insecure get put accept encoding language content length type form
    urlencoded host referer origin upgrade requests sec fetch site mode dest xmlschema stylesheet href
    """
)
"""Words of SAML and its neighbours, of products whose names say nothing about who uses them, of browsers and generic domains."""


def words_of(catalogue: Catalogue) -> frozenset[str]:
    """Return the public words: those of standards, and those that shipped packs compare with."""
    found = {word for name in catalogue.names() for text in _compared(plain(catalogue.get(name)), "") for word in _words(text)}
    return STANDARD | found


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(_ESCAPE.sub(" ", text)):
        if len(word) > 1 and not _NUMBER.fullmatch(word):
            yield word.lower()


def _compared(data: Any, key: str) -> Iterator[str]:
    """Yield the texts of a pack that are compared with messages, without those that a symptom looks for on pages."""
    if isinstance(data, dict):
        is_symptom, is_source = "meaning" in data, "source" in data
        for name, value in data.items():
            if (is_symptom and name == "pattern") or (is_source and name == "url"):
                continue
            yield from _compared(value, key if name == "with_" else name)
    elif isinstance(data, list):
        for item in data:
            yield from _compared(item, key)
    elif isinstance(data, str) and key in _COMPARED:
        yield data
