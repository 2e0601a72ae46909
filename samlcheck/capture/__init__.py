"""What did the user hand us? Any form a SAML message travels in, opened layer by layer into a ``Capture``."""

from samlcheck.capture.read import read

__all__ = ["read"]
