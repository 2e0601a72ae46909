"""Where the shipped packs are kept in compiled form for the next run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from samlcheck.packs.catalogue import Catalogue


def cache_folder() -> Path:
    """Return the user's cache folder for samlcheck (SAMLCHECK_CACHE, else the platform's usual place)."""
    named = os.environ.get("SAMLCHECK_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "samlcheck" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "samlcheck"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "samlcheck"


def catalogue() -> Catalogue:
    """Return the shipped packs."""
    from samlcheck.packs.catalogue import shipped

    return shipped(cache_folder())
