"""``make bench``: print each goal with the ratio measured now. A goal fails only beyond +25 %."""

from __future__ import annotations

import platform
import sys

from bench import batch, growth, login, metadata, recordings


def main() -> int:
    """Run all groups, or those named."""
    groups = {
        "in-process": login.in_process,
        "cold": login.cold,
        "packs": login.packs,
        "growth": growth.growth,
        "batch": batch.batch,
        "metadata": metadata.metadata,
        "har": recordings.har,
    }
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missed = 0
    for name in sys.argv[1:] or groups:
        for goal in groups[name]():
            print(goal, flush=True)
            missed += goal.verdict == "MISSED"
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
