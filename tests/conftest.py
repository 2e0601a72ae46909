"""Keys for the whole run, made once: no private key is stored in the repository."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

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


_network_allowed = False


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let tests marked ``browser`` talk to servers of their own on the loopback interface."""
    global _network_allowed
    _network_allowed = item.get_closest_marker("browser") is not None


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Make every attempt to open a connection fail: samlcheck works offline (SECURITY T15)."""

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if not _network_allowed:
                raise AssertionError("samlcheck tried to use the network")
            return original(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((socket.socket, "connect"), (socket.socket, "connect_ex"), (socket, "getaddrinfo")):
            patch.setattr(owner, name, guarded(getattr(owner, name)))
        yield
