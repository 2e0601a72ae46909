"""What is left of an error page's sentences where personal values are masked."""

from __future__ import annotations

import pytest

from samlcheck.finding import Slot
from samlcheck.report.visible import shower


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Access Denied. Your account has been authenticated, but has not been onboarded to this application.",
            "Access Denied. Your account has been authenticated, but has not been onboarded to this application.",
        ),
        (
            "AADSTS50105: The signed in user 'mia.lindqvist@acme.example' is blocked. Trace ID: 3f1c-11ab",
            "AADSTS50105: The signed in user 'm**.l********@a***.e******' is blocked. Trace ID: 3***-1***",
        ),
        ("Sorry, Mia Lindqvist, you can’t access Chatbot.", "Sorry, M** L********, you can’t access C******."),
        ("Error 403 at intra.acme.example/app for ACME\\mia", "Error 403 at i****.a***.e******/a** for A***\\m**"),
        (
            "Access for access@access.example, user_error, error.access",
            "Access for a*****@a*****.e******, u***_e****, e****.a*****",
        ),
        ("Badge AB1234 of 555", "Badge A***** of 555"),
        ("Zugriff verweigert: Benutzer Sørensen", "Zugriff verweigert: Benutzer S*******"),
    ],
    ids=["nothing-private", "address-and-id", "name", "host-and-domain", "known-words-in-addresses", "number", "german"],
)
def test_sentences_stay_readable_and_names_do_not(said: str, shown: str) -> None:
    assert shower(masking=True)(Slot(said, "prose")) == shown
    assert shower(masking=False)(Slot(said, "prose")) == said
