"""The local web page: the same front door as the command line, for people who would rather paste into a page.

``guard`` says what is let in, ``form`` reads what was sent, ``asked`` makes a question of it, ``pages`` answers, ``server`` speaks
HTTP on the loopback interface. Nothing is written, kept or logged; threats: docs/security.md.
"""
