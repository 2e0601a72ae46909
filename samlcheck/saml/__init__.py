"""SAML itself: the parts of a message (``anatomy``), of metadata (``metadata``), and lexical forms (``values``)."""
