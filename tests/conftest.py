"""Keys for the whole run, made once: no private key is stored in the repository."""

from __future__ import annotations

import pytest

from samlcheck.forge import Keys, make_keys

pytest_plugins = ["tests.commands"]


@pytest.fixture(scope="session")
def idp_keys() -> Keys:
    """Keys of the identity provider: what a test pins."""
    return make_keys("idp.example")


@pytest.fixture(scope="session")
def other_keys() -> Keys:
    """Keys of the same provider after it renewed them, or of a stranger: nobody pins these."""
    return make_keys("idp.example")


@pytest.fixture(scope="session")
def sp_keys() -> Keys:
    """Keys of the service provider, for decryption."""
    return make_keys("sp.example")
