"""Whether what would be read is signed by a key the user trusts, and if not, why."""
