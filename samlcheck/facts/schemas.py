"""The OASIS schemas that python3-saml ships, compiled when they are first asked for; nothing is fetched.

Elements of other namespaces are judged where their schema is among them (MDUI, algsupport, mdattr) and let pass where it is not:
all extension points of SAML's schemas say ``processContents="lax"``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from lxml import etree

from samlcheck.xmldoc.names import ALG, DS, MD, MDATTR, MDUI, SAML, SAMLP, XENC

_COMMON = {SAML: "saml-schema-assertion-2.0.xsd", DS: "xmldsig-core-schema.xsd", XENC: "xenc-schema.xsd"}
_OF: dict[str, dict[str, str]] = {
    "metadata": {
        MD: "saml-schema-metadata-2.0.xsd",
        MDUI: "sstc-saml-metadata-ui-v1.0.xsd",
        ALG: "sstc-saml-metadata-algsupport-v1.0.xsd",
        MDATTR: "sstc-metadata-attr.xsd",
        **_COMMON,
    },
    "messages": {SAMLP: "saml-schema-protocol-2.0.xsd", **_COMMON},
}
_NAMES = frozenset(("xml.xsd", *(name for imports in _OF.values() for name in imports.values())))


class _Local(etree.Resolver):
    """Finds schemas in the folder of python3-saml by their last part; refuses everything else."""

    def resolve(self, system_url: str, _public_id: str, context: object) -> object:  # type: ignore[override]
        name = system_url.rpartition("/")[2]
        return self.resolve_string(_read(name) if name in _NAMES else "<refused/>", context)  # type: ignore[call-arg]


@cache
def _folder() -> Path:
    """Return where python3-saml keeps them, without importing it: that is for the second opinion alone."""
    spec = find_spec("onelogin")
    found = spec.submodule_search_locations if spec else None
    return Path(found[0]) / "saml2" / "schemas" if found else Path()


def _read(name: str) -> str:
    text = (_folder() / name).read_text(encoding="utf-8")
    return re.sub(r"<!DOCTYPE.*?\]>|<\?xml[^>]*\?>", "", text, flags=re.DOTALL)


@cache
def schema(of: Literal["metadata", "messages"]) -> etree.XMLSchema:
    """Return the compiled schemas."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    parser.resolvers.add(_Local())
    imports = "".join(f'<xs:import namespace="{uri}" schemaLocation="{name}"/>' for uri, name in _OF[of].items())
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(driver, parser, base_url=f"samlcheck:/{of}.xsd"))
