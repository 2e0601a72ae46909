"""The generator of ``docs/guides`` and what it is given."""
