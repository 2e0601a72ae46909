"""Write ``docs/guides`` from the packs: ``python -m docs.make``, which ``make docs`` runs.

Nothing in that folder is written by hand. A test fails while the pages are not those that the packs give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from docs.pages import PAGES, Page
from samlcheck.checks import template
from samlcheck.finding import FixBy
from samlcheck.packs.catalogue import Catalogue, shipped
from samlcheck.packs.causes import cause_of
from samlcheck.packs.guide import Guide, Instruction, guide
from samlcheck.packs.model import IdpPack, Pack, Symptom
from samlcheck.packs.select import GENERIC
from samlcheck.packs.soundness import ancestry

GUIDES = Path(__file__).parent / "guides"
BY: dict[FixBy, str] = {
    "idp": "at the IdP",
    "sp": "at the service",
    "proxy": "at the proxy",
    "user": "by the user",
    "capture": "here",
}
CAPTURE = (
    "Close all private windows, then open one. Old sessions hide what goes wrong.",
    "Open the developer tools before anything else: tab Network, tick *Preserve log*, clear the list.",
    "Sign in as people do, from the first page on, until the error shows. Note the time and the address in the address bar.",
    "Export the list as a HAR file and give it to samlcheck as it is. An export without sensitive data is enough for "
    "everything but lost cookies.",
    "Without developer tools: the browser extension SAML-tracer exports what it saw; or copy the value of the form field "
    "`SAMLResponse` into a file.",
)
SHIFT_CLICK = (
    "IAM Identity Center shows the response by itself: hold Shift while you click the tile in the access portal, then choose "
    "*Copy XML* on the page that appears."
)
KEEP = "A response is a key to the account until it expires, and a HAR holds more than that: keep both on your machine."


@cache
def catalogue() -> Catalogue:
    """Return the shipped packs."""
    return shipped()


@cache
def library() -> dict[str, Pack]:
    """Return the rule packs with their set-up steps."""
    return {name: catalogue().with_examples(pack) for name, pack in catalogue().library().items()}


def idp_of(name: str) -> IdpPack:
    """Return the pack of an identity provider."""
    pack = catalogue().idp(name)
    assert pack is not None, name
    return pack


def guide_of(service: str, idp: str, configuration: str = "") -> Guide:
    """Return the guide of a service in the words of an IdP."""
    return guide(library()[service], library(), idp_of(idp), idp_of(GENERIC), {}, configuration)


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {"README.md": index(), **{f"{page.name}.md": written(page) for page in PAGES}}


def index() -> str:
    """Return the list of pages."""
    lines = [
        "# Guides",
        "",
        "What has to be set up for each system, where, and what people see when a value is wrong. Made from the packs by "
        "`make docs`.",
        "",
        *(f"- [{page.title}]({page.name}.md)" for page in PAGES),
        "",
        "For any other service: `samlcheck rules new` writes a first pack from its values or its metadata, and `samlcheck "
        "rules show` prints the same kind of guide for it ([packs](../packs.md)).",
    ]
    return "\n".join(lines) + "\n"


def written(page: Page) -> str:
    """Return one page."""
    parts = [[f"# {page.title}"], *([text] for text in page.about)]
    if page.service:
        parts += values(page)
        parts += consoles(page)
    if page.steps:
        parts += [["## What to set up"], [f"{number}. {step}" for number, step in enumerate(page.steps, 1)]]
    if page.idp:
        parts += provider(idp_of(page.idp))
    parts += seen(page)
    if page.service or page.idp:
        tile = [SHIFT_CLICK] if page.idp or page.service in ("amazon-connect", "twilio-flex", "twilio-frontline", "aws-iam") else []
        parts += [["## How to capture a login"], [f"{number}. {step}" for number, step in enumerate(CAPTURE, 1)], tile, [KEEP]]
    parts += [["## Commands"], *([f"{item.does}:", "", "```sh", item.line, "```"] for item in page.commands)]
    parts += [["A pasted response is judged at the moment of the login with `--at TIME`; a HAR knows its time."]]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def values(page: Page) -> Iterator[list[str]]:
    """Yield the sections on what is wanted, in neutral words: one for each configuration."""
    first = guide_of(page.service, GENERIC)
    for name in first.configurations or ("",):
        made = guide_of(page.service, GENERIC, name).instructions
        yield [f"## What to set up{f': {name}' if name else ''}"]
        yield table(
            ("", "field", "value", "why"),
            rows(item for item in made if name == first.configuration or item not in first.instructions),
        )
        if name != first.configuration:
            yield [f"All else as for {first.configuration}."]
    needed = {item.name: item for name in first.configurations or ("",) for item in guide_of(page.service, GENERIC, name).needed}
    if needed:
        yield ["Values of your own:"]
        yield table(
            ("value", "`--set`", "what it is", "where it is found", "for example"),
            [
                (f"`{v.placeholder}`", f"`{v.name}`", v.title, v.find_it, f"`{v.example}`" if v.example else "")
                for v in needed.values()
            ],
        )


def rows(instructions: Iterable[Instruction]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table of fields."""
    for number, item in enumerate(instructions, 1):
        why = f"{'Optional. ' if item.optional else ''}{item.why}"
        if item.allowed:
            why += f" One of {', '.join(f'`{value}`' for value in item.allowed)}."
        if not item.action or not item.entries:
            yield str(number), f"*{BY[item.by]}*", " ".join(item.where), why
            why = ""
        for index, entry in enumerate(item.entries):
            first = index == 0 and bool(item.action)
            yield (
                str(number) if first else "",
                entry.label,
                f"`{entry.value}`" if item.action else entry.value,
                why if first else "",
            )


