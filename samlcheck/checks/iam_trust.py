"""The named check ``iam_trust``: what a role's trust policy says to this login, one aspect at a time.

IAM itself answers only "Not authorized to perform sts:AssumeRoleWithSAML". Here each reason for that is told apart:
the provider, the action, the conditions (``iam_conditions``), an explicit Deny. Grammar and evaluation: IAM User Guide,
"IAM JSON policy elements reference"; what a role needs: "Creating a role for SAML 2.0 federation".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from samlcheck.checks import iam_conditions
from samlcheck.checks.arns import arn
from samlcheck.checks.context import Context, Held, Nothing, Result, Unknown, Violated, Violation
from samlcheck.checks.difference import difference
from samlcheck.checks.iam_login import ASSUME, SET_SOURCE_IDENTITY, TAG_SESSION, Asked, asked, names_role, policies_for
from samlcheck.checks.iam_words import UNRESOLVED, as_list, best, grammar, nearest_word, slots, template_text
from samlcheck.checks.judging import OK, contrast
from samlcheck.facts import Readings
from samlcheck.facts.iam import NO_TRUST, reading_of
from samlcheck.finding import Difference, Slot, Text
from samlcheck.iam.evaluation import action_matches, all_of, allowed, any_of, principal_matches, statement_answers
from samlcheck.iam.policy import Policy, Statement, Word

ASPECTS = (
    "grammar", "placeholder", "role", "role_near", "principal_kind", "principal_form", "provider", "provider_account",
    "provider_partition", "action", "tag_session", "source_identity", *iam_conditions.ASPECTS, "denied", "allowed",
)  # fmt: skip
_NEAR = ("case", "whitespace", "look-alike", "one-character", "encoding")


def iam_trust(readings: Readings | None, options: Mapping[str, str], context: Context) -> Result:
    """Judge one aspect of the trust policies given. Option ``aspect``: one of ``ASPECTS``.

    A response that offers several roles needs only one of them to work; where several policies are given and none says
    whose it is, one that allows the login is enough.
    """
    given, aspect = context.table.case.told.iam_role, options["aspect"]
    if not given:
        return Unknown(NO_TRUST.unavailable, NO_TRUST.needs)
    pairs = asked(context)
    if aspect in _OF_POLICY:
        concerned = given if isinstance(pairs, Unknown) else [one for pair in pairs for one in policies_for(pair, context)]
        violations = tuple(found for policy in dict.fromkeys(concerned) for found in _OF_POLICY[aspect](policy))
        return Violated(violations) if violations else OK
    if isinstance(pairs, Unknown):
        return pairs
    if aspect in ("role", "role_near"):
        return _role(pairs, given, near=aspect == "role_near")
    chosen = [(pair, policies) for pair in pairs if (policies := policies_for(pair, context))]
    if not chosen:
        return Unknown("the trust policy given is that of another role", "--iam-role of the role that the response names")
    if aspect == "allowed":
        return best(_allowed(pair, policies) for pair, policies in chosen)
    judge = _OF_LOGIN.get(aspect)
    return best(
        judge(pair, policy) if judge else iam_conditions.judge(aspect, pair, policy, relevant(pair, policy, ASSUME), context)
        for pair, policies in chosen
        for policy in policies
    )


def relevant(pair: Asked, policy: Policy, action: str = "") -> tuple[Statement, ...]:
    """Return the statements that would allow the login but for what is being judged, from the nearest to the widest choice."""
    allowing = policy.allowing()
    ours = tuple(item for item in allowing if principal_matches(item, pair.provider.text) is True) or allowing
    return tuple(item for item in ours if action and action_matches(item, action) is True) or ours


# --- the policy by itself


def _words(policy: Policy) -> Iterable[Word]:
    for item in policy.statements:
        yield from (one.word for one in item.principals)
        yield from (word for test in item.tests for word in test.values)


def _placeholder(policy: Policy) -> Iterable[Violation]:
    for word in _words(policy):
        left = "" if word.unresolved else template_text(word.text)
        if left:
            how = Difference("placeholder", "text of a template was left in")
            yield Violation(reading_of(word), difference=how, detail=Text.of(Slot(left)))


# --- the policy and the login


def _role(pairs: tuple[Asked, ...], given: tuple[Policy, ...], *, near: bool) -> Result:
    """Judge that one of the policies is that of a role in the response; ``near``: only where it differs by a mistype."""
    named = [policy for policy in given if policy.role_arn is not None]
    if len(named) < len(given):
        return Nothing("a policy given does not say whose it is")
    if any(names_role(policy, pair.role) for policy in named for pair in pairs):
        return OK
    violations = []
    for pair in pairs:
        word = nearest_word((policy.role_arn for policy in named if policy.role_arn is not None), pair.role.text)
        how = difference(word.text, pair.role.text)
        if _is_near(pair.role.text, word.text) == near:
            violations.append(
                Violation(
                    pair.reading,
                    expected=Slot(word.text),
                    difference=how,
                    detail=Text.of("it asks for ", Slot(pair.role.text)),
                    related=(contrast(reading_of(word), "role of the policy given", how),),
                )
            )
    return Violated(tuple(violations)) if violations else OK


def _principal_kind(pair: Asked, policy: Policy) -> Result:
    principals = [one for item in policy.allowing() for one in item.principals]
    if not principals or any(one.kind in ("Federated", "*", "") or one.word.unresolved for one in principals):
        return OK
    kinds = slots(one.kind for one in principals)
    repaired = Slot(f'"Principal": {{"Federated": "{pair.provider.text}"}}')
    return _violated(principals[0].word, pair, pair.provider.text, Text.of("it trusts principals of the kind ", kinds), repaired)


def _trusted(policy: Policy) -> list[Word]:
    return [one.word for item in policy.allowing() for one in item.principals if one.kind == "Federated"]


def _trusts(policy: Policy, pair: Asked) -> bool:
    return any(principal_matches(item, pair.provider.text) for item in policy.allowing())


def _principal_form(pair: Asked, policy: Policy) -> Result:
    """Judge that Federated principals are SAML providers; beside the provider of this login others do no harm."""
    if _trusts(policy, pair):
        return OK
    wrong = []
    for word in _trusted(policy):
        found = arn(word.text)
        if word.unresolved or template_text(word.text) or (found and (found.service, found.kind) == ("iam", "saml-provider")):
            continue
        detail = Text.of(_form_words(word.text, found.kind if found else ""))
        wrong.append(Violation(reading_of(word), expected=Slot(pair.provider.text), detail=detail))
    return Violated(tuple(wrong)) if wrong else OK


def _form_words(text: str, kind: str) -> str:
    if kind == "oidc-provider" or text in ("cognito-identity.amazonaws.com", "accounts.google.com", "www.amazon.com"):
        return "it is a provider for OpenID Connect"
    if kind == "role":
        return "it is the ARN of a role"
    if "://" in text:
        return "it is an address or entityID"
    if "*" in text:
        return "principals take no wildcards inside"
    return "it is another ARN" if text.startswith("arn:") else "it is not an ARN"


def _provider(pair: Asked, policy: Policy) -> Result:
    answer = any_of(principal_matches(item, pair.provider.text) for item in policy.allowing())
    trusted = [word for word in _trusted(policy) if not word.unresolved]
    if answer is None:
        return UNRESOLVED
    if answer or not trusted:  # without a Federated principal its kind is wrong, which is told by itself
        return OK
    kept = [word.text for word in trusted if not template_text(word.text) and not _is_near(word.text, pair.provider.text)]
    detail = Text.of("the role trusts ", slots(word.text for word in trusted))
    repaired = as_list("Federated", [*kept, pair.provider.text])
    return _violated(nearest_word(trusted, pair.provider.text), pair, pair.provider.text, detail, repaired)


def _is_near(actual: str, wanted: str) -> bool:
    how = difference(wanted, actual)
    return how is not None and how.kind in _NEAR


def _elsewhere(part: str) -> Callable[[Asked, Policy], Result]:
    """Return the judge that finds providers of another account or partition than the role, which no role can trust.

    Beside the provider of this login they do no harm.
    """

    def judge(pair: Asked, policy: Policy) -> Result:
        if _trusts(policy, pair):
            return OK
        own = getattr(pair.role, part)
        found = [(word, arn(word.text)) for word in _trusted(policy) if not word.unresolved and not template_text(word.text)]
        wrong = [word for word, other in found if other and other.kind == "saml-provider" and getattr(other, part) != own]
        if not wrong:
            return OK
        how = difference(own, getattr(arn(wrong[0].text), part))
        words = (f"the role is in {part} ", Slot(own), ", the provider in ", Slot(getattr(arn(wrong[0].text), part)))
        return Violated((Violation(reading_of(wrong[0]), None, Slot(own), how, Text.of(*words)),))

    return judge


def _action(action: str, sent: Callable[[Asked], bool]) -> Callable[[Asked, Policy], Result]:
    """Return the judge that finds an action not allowed; ``sent`` says whether the login needs it."""

    def judge(pair: Asked, policy: Policy) -> Result:
        if not sent(pair):
            return Nothing("the response sends nothing that needs it")
        ours = relevant(pair, policy)
        answer = any_of(action_matches(item, action) for item in ours)
        if answer is not False:
            return OK if answer else UNRESOLVED
        words = [word for item in ours for word in item.actions if not word.unresolved]
        detail = Text.of("it allows ", slots(word.text for word in words))
        kept = [word.text for word in words if action != ASSUME or not word.text.lower().startswith("sts:assumerole")]
        repaired = as_list("Action", [action, *kept] if action == ASSUME else [*kept, action])
        place = nearest_word(words, action) if words else Word("", ours[0].place if ours else policy.place)
        return _violated(place, pair, action, detail, repaired, with_role=False)

    return judge


def _denied(pair: Asked, policy: Policy) -> Result:
    denying = policy.denying()
    if not denying:
        return OK
    answers = [(item, statement_answers(item, policy, pair.request())) for item in denying]
    wrong = [item for item, answer in answers if answer]
    if wrong:
        return Violated(tuple(Violation(reading_of(Word("Deny", item.place))) for item in wrong))
    if any(answer is None for _, answer in answers):
        return Unknown("a statement denies under a condition that no login shows", "a look at the statement with Deny")
    return OK


def _allowed(pair: Asked, policies: tuple[Policy, ...]) -> Result:
    needed = [ASSUME, *(action for action, sent in _MORE.items() if sent(pair))]
    answer = any_of(all_of(allowed((policy,), pair.request(action)) for action in needed) for policy in policies)
    if answer is None:
        return Unknown(
            "a condition of the trust policy is about something that no login shows", "a look at the conditions of the policy"
        )
    if answer:
        return Held()
    statements = [item for policy in policies for item in policy.statements]
    place = statements[0].place if statements else policies[0].place
    return Violated((Violation(reading_of(Word("", place)), detail=Text.of(Slot(pair.provider.text))),))


def _violated(word: Word, pair: Asked, expected: str, detail: Text, repaired: Slot, *, with_role: bool = True) -> Violated:
    how = None if word.unresolved else difference(expected, word.text)
    shown = how if how is not None and how.kind != "other" else None
    related = (contrast(pair.reading, "Role attribute of the response"),) if with_role else ()
    return Violated((Violation(reading_of(word), None, Slot(expected), shown, detail, related, repaired=repaired),))


_MORE: dict[str, Callable[[Asked], bool]] = {
    TAG_SESSION: lambda pair: bool(pair.keys.get("aws:tagkeys")),
    SET_SOURCE_IDENTITY: lambda pair: bool(pair.keys.get("sts:sourceidentity")),
}
_OF_POLICY: dict[str, Callable[[Policy], Iterable[Violation]]] = {
    "grammar": grammar,
    "placeholder": _placeholder,
}
_OF_LOGIN: dict[str, Callable[[Asked, Policy], Result]] = {
    "principal_form": _principal_form,
    "principal_kind": _principal_kind,
    "provider": _provider,
    "provider_account": _elsewhere("account"),
    "provider_partition": _elsewhere("partition"),
    "action": _action(ASSUME, lambda pair: True),
    "tag_session": _action(TAG_SESSION, _MORE[TAG_SESSION]),
    "source_identity": _action(SET_SOURCE_IDENTITY, _MORE[SET_SOURCE_IDENTITY]),
    "denied": _denied,
}
