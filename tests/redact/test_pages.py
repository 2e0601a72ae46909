"""Pages by themselves: the auto-post form that somebody saved, with and without a document type, in either letter case."""

from __future__ import annotations

import html

import pytest

from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata
from tests.redact.copies import copied

PAGES = {
    "without a document type": '<html><body onload="document.forms[0].submit()">{form}</body></html>',
    "with one": "<!DOCTYPE html>\n<html><head><title>Working...</title></head><body>{form}</body></html>",
    "in capitals": "<HTML>\n<HEAD><TITLE>SAML HTTP Post Binding</TITLE></HEAD>\n<BODY>{form}</BODY>\n</HTML>",
    "the form alone": "{form}",
}
FORM = '<form method="POST" action="https://sp.example/saml/acs"><input type="hidden" name="SAMLResponse" value="{value}"/></form>'


@pytest.mark.parametrize("name", PAGES)
def test_the_copy_of_a_page_holds_its_message_and_is_judged_alike(idp_keys: Keys, name: str) -> None:
    known = edit(healthy(), {"assertion.audience": "https://other.example/"})
    sent = forge(known, idp_keys)
    form = FORM.format(value=html.escape(sent.base64))
    page = PAGES[name].format(form=form if name != "in capitals" else form.replace("form", "FORM").replace("input", "INPUT"))
    copy = copied(page.encode(), idp_metadata(known, (idp_keys,)), {"audience": ("https://sp.example/saml/metadata",)})
    assert copy.differences == ()
    assert 'name="SAMLResponse"' in copy.text
    assert sent.base64 not in copy.text
