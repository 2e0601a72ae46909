"""The linter for SAML metadata: files and aggregates in, one report an entity out.

``source`` finds out what a file is and cuts aggregates into entities, ``rulebook`` holds the rules of a run, ``judge`` runs
them on one entity, ``survey`` on whole files. Nothing here opens files: streams are handed in by ``cli``.
"""
