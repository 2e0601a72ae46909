"""Detached signatures of the redirect binding: over the octets as received, and what was done to those that fail."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Sequence
from urllib.parse import quote, quote_plus, unquote_plus

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from samlcheck.capture.model import CapturedMessage, RedirectQuery
from samlcheck.forge import Keys, forge, healthy
from samlcheck.source import Artifact
from samlcheck.trust import redirect
from samlcheck.trust.establish import establish
from samlcheck.trust.facts import SignatureFact
from tests.trust.signing import pinned, read

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
STATE = "https://sp.example/start?a=1&b=ü"


def parameters(keys: Keys, *, encode=quote_plus, state: str | None = STATE, algorithm: str = RSA_SHA256) -> dict[str, str]:
    xml = forge(healthy(), keys).request_xml
    assert xml is not None
    deflater = zlib.compressobj(wbits=-15)
    message = base64.b64encode(deflater.compress(xml) + deflater.flush()).decode()
    named = {"SAMLRequest": message, **({} if state is None else {"RelayState": state}), "SigAlg": algorithm}
    return {name: encode(value) for name, value in named.items()}


def signed(
    keys: Keys, named: dict[str, str], order: Sequence[str] = (), hash_type: type[hashes.HashAlgorithm] = hashes.SHA256
) -> str:
    octets = "&".join(f"{name}={named[name]}" for name in order or named).encode()
    return quote_plus(base64.b64encode(keys.private.sign(octets, padding.PKCS1v15(), hash_type())).decode())  # type: ignore[call-arg,arg-type]


def query(named: dict[str, str], signature: str | None) -> str:
    return "&".join(
        f"{name}={value}" for name, value in {**named, **({} if signature is None else {"Signature": signature})}.items()
    )


def captured(raw: str, keys: Keys, duplicated: tuple[str, ...] = ()) -> CapturedMessage:
    xml = forge(healthy(), keys).request_xml
    assert xml is not None
    return CapturedMessage(
        Artifact("request", xml),
        (),
        "request",
        "redirect",
        "SAMLRequest",
        redirect=RedirectQuery(raw, "SAMLRequest", duplicated=duplicated),
    )


def judged(raw: str, *keys: Keys, policy: str = "legacy", duplicated: tuple[str, ...] = ()) -> SignatureFact:
    fact = redirect.judge(captured(raw, keys[0], duplicated), pinned(*keys).keys, policy)  # type: ignore[arg-type]
    assert fact is not None
    assert fact.element == "redirect query"
    return fact


def lower(text: str) -> str:
    """Return the text with its percent escapes in lower case."""
    return re.sub("%..", lambda found: found[0].lower(), text)


ENCODINGS = {
    "form style": quote_plus,
    "percent style": lambda text: quote(text, safe=""),
    "lower-case escapes, as ADFS and Entra write": lambda text: lower(quote_plus(text)),
    "little escaped": lambda text: quote(text, safe="/:?"),
}


@pytest.mark.parametrize("state", [None, "", STATE], ids=["without RelayState", "empty RelayState", "RelayState"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_octets_as_received_verify_whatever_their_escapes(idp_keys: Keys, encoding: str, state: str | None) -> None:
    named = parameters(idp_keys, encode=ENCODINGS[encoding], state=state)
    fact = judged(query(named, signed(idp_keys, named)), idp_keys)
    assert (fact.verdict, fact.reason) == ("valid", "ok"), fact.explanation.plain()
    assert fact.explanation.plain().startswith('The query is signed by "CN=idp.example"')


def test_order_in_the_url_does_not_matter(idp_keys: Keys) -> None:
    named = parameters(idp_keys)
    signature = signed(idp_keys, named)
    shuffled = query({"Signature": signature, "SigAlg": named["SigAlg"], "unrelated": "1", **named}, None)
    assert judged(shuffled, idp_keys).verdict == "valid"


def test_it_makes_the_message_trusted(idp_keys: Keys, other_keys: Keys) -> None:
    named = parameters(idp_keys)
    message = captured(query(named, signed(idp_keys, named)), idp_keys)
    anatomy = read(message.artifact.data)
    facts = establish(anatomy, pinned(idp_keys), captured=message)
    assert (facts.verdict, facts.reason) == ("trusted", "ok")
    assert facts.covers(anatomy.message)
    strangers = establish(anatomy, pinned(other_keys), captured=message)
    assert (strangers.verdict, strangers.reason) == ("untrusted", "signature-invalid")
    assert establish(anatomy, pinned(idp_keys)).reason == "unsigned"


def test_the_right_key_of_several(idp_keys: Keys, other_keys: Keys) -> None:
    named = parameters(idp_keys)
    fact = judged(query(named, signed(idp_keys, named)), other_keys, idp_keys)
    assert fact.key is not None
    assert fact.key.origin == "idp-2.pem"
    assert [tried.verifies for tried in fact.tried] == [False, True]


def test_unsigned(idp_keys: Keys) -> None:
    named = {name: value for name, value in parameters(idp_keys).items() if name != "SigAlg"}
    assert (judged(query(named, None), idp_keys).verdict, judged(query(named, None), idp_keys).reason) == ("absent", "no-signature")


def test_a_message_that_came_by_post_has_no_query(idp_keys: Keys) -> None:
    assert redirect.judge(CapturedMessage(Artifact("x", b"<x/>"), (), "request"), (), "legacy") is None


def test_no_key_given(idp_keys: Keys) -> None:
    named = parameters(idp_keys)
    fact = redirect.judge(captured(query(named, signed(idp_keys, named)), idp_keys), (), "legacy")
    assert fact is not None
    assert (fact.verdict, fact.reason) == ("unverifiable", "no-key-given")


def _in_another_order(keys: Keys) -> str:
    named = parameters(keys)
    return query(named, signed(keys, named, ("SigAlg", "RelayState", "SAMLRequest")))


def _escapes_in_lower_case(keys: Keys) -> str:
    named = parameters(keys)
    return query({name: lower(value) for name, value in named.items()}, signed(keys, named))


def _escaped_anew(keys: Keys) -> str:
    named = parameters(keys)
    return query({**named, "RelayState": quote(STATE, safe="/:?")}, signed(keys, named))


def _state_added(keys: Keys) -> str:
    named = parameters(keys)
    return query(named, signed(keys, named, ("SAMLRequest", "SigAlg")))


def _empty_state_dropped(keys: Keys) -> str:
    named = parameters(keys, state="")
    signature = signed(keys, named)
    return query({name: value for name, value in named.items() if name != "RelayState"}, signature)


def _changed_value(change: Callable[[str], str]) -> Callable[[Keys], str]:
    """Return a query whose message's base64 was changed after signing."""

    def make(keys: Keys) -> str:
        named = parameters(keys)
        return query({**named, "SAMLRequest": quote_plus(change(unquote_plus(named["SAMLRequest"])))}, signed(keys, named))

    return make


