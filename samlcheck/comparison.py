"""Several identity providers for one Amazon Connect instance: what each login uses, and what differs.

Each IdP has a SAML provider of its own in IAM; all of them may share one role, which must then trust every one of them,
or have a role each (AWS Contact Center, "Multiple SAML identity providers for a single Amazon Connect instance"). The
rules judge one login at a time; here they are laid side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from samlcheck.checks.arns import NAME, arn, pair_of
from samlcheck.checks.iam_login import names_role
from samlcheck.facts import FactTable
from samlcheck.finding import Slot, Text
from samlcheck.frozen import dataclass
from samlcheck.iam.evaluation import any_of, principal_matches
from samlcheck.iam.policy import Policy
from samlcheck.inspection import Compared, Comparison, LoginReport
from samlcheck.saml.metadata import entities

_SESSION_NAME = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"
_TRUST = {True: "yes", False: "no", None: "cannot be told"}


@dataclass(frozen=True)
class _Side:
    """One login of the comparison."""

    name: str
    issuer: str
    provider: str
    role: str
    session_name: str
    recipient: str
    relay_state: str
    metadata: str
    """The file of ``--idp`` that describes the IdP."""
    policies: tuple[Policy, ...]


def compare(reports: Sequence[LoginReport]) -> Comparison | None:
    """Return the comparison; None where there are not two things of one kind, or no login asks for an AWS role."""
    sides = tuple(_side(report) for report in reports if report.case.login.response is not None)
    if not any(side.provider for side in sides):
        return None
    case = reports[0].case
    described = tuple(
        (item.entity_id, item.document) for anatomy in case.anchors.metadata for item in entities(anatomy) if item.is_idp
    )
    policies = tuple(policy for policy in case.told.iam_role if any(_may_be_of(policy, side) for side in sides))
    if max(len(sides), len(described), len(policies)) < 2:
        return None
    rows = [Compared(what, tuple(read(side) for side in sides)) for what, read in _ROWS]
    rows += [
        Compared(f"trusted by {_named(policy, policies)}", tuple(Slot(_TRUST[_trusts(policy, side)]) for side in sides))
        for policy in policies
    ]
    shown = tuple(row for row in rows if any(slot.value for slot in row.values))
    return Comparison(tuple(side.name for side in sides), shown, tuple(_remarks(sides, described, policies)))


def _side(report: LoginReport) -> _Side:
    table = FactTable(report.case)
    pairs = [pair_of(item) for item in table.read(f"attribute:{NAME}").items]
    issuer = table.text("assertion.issuer") or table.text("response.issuer")
    files = (item.document for anatomy in report.case.anchors.metadata for item in entities(anatomy) if item.entity_id == issuer)
    return _Side(
        report.case.login.name,
        issuer,
        ", ".join(dict.fromkeys(pair.provider.text for pair in pairs if pair.provider)),
        ", ".join(dict.fromkeys(pair.role.text for pair in pairs if pair.role)),
        table.text(f"attribute:{_SESSION_NAME}"),
        table.text("assertion.recipient"),
        table.text("relay_state"),
        next(files, ""),
        report.case.told.iam_role,
    )


_ROWS: tuple[tuple[str, Callable[[_Side], Slot]], ...] = (
    ("identity provider (Issuer)", lambda side: Slot(side.issuer)),
    ("metadata given by --idp", lambda side: Slot(side.metadata)),
    ("provider in IAM", lambda side: Slot(side.provider)),
    ("role", lambda side: Slot(side.role)),
    ("RoleSessionName", lambda side: Slot(side.session_name, sensitive=True)),
    ("Recipient", lambda side: Slot(side.recipient)),
    ("RelayState", lambda side: Slot(side.relay_state)),
)


def _named(policy: Policy, policies: Sequence[Policy]) -> str:
    """Return what to call a policy: its role where the file says so, its place where a file holds several."""
    if policy.role_arn is not None or policy.role_name:
        return f"role {policy.role_arn.text if policy.role_arn is not None else policy.role_name}"
    if sum(other.document == policy.document for other in policies) == 1:
        return policy.document
    return f"{policy.document} {policy.place.path}"


def _may_be_of(policy: Policy, side: _Side) -> bool:
    """Return whether a policy may be that of a role that a login asks for (a file may describe all roles of an account)."""
    roles = (arn(role) for role in side.role.split(", "))
    return any(role is not None and names_role(policy, role) is not False for role in roles)


def _trusts(policy: Policy, side: _Side) -> bool | None:
    answers = [principal_matches(item, one) for one in side.provider.split(", ") for item in policy.allowing()]
    return any_of(answers) if side.provider else False


def _remarks(sides: Sequence[_Side], described: Sequence[tuple[str, str]], policies: Sequence[Policy]) -> Iterator[Text]:
    def different(read: Callable[[_Side], str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for side in sides if (value := read(side))))

    providers, roles, issuers = different(lambda s: s.provider), different(lambda s: s.role), different(lambda s: s.issuer)
    if len(issuers) > 1 and len(providers) == 1:
        yield Text.of(
            "Different identity providers come through one provider in IAM, ", Slot(providers[0]),
            ". Each needs a provider of its own: AWS answers “Issuer not present in specified provider”.",
        )  # fmt: skip
    if len(issuers) == 1 and len(providers) > 1:
        yield Text.of("One identity provider comes through different providers in IAM; the same Issuer belongs to one of them.")
    if len(providers) > 1 and len(roles) == 1:
        lacking = [p for p in providers if policies and not any(_trusts_all(policy, p) for policy in policies)]
        if lacking:
            yield Text.of("All logins ask for one role, and the trust policy given lacks ", *_listed(lacking), ".")
        elif policies:
            yield Text.of("All logins ask for one role, and it trusts every provider that they come through.")
        else:
            yield Text.of(
                "All logins ask for one role: it must trust every one of the providers (give its policy with --iam-role)."
            )
    accounts = {found.account for role in ", ".join(roles).split(", ") if (found := arn(role)) is not None}
    if len(accounts) > 1:
        yield Text.of("The logins go to different AWS accounts, ", *_listed(sorted(accounts)), ": not to one Connect instance.")
    elif len(roles) > 1:
        yield Text.of("The logins ask for different roles. That works: since March 2023 a Connect user may come through several.")
    if len(different(lambda s: s.relay_state.partition("?")[0])) > 1:
        yield Text.of("RelayState differs: the logins do not lead to the same Connect instance.")
    names = different(lambda s: s.session_name)
    if len(names) > 1:
        same = len({name.casefold() for name in names}) == 1
        yield Text.of(
            "RoleSessionName differs in letter case only: to Connect these are two users."
            if same
            else "RoleSessionName differs. If the same person signed in, both identity providers must send the same name."
        )
    for entity_id, document in described:
        if entity_id not in issuers:
            yield Text.of("No login given comes from ", Slot(entity_id), " (", Slot(document), ").")


def _trusts_all(policy: Policy, provider: str) -> bool:
    return any(principal_matches(item, one) is True for one in provider.split(", ") for item in policy.allowing())


def _listed(values: Sequence[str]) -> Iterator[str | Slot]:
    for index, value in enumerate(values):
        if index:
            yield " and "
        yield Slot(value)
