"""``make bench``: print each goal with the ratio measured now. A goal fails only beyond +25 %."""

from __future__ import annotations

import platform
import sys

from bench import login, metadata


def main() -> int:
    """Run all groups, or those named."""
    groups = {"in-process": login.in_process, "cold": login.cold, "packs": login.packs, "metadata": metadata.metadata}
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    missed = 0
    for name in sys.argv[1:] or groups:
        for goal in groups[name]():
            print(goal, flush=True)
            missed += goal.verdict == "MISSED"
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
