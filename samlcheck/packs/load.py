"""From the octets of a pack file to a pack, or to all that is wrong with it.

YAML (``yamldoc``) → long form (``sugar``) → types (pydantic) → the short form ``expects`` written out as rules
(``expand``) → sense (``soundness``). Shipped packs take this road once, when they are compiled; packs given by users
take it on every run.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from functools import cache
from typing import Any

from samlcheck.packs import model
from samlcheck.packs.complain import Complaints, Path, meant
from samlcheck.packs.expand import expand
from samlcheck.packs.shape import yaml_name
from samlcheck.packs.soundness import finish, finish_symptoms, judge
from samlcheck.packs.sugar import Desugar
from samlcheck.packs.yamldoc import Mapping, place_of, read
from samlcheck.source import Artifact

Library = MappingType[str, model.Pack]


def load(artifact: Artifact, library: Library | None = None) -> model.AnyPack:
    """Return the pack that a file holds, ``expects`` written out as rules.

    library: the packs that ``extends`` may name. With it, every parameter in a template must be declared by the pack
    or one it extends; without it, names that an extended pack might declare are taken on trust.
    Raises PackError that names every mistake in the file as ``file:line:column``, the first as its message.
    """
    document = read(artifact)
    complaints = Complaints(artifact.name)
    kind = kind_of(document)
    basis_written = _certain_written(document)
    full: Mapping = Desugar(complaints).full(document, kind, document.place)
    pack: model.AnyPack | None = _typed(kind, full, complaints)
    if pack is None:
        complaints.raise_if_any()
        raise AssertionError("a pack that has no type has complaints")
    if isinstance(pack, model.Pack):
        pack = finish(expand(pack), basis_written)
    elif isinstance(pack, model.SymptomPack):
        pack = finish_symptoms(pack)

    def complain(path: Path, message: str) -> None:
        made = path[0] == "rules" and len(path) > 1 and isinstance(path[1], int) and path[1] >= len(full.get("rules") or ())
        if made:  # by ``expand``
            path = ("expects",)
        complaints.add(place_of(full, path), message)

    judge(pack, library, complain)
    complaints.raise_if_any()
    return pack


def kind_of(document: Mapping) -> type[model.AnyPack]:
    """Return which of the forms a file has: by its ``kind``, else by the keys that only one of them has."""
    kind = document.get("kind")
    if kind == "idp" or (kind is None and ("recognise" in document or "actions" in document)):
        return model.IdpPack
    if kind == "symptoms" or (kind is None and "symptoms" in document):
        return model.SymptomPack
    return model.Ruleset if kind == "ruleset" else model.Pack


def _certain_written(document: Mapping) -> frozenset[str]:
    """Return the ids of rules in which ``confidence: certain`` is written out."""
    rules = document.get("rules")
    found = [rule for rule in rules if isinstance(rule, Mapping)] if isinstance(rules, list) else []
    return frozenset(str(rule.get("id")) for rule in found if rule.get("confidence") == "certain")


@cache
def _adapter(kind: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _typed(kind: type, full: Mapping, complaints: Complaints) -> Any:
    from pydantic import ValidationError

    try:
        return _adapter(kind).validate_python(full)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=True):
            path: Path = item["loc"]
            complaints.add(place_of(full, path), _words(item, path))
        return None


def _words(item: Any, path: Path) -> str:
    """Return a type error in the words of the format."""
    name = next((yaml_name(step) for step in reversed(path) if isinstance(step, str) and not step.startswith("tuple[")), "this")
    found = item["input"]
    shown = (
        f"`{found}`"
        if isinstance(found, str)
        else "nothing"
        if found is None
        else "a mapping"
        if isinstance(found, dict)
        else "a list"
    )
    match item["type"]:
        case "missing":
            return f"`{name}` is missing"
        case "literal_error":
            choices = [word.strip(" '") for word in item["ctx"]["expected"].replace(" or ", ",").split(",")]
            hint = meant(found, choices) if isinstance(found, str) else ""
            return f"`{name}` is one of {', '.join(choices)}, not {shown}{hint}"
        case "bool_parsing" | "bool_type":
            return f"`{name}` is true or false, not {shown}"
        case "int_parsing" | "int_type" | "int_from_float":
            return f"`{name}` is a whole number, not {shown}"
        case "string_type":
            return f"`{name}` is a text, not {shown}"
        case "dataclass_type" | "dict_type" | "mapping_type":
            return f"`{name}` is a mapping, not {shown}"
        case "tuple_type" | "list_type":
            return f"`{name}` is a list, not {shown}"
        case _:
            return f"`{name}`: {item['msg'][:1].lower()}{item['msg'][1:]}"
