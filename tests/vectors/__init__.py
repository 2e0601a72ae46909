"""Vectors by code: messages made when tests run, each with one deviation and what must become of it.

``themes.ALL`` holds them; ``make vectors`` measures, ``make vectors-compare`` asks python3-saml too, ``make mutation`` switches
guards off. docs/security.md has the table, made from here.
"""