def _wrapped_base64(keys: Keys) -> str:
    flat = parameters(keys)
    wrapped = "\r\n".join(re.findall(".{1,76}", unquote_plus(flat["SAMLRequest"])))
    return query(flat, signed(keys, {**flat, "SAMLRequest": quote_plus(wrapped)}))


def _compressed_anew(keys: Keys) -> str:
    """Sign what a library of level 9 writes, and send what one without compression writes."""
    xml = forge(healthy(), keys).request_xml
    assert xml is not None

    def message(level: int) -> str:
        deflater = zlib.compressobj(level, wbits=-15)
        return quote_plus(base64.b64encode(deflater.compress(xml) + deflater.flush()).decode())

    named = parameters(keys)
    return query({**named, "SAMLRequest": message(0)}, signed(keys, {**named, "SAMLRequest": message(9)}))


def _before_escaping(keys: Keys) -> str:
    named = parameters(keys)
    return query(named, signed(keys, {name: unquote_plus(value) for name, value in named.items()}))


def _without_algorithm(keys: Keys) -> str:
    return query(parameters(keys), signed(keys, parameters(keys), ("SAMLRequest", "RelayState")))


def _by_another_hash(keys: Keys) -> str:
    return query(parameters(keys), signed(keys, parameters(keys), hash_type=hashes.SHA1))


def _blanks(sent: Callable[[str], str], signed_as: Callable[[str], str]) -> Callable[[Keys], str]:
    def make(keys: Keys) -> str:
        received = parameters(keys, encode=sent, state="a b c")
        return query(received, signed(keys, parameters(keys, encode=signed_as, state="a b c")))

    return make


def _percent(text: str) -> str:
    return quote(text, safe="")