def consoles(page: Page) -> Iterator[list[str]]:
    """Yield where to click, for each identity provider."""
    yield ["## Where to click"]
    yield ["The same in the words of each identity provider. What is marked *probably* is known from general knowledge only."]
    for name in catalogue().names("idp"):
        if name != GENERIC:
            made = guide_of(page.service, name)
            yield ["<details>", f"<summary>{made.idp_title}</summary>", ""]
            steps = [item for item in made.instructions if item.action]
            yield [f"{number}. {sentence(item)}" for number, item in enumerate(steps, 1)]
            yield ["</details>"]


def sentence(item: Instruction) -> str:
    """Return one step as it is told."""
    lead = "" if item.verified else "*Probably:* "
    fields = "; ".join(f"{entry.label}: `{entry.value}`" for entry in item.entries)
    told = (*item.where, f"{fields}.", *item.after) if item.entries else item.text
    return lead + " ".join(markdown(text) for text in told if text)


def provider(idp: IdpPack) -> Iterator[list[str]]:
    """Yield what an identity provider does and where its console changes what."""
    yield ["## What it does unless told otherwise"]
    yield [f"- {note}" for note in idp.defaults.notes]
    yield ["## What it can send"]
    yield table(("wanted", "value in an attribute mapping"), [(name, f"`{value}`") for name, value in idp.sources.items()])
    yield ["## Where to click"]
    yield [f"- `{name}`: {'' if action.verified else '*Probably:* '}{told(action.steps)}" for name, action in idp.actions.items()]
    services = [page for page in PAGES if page.service and "Identity Center" not in page.title]
    yield ["Filled in for one service: " + ", ".join(f"[{page.title}]({page.name}.md)" for page in services) + "."]


def told(steps: Iterable[str]) -> str:
    """Return the steps of an action with the names of its arguments in place of values."""
    pieces = (piece for step in steps for piece in (*template.parse(step), " "))
    return "".join(markdown(piece) if isinstance(piece, str) else f"*{piece.name}*" for piece in pieces).rstrip()


def seen(page: Page) -> Iterator[list[str]]:
    """Yield what people see when a value is wrong."""
    found = list(symptoms(page))
    if found:
        yield ["## What people see"]
        yield table(
            ("text or code", "what is behind it, most likely first"),
            [(shown(item), "; ".join(cause_of(cause).title for cause in item.causes[:3])) for item in found],
        )


def symptoms(page: Page) -> Iterator[Symptom]:
    """Yield the symptoms of a page's system whose text is telling and whose suspects are rules of its service."""
    own = {page.service, *ancestry(library()[page.service], library())} if page.service else set()
    own -= {"web-sso-profile", "saml-core"}
    for pack in catalogue().symptoms():
        for item in pack.symptoms:
            suspects = {suspect.partition("/")[0] for suspect in item.suspects}
            if pack.pack in page.symptoms and item.specificity != "low" and shown(item) and (not page.service or own & suspects):
                yield item


def shown(item: Symptom) -> str:
    """Return the text of a symptom as people see it: its pattern with the parts that vary left out."""
    text = re.sub(r"\\W(?:[+*?]|\{[0-9,]+\})?", " ", item.pattern or "")
    text = re.sub(r"(?:(?<!\\)\.|\[[^\]]*\]|\\[dswS])(?:[+*?]|\{[0-9,]+\})\??", "…", text)
    text = re.sub(r"\(\?:([^()|]*)(?:\|[^()]*)?\)\??", r"\1", text.partition("|")[0] if "(" not in text else text)
    text = re.sub(r"\\b|[\^$]|(?<!\\)\?", "", text)
    text = re.sub(r"\\(.)", r"\1", text).strip("… ")
    return text or item.code


def table(header: tuple[str, ...], lines: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a table."""
    return [
        "| " + " | ".join(header) + " |",
        "|" + "---|" * len(header),
        *("| " + " | ".join(markdown(cell) for cell in line) + " |" for line in lines),
    ]


def markdown(text: str) -> str:
    """Return a text so that Markdown shows it as it is; what stands between backticks already does."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(piece if piece.startswith("`") else piece.replace("<", "&lt;") for piece in pieces).replace("|", "\\|")


def main() -> None:
    """Write the pages, and take away those that are no more."""
    GUIDES.mkdir(exist_ok=True)
    made = pages()
    for path in GUIDES.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (GUIDES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
