"""``make record``: go through every scenario with real servers and a real browser, and store the recordings as fixtures.

Keys live as long as the run. The fixtures hold certificates and signed messages, never a private key.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from samlcheck.forge import make_keys
from tests.browser.driving import idp_metadata, lacking, record
from tests.browser.scenarios import SCENARIOS

FIXTURES = Path(__file__).parents[2] / "fixtures" / "browser"


def main() -> int:
    """Record all scenarios; exit 1 when something that this needs is not installed."""
    if missing := lacking():
        print(f"make record needs {missing} (README, Browser tests)", file=sys.stderr)
        return 1
    FIXTURES.mkdir(parents=True, exist_ok=True)
    pinned, renewed = make_keys("idp.example"), make_keys("idp.example")
    (FIXTURES / "idp-metadata.xml").write_text(idp_metadata(pinned))
    expected = {}
    with tempfile.TemporaryDirectory() as folder:
        for scenario in SCENARIOS:
            har = Path(folder) / "login.har"
            words = record(scenario, pinned, renewed if scenario.idp_renewed_key else pinned, har)
            (FIXTURES / f"{scenario.name}.har").write_bytes(har.read_bytes())
            expected[scenario.name] = {"about": scenario.about, **asdict(scenario.expected)}
            print(f"{scenario.name}: {words}")
    (FIXTURES / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
