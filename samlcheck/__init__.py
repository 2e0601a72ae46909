"""samlcheck tells people why a SAML single sign-on failed, who must change what, and where to click."""

__version__ = "0.1.0"
