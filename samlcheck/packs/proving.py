"""Whether a pack's rules find what they say they find: every example is forged, signed, verified and judged for real.

A passing example must pass its rule. A failing one must fail its rule, and of the same pack only rules that this one
explains or is explained by: a rule that fires on its neighbour's fault is not done. Without ``passes`` the pack's base
login is the passing example; a rule about something optional may find nothing to look at there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from samlcheck.capture.model import Capture, CapturedMessage, Layer
from samlcheck.case import Case, Clock, Told
from samlcheck.errors import InputError
from samlcheck.facts import FactTable
from samlcheck.finding import Broken, Failed, NotApplicable, NotChecked, Outcome, Passed
from samlcheck.frozen import dataclass
from samlcheck.iam import Policy
from samlcheck.iam import read as read_policies
from samlcheck.login import Login, LoginMessage
from samlcheck.packs import metadata_proving
from samlcheck.packs.catalogue import Catalogue
from samlcheck.packs.model import Example, Pack, Rule
from samlcheck.packs.recorded_proving import FLOW, recorded
from samlcheck.packs.run import run
from samlcheck.packs.select import select
from samlcheck.packs.soundness import ancestry
from samlcheck.saml.anatomy import dissect
from samlcheck.source import Artifact
from samlcheck.trust.facts import Anchors

if TYPE_CHECKING:
    from samlcheck.forge import Forged, Keys, Recipe

DECRYPT = "decrypt"
"""An edit of examples that is not the forge's: which private key of the service is at hand (``right``, ``other``)."""
VALID_UNTIL = "idp.valid_until"
"""Another: when the metadata given by ``--idp`` ends."""
WANTS_SIGNED = "idp.wants_signed_requests"
"""Another: WantAuthnRequestsSigned of that metadata."""
CERTIFICATE = "idp.certificate"
"""Another: a certificate given beside that metadata, by a word of the forge's ``key``; ``none``: not even the metadata has one."""
POLICIES = ("iam.role", "iam.policy")
"""And two more: the trust policy and the permission policy given by ``--iam-role`` and ``--iam-policy``, as JSON."""
BASE_LOGIN = Example(name="base login")
SKEW = 0
"""Seconds of clock difference that examples are judged with: none, so that 45 seconds are enough to show one."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One example and what came of it."""

    rule: str
    side: Literal["passes", "fails"]
    example: str
    """Its name, or its number."""
    problem: str = ""
    """Empty: the example behaves as it should."""

    def __str__(self) -> str:
        return f"{self.rule} {self.side} {self.example}: {self.problem or 'holds'}"


def prove(pack: Pack, catalogue: Catalogue, keys: Keys | None = None) -> tuple[Proof, ...]:
    """Return the examples of a pack that do not behave as they should; none is proof. Arguments as for ``proofs``."""
    return tuple(proof for proof in proofs(pack, catalogue, keys) if proof.problem)


def proofs(pack: Pack, catalogue: Catalogue, keys: Keys | None = None) -> tuple[Proof, ...]:
    """Return a proof for every example of every rule of a pack, and one for each example that is missing.

    catalogue: the packs that this one extends, and the IdP packs. keys: sign the logins and are the ones trusted; made
    when none are given.
    """
    from samlcheck.forge import make_keys

    keys = keys or make_keys()
    pack = catalogue.with_examples(pack)
    catalogue = catalogue.plus([pack])
    return tuple(proof for rule in pack.rules for proof in _rule(pack, rule, catalogue, keys))


def _rule(pack: Pack, rule: Rule, catalogue: Catalogue, keys: Keys) -> Iterator[Proof]:
    name = f"{pack.pack}/{rule.id}"
    passes = rule.examples.passes or (BASE_LOGIN,)
    if not rule.examples.fails:
        yield Proof(name, "fails", "", "there is no failing example")
    for number, example in enumerate(passes, 1):
        yield Proof(name, "passes", example.name or str(number), _judged(pack, rule, example, catalogue, keys, fails=False))
    for number, example in enumerate(rule.examples.fails, 1):
        yield Proof(name, "fails", example.name or str(number), _judged(pack, rule, example, catalogue, keys, fails=True))