AT_SIGNING = {
    "its parameters were signed in another order than the binding says": _in_another_order,
    "its parameters were signed before they were escaped": _before_escaping,
    "SigAlg is not part of what was signed": _without_algorithm,
    "it is signed with rsa-sha1, which is not what SigAlg says": _by_another_hash,
}
CHANGES = {
    "blanks were changed from + to %20": _blanks(_percent, quote_plus),
    "blanks were changed from %20 to +": _blanks(quote_plus, _percent),
    "the padding of the base64 was dropped": _changed_value(lambda text: text.rstrip("=")),
    "the base64 was rewritten in the alphabet for URLs": _changed_value(lambda text: text.replace("+", "-").replace("/", "_")),
    "line breaks were taken out of the base64": _wrapped_base64,
    "the message was compressed anew": _compressed_anew,
    "escapes were changed to lower case": _escapes_in_lower_case,
    "its parameters were escaped anew": _escaped_anew,
    "RelayState was added": _state_added,
    "an empty RelayState was dropped": _empty_state_dropped,
}


@pytest.mark.parametrize("words", CHANGES)
def test_what_was_done_to_the_query_is_named(idp_keys: Keys, words: str) -> None:
    fact = judged(CHANGES[words](idp_keys), idp_keys)
    assert (fact.verdict, fact.reason) == ("invalid", "content-changed"), fact.explanation.plain()
    assert f"The query was changed after signing: {words}. Undone, it is as signed by the key given" in fact.explanation.plain()


@pytest.mark.parametrize("words", AT_SIGNING)
def test_what_the_sender_did_is_named(idp_keys: Keys, words: str) -> None:
    fact = judged(AT_SIGNING[words](idp_keys), idp_keys)
    assert (fact.verdict, fact.reason) == ("invalid", "content-changed"), fact.explanation.plain()
    assert f"The sender did not sign the query as the binding says: {words}. Read so, it is signed" in fact.explanation.plain()


def test_another_key(idp_keys: Keys, other_keys: Keys) -> None:
    named = parameters(idp_keys)
    fact = judged(query(named, signed(other_keys, named)), idp_keys)
    assert (fact.verdict, fact.reason) == ("invalid", "other-key")
    assert '"CN=idp.example" (SHA-256' in fact.explanation.plain()


REFUSED = {
    "algorithm-refused/md5": ("http://www.w3.org/2001/04/xmldsig-more#rsa-md5", "legacy"),
    "algorithm-refused/unknown": ("urn:example", "legacy"),
    "algorithm-refused/empty": ("", "legacy"),
    "algorithm-refused/sha1": ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "modern"),
    "hmac": ("http://www.w3.org/2000/09/xmldsig#hmac-sha1", "legacy"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_algorithms_are_listed_and_none_is_assumed(idp_keys: Keys, case: str) -> None:
    """python3-saml falls back to RSA-SHA256 for an unknown or empty SigAlg; a genuine signature must not pass so."""
    algorithm, policy = REFUSED[case]
    named = parameters(idp_keys, algorithm=algorithm)
    fact = judged(query(named, signed(idp_keys, named)), idp_keys, policy=policy)
    assert (fact.verdict, fact.reason) == ("refused", case.partition("/")[0])


@pytest.mark.parametrize("case", ["told by the capture", "seen in the query", "hidden by escapes"])
def test_a_parameter_that_stands_twice_is_refused(idp_keys: Keys, case: str) -> None:
    """CVE-2026-117691: ``%53AMLResponse`` is decoded by the server and not seen by the verifier."""
    named = parameters(idp_keys)
    raw = query(named, signed(idp_keys, named))
    extra = {"told by the capture": "", "seen in the query": "&SAMLRequest=x", "hidden by escapes": "&%53AMLRequest=x"}[case]
    fact = judged(raw + extra, idp_keys, duplicated=("SAMLRequest",) if not extra else ())
    assert (fact.verdict, fact.reason) == ("refused", "query-ambiguous")


def test_an_escaped_name_alone_is_refused_too(idp_keys: Keys) -> None:
    named = parameters(idp_keys)
    raw = query(named, signed(idp_keys, named)).replace("RelayState=", "Relay%53tate=")
    assert judged(raw, idp_keys).reason == "query-ambiguous"


@pytest.mark.parametrize("signature", ["", "***", "%00"])
def test_a_value_that_is_no_base64(idp_keys: Keys, signature: str) -> None:
    fact = judged(query(parameters(idp_keys), signature), idp_keys)
    assert (fact.verdict, fact.reason) == ("invalid", "signature-value-malformed")
