"""The detached signature of a redirect fails in the copy for the reason that it fails for in the original."""

from __future__ import annotations

import pytest

from samlcheck.forge import Keys
from samlcheck.trust.facts import SignatureFact
from tests.redact.copies import Copied, copied
from tests.trust.test_redirect import AT_SIGNING, CHANGES, parameters, query, signed

REWRITTEN = {**CHANGES, **AT_SIGNING}


def _copy(raw: str, keys: Keys) -> Copied:
    return copied(f"https://idp.example/sso?{raw}".encode(), signed_by=keys.certificate_pem)


def _signature(copy: Copied) -> SignatureFact:
    (login,) = copy.after.logins
    trust = login.case.request_trust if login.case.request_trust is not None else login.case.trust
    assert trust is not None
    return next(item for item in trust.signatures if item.element == "redirect query")


def test_one_that_holds(idp_keys: Keys) -> None:
    named = parameters(idp_keys)
    copy = _copy(query(named, signed(idp_keys, named)), idp_keys)
    assert copy.differences == ()
    assert _signature(copy).verdict == "valid"


@pytest.mark.parametrize("words", REWRITTEN)
def test_one_whose_query_was_rewritten(idp_keys: Keys, words: str) -> None:
    copy = _copy(REWRITTEN[words](idp_keys), idp_keys)
    assert copy.differences == ()
    found = _signature(copy)
    assert (found.verdict, found.reason) == ("invalid", "content-changed"), found.explanation.plain()
    assert words in found.explanation.plain()


def test_one_by_another_key(idp_keys: Keys, other_keys: Keys) -> None:
    named = parameters(idp_keys)
    copy = _copy(query(named, signed(other_keys, named)), idp_keys)
    assert copy.differences == ()
    assert _signature(copy).reason == "other-key"