def _judged(pack: Pack, rule: Rule, example: Example, catalogue: Catalogue, keys: Keys, *, fails: bool) -> str:
    """Return what is wrong with an example, or an empty string."""
    name = f"{pack.pack}/{rule.id}"
    try:
        outcomes = {item.rule: item for item in outcomes_of(pack, example, catalogue, keys)}
    except (KeyError, ValueError) as error:
        return f"the login cannot be forged: {error.args[0] if error.args else type(error).__name__}"
    if name not in outcomes:
        return "the pack does not apply to this login"
    if not fails:
        idle = example is BASE_LOGIN and rule.optional and isinstance(outcomes[name], NotApplicable)
        return "" if idle or isinstance(outcomes[name], Passed) else f"the rule {_words(outcomes[name])}"
    if not isinstance(outcomes[name], Failed):
        return f"the rule {_words(outcomes[name])}"
    known = {f"{pack.pack}/{item.id}": item.explains for item in pack.rules}
    related = _reach(name, known) | {other for other in known if name in _reach(other, known)}
    strangers = [
        other for other, item in outcomes.items() if isinstance(item, Failed | Broken) and other != name and other not in related
    ]
    return f"also fails {', '.join(strangers)}, which it does not explain" if strangers else ""


def _reach(rule: str, explains: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the rules that a rule explains, directly or through others."""
    found: set[str] = set()
    ahead = [rule]
    while ahead:
        for pattern in explains[ahead.pop()]:
            for other in explains:
                if other not in found and other != rule and fnmatchcase(other, pattern):
                    found.add(other)
                    ahead.append(other)
    return found


def _words(outcome: Outcome) -> str:
    match outcome:
        case Passed():
            return "passes"
        case Failed(findings=findings):
            return f"fails: {findings[0].message.plain()}"
        case NotApplicable(why=why):
            return f"does not apply: {why}"
        case NotChecked(why=why):
            return f"is not checked: {why}"
        case Broken(error=error):
            return f"is broken: {error}"


def outcomes_of(pack: Pack, example: Example, catalogue: Catalogue, keys: Keys) -> tuple[Outcome, ...]:
    """Return what the rules of a pack say of the login, or of the metadata, that an example describes.

    Raises KeyError and ValueError for edits that cannot be made.
    """
    if pack.kind == "metadata":
        return metadata_proving.outcomes_of(pack, example, catalogue)
    from samlcheck.forge import edit, healthy

    base = _base(pack, catalogue)
    edits = {**example.edits}
    role, policy = (_policies(name, edits.pop(name, base.edits.get(name))) for name in POLICIES)
    decrypt, valid_until, wants_signed = (str(edits.pop(name, None) or "") for name in (DECRYPT, VALID_UNTIL, WANTS_SIGNED))
    certificate = str(edits.pop(CERTIFICATE, None) or "")
    flow = {name: edits.pop(name, value) for name, value in {**base.edits, **example.edits}.items() if name.startswith(FLOW)}
    known = edit(healthy(), {name: value for name, value in base.edits.items() if name not in (*POLICIES, *flow)})
    service = pack.pack if pack.kind == "service" else "generic"
    told = Told(service=service, parameters={**base.set, **example.set}, iam_role=role, iam_policy=policy)
    sent = edit(known, edits)
    case = case_of(known, sent, keys, told, decrypt=decrypt, valid_until=valid_until, wants_signed=wants_signed == "true")
    case = _beside(case, certificate) if certificate else case
    table = FactTable(recorded(case, sent, keys, flow) if flow else case)
    selection = select(catalogue, table, table.case.told)
    mine = tuple((item, why) for item, why in selection.packs if item.pack == pack.pack)
    return run(replace(selection, packs=mine), table)


def _beside(case: Case, word: str) -> Case:
    """Return the case with a certificate given beside the metadata."""
    from samlcheck.forge.keys import keys_for_this_run
    from samlcheck.trust.anchors import load

    if word == "none":
        return replace(case, anchors=replace(case.anchors, keys=()))
    given = load((Artifact("idp.pem", keys_for_this_run(word).certificate_pem),))
    return replace(case, anchors=replace(case.anchors, keys=(*case.anchors.keys, *given.keys)))


def _policies(name: str, value: str | tuple[str, ...] | None) -> tuple[Policy, ...]:
    """Return the policies that an example gives as JSON; raises ValueError for one that cannot be read."""
    texts = (value,) if isinstance(value, str) else value or ()
    try:
        return tuple(
            policy
            for text in texts
            for policy in read_policies(Artifact(f"{name}.json", text.encode()), "trust" if name == "iam.role" else "permission")
        )
    except InputError as error:
        raise ValueError(f"{name}: {error.message} ({error.where})") from None


def _base(pack: Pack, catalogue: Catalogue) -> Example:
    """Return the base login of a pack: its own, or that of the nearest pack it extends that has one."""
    library = catalogue.library()
    packs = (pack, *(library[name] for name in ancestry(pack, library)))
    bases = (catalogue.with_examples(item).base for item in packs)
    return next((base for base in bases if base.edits), pack.base)


def case_of(
    known: Recipe, sent: Recipe, keys: Keys, told: Told, *, decrypt: str = "", valid_until: str = "", wants_signed: bool = False
) -> Case:
    """Return the case of a forged login.

    known: what IdP and SP metadata say. sent: the login as it took place. keys: those of the IdP. decrypt: which private
    key the user gives: ``right``, ``other``, or none. valid_until, wants_signed: of the IdP metadata.
    """
    from samlcheck.forge import AT, forge, idp_metadata, sp_metadata
    from samlcheck.forge.keys import keys_for_this_run
    from samlcheck.trust.anchors import load, of_services
    from samlcheck.trust.establish import establish
    from samlcheck.xmldoc.parse import parse

    forged = forge(sent, keys)
    if sent.message is not None and sent.message.kind in ("logoutrequest", "artifactresolve"):
        return _request_alone(known, forged, told)
    response = CapturedMessage(
        Artifact("example.xml", forged.xml),
        (Layer("form", 0, 0),),
        "response",
        "post",
        "SAMLResponse",
        sent.relay_state,
        target=known.destination,  # the browser goes where the service is, whatever the message says
    )
    anatomy = dissect(parse(response.artifact))
    described = idp_metadata(known, (forged.keys,), valid_until=valid_until or None, wants_signed=wants_signed)
    anchors = load((Artifact("idp.xml", described),))
    request = None
    if forged.request_xml is not None:
        asked = CapturedMessage(Artifact("request.xml", forged.request_xml), (), "request", "redirect", "SAMLRequest")
        request = LoginMessage(asked, dissect(parse(asked.artifact)))
    messages = (response,) if request is None else (request.captured, response)
    service = (dissect(parse(Artifact("sp.xml", sp_metadata(known, signing=(forged.keys,) if _signs(sent) else ())))),)
    private_keys = {"right": ("recipient",), "other": ("other",)}.get(decrypt, ())
    trust = establish(
        anatomy,
        anchors,
        policy="modern" if told.parameters.get("algorithms") == "modern" else "legacy",
        private_keys=tuple(keys_for_this_run(word).private_pem for word in private_keys),
    )
    return Case(
        login=Login(LoginMessage(response, anatomy), request, Capture(response.artifact, "form", messages), "example"),
        trust=trust,
        request_trust=establish(request.anatomy, of_services(service)) if request is not None else None,
        anchors=anchors,
        sp=service,
        told=told,
        clock=Clock(AT, "given"),
        skew=SKEW,
    )


def _signs(sent: Recipe) -> bool:
    return sent.request is not None and sent.request.sign != "none"


def _request_alone(known: Recipe, forged: Forged, told: Told) -> Case:
    """Return the case of a request that nothing answers yet; the keys are those of its sender, whichever side that is."""
    from samlcheck.forge import AT, idp_metadata, sp_metadata
    from samlcheck.trust.anchors import load
    from samlcheck.trust.establish import establish
    from samlcheck.xmldoc.parse import parse

    asked = CapturedMessage(Artifact("example.xml", forged.xml), (Layer("form", 0, 0),), "request", "post", "SAMLRequest")
    anatomy = dissect(parse(asked.artifact))
    anchors = load((Artifact("idp.xml", idp_metadata(known, (forged.keys,))),))
    return Case(
        login=Login(None, LoginMessage(asked, anatomy), Capture(asked.artifact, "form", (asked,)), "example"),
        trust=None,
        request_trust=establish(anatomy, Anchors(anchors.keys), issuer_hint=anchors.keys[0].entity_id),
        anchors=anchors,
        sp=(dissect(parse(Artifact("sp.xml", sp_metadata(known, signing=(forged.keys,))))),),
        told=told,
        clock=Clock(AT, "given"),
        skew=SKEW,
    )
