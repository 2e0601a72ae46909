"""``make record``: go through every scenario with real servers and a real browser, and store the recordings as fixtures.

Keys live as long as the run. The fixtures hold certificates and signed messages, never a private key.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from samlcheck.forge import make_keys
from tests.browser.driving import idp_metadata, lacking, record
from tests.browser.scenarios import SCENARIOS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "browser"


def expected() -> dict[str, dict[str, str | None]]:
    """Return what each recording shows and what must come out, by the name of its file."""
    return {name: {"about": item.about, **asdict(what)} for item in SCENARIOS for name, _, what in item.recordings}


def main() -> int:
    """Record all scenarios; exit 1 when something that this needs is not installed."""
    if missing := lacking():
        print(f"make record needs {missing} (README, Browser tests)", file=sys.stderr)
        return 1
    pinned, renewed = make_keys("idp.example"), make_keys("idp.example")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for scenario in SCENARIOS:
            words = record(scenario, pinned, renewed if scenario.idp_renewed_key else pinned, folder)
            print(f"{scenario.name}: {words}")
        (folder / "expected.json").write_text(json.dumps(expected(), indent=2) + "\n")
        (folder / "idp-metadata.xml").write_text(idp_metadata(pinned))
        # All or none: the recordings belong to the certificate in the metadata.
        for old in FIXTURES.glob("*.har"):
            old.unlink()
        shutil.copytree(folder, FIXTURES, dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
