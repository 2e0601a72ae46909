"""XML documents: hostile octets in (``parse``), located nodes out (``document``, ``positions``).

``limits`` says how much is taken, ``encoding`` in which octets, ``gate`` reads every document once before a tree is
built, ``malformed`` explains to people what is wrong with one, ``names`` holds the namespaces.
"""
