"""Copies of captures that are safe to share and yield the same findings (DESIGN 2.1, SECURITY T10 and T11).

``run.redact`` is the front door. What is kept is listed (``public``); everything else is given another name (``names``).
"""
