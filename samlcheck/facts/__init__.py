"""Facts: the named things one can know of a login. ``table`` holds the mechanism, the other files the facts."""

from samlcheck.facts import assertion, given, iam, message, trust
from samlcheck.facts.table import FACTS, Fact, FactTable, Reading, Readings

__all__ = ["FACTS", "Fact", "FactTable", "Reading", "Readings", "assertion", "given", "iam", "message", "trust"]
