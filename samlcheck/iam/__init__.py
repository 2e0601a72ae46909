"""The IAM side of a login: policy documents of roles, as AWS's tools print them, and what they allow.

``documents.read`` finds the policies in a file, ``policy`` says what a policy is, ``evaluation`` what it answers.
"""

from samlcheck.iam.documents import read
from samlcheck.iam.policy import Policy

__all__ = ["Policy", "read"]
