"""Build hook: compiles the rule packs into the wheel, so that an installed samlcheck parses no YAML of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePacks(BuildHookInterface):
    """Puts ``samlcheck/_rules/packs.jsonl`` beside the YAML files it was made from."""

    PLUGIN_NAME = "custom"
    made: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile ``rules/`` for a wheel; an editable install compiles on first use. Raises PackError for a wrong pack."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from samlcheck.packs.catalogue import COMPILED, compile_folder

        self.made = Path(self.directory) / COMPILED
        self.made.parent.mkdir(parents=True, exist_ok=True)
        self.made.write_bytes(compile_folder(Path(self.root) / "rules"))
        build_data["force_include"][str(self.made)] = f"samlcheck/_rules/{COMPILED}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing but the wheel in the output folder."""
        if self.made is not None:
            self.made.unlink(missing_ok=True)
