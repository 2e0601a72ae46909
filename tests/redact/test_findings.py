"""Property: a copy is diagnosed as the original is, for the failing examples of the shipped rules and for attacks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from samlcheck.errors import UsageError
from samlcheck.forge import Keys, edit, forge, healthy, idp_metadata
from samlcheck.forge.recording import deviation, har
from samlcheck.packs.model import Example, Pack, Rule
from samlcheck.packs.proving import CERTIFICATE, DECRYPT, POLICIES, VALID_UNTIL, WANTS_SIGNED
from samlcheck.packs.recorded_proving import FLOW
from tests.redact.copies import catalogue, copied

_ASIDE = (*POLICIES, DECRYPT, VALID_UNTIL, CERTIFICATE, WANTS_SIGNED)
_EVERY = 7
"""One example of so many is tried in each run of the suite."""


def _examples() -> Iterator[tuple[Pack, Rule, Example]]:
    for name in catalogue().names("standard", "security", "service"):
        pack = catalogue().with_examples(catalogue().rules_pack(name))
        for rule in pack.rules if not name.startswith("aws-iam-") else ():
            yield from ((pack, rule, example) for example in rule.examples.fails)


@pytest.mark.parametrize(
    ("pack", "rule", "example"),
    [pytest.param(*item, id=f"{item[0].pack}/{item[1].id}") for item in islice(_examples(), 0, None, _EVERY)],
)
def test_a_failing_example_fails_alike_in_its_copy(idp_keys: Keys, pack: Pack, rule: Rule, example: Example) -> None:
    base = _base(pack)
    known = edit(healthy(), _own(base))
    sent = forge(edit(known, _own(example)), idp_keys)
    flow = {name: value for name, value in {**base.edits, **example.edits}.items() if name.startswith(FLOW)}
    data = har(sent, deviation(flow)) if flow else sent.form.encode()
    told = {
        "acs": (known.destination,) if known.destination else (),
        "audience": (known.audiences[0][0],) if known.audiences else (),
        "issuer": (known.assertion_issuer,) if known.assertion_issuer else (),
        **{f"set {name}": (value,) for name, value in {**base.set, **example.set}.items()},
    }
    service = pack.pack if pack.kind == "service" else "generic"
    try:
        copy = copied(data, idp_metadata(known, (sent.keys,)), told, service=service)
    except UsageError as error:
        assert error.code == "foreign-parameter"  # noqa: PT017 - the pack alone knows the parameter of the example
        return
    assert copy.differences == ()


def _own(example: Example) -> dict[str, str | tuple[str, ...] | None]:
    """Return the edits of an example that change the message itself."""
    return {name: value for name, value in example.edits.items() if name not in _ASIDE and not name.startswith(FLOW)}


def _base(pack: Pack) -> Example:
    """Return the base login of a pack, its own or that of a pack it extends."""
    ahead = [pack.pack]
    while ahead:
        found = catalogue().with_examples(catalogue().rules_pack(ahead.pop(0)))
        if found.base.edits:
            return found.base
        ahead.extend(found.extends)
    return Example()
