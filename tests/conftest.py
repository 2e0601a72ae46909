"""Keys for the whole run, made once: no private key is stored in the repository."""

from __future__ import annotations

import socket
from collections.abc import Iterator

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


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Make every attempt to open a connection fail: samlcheck works offline (SECURITY T15).

    Tests marked ``browser`` talk to servers of their own on the loopback interface.
    """
    if "browser" not in request.keywords:

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("samlcheck tried to use the network")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect_ex", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        monkeypatch.setattr(socket, "create_connection", refuse)
    yield
