"""The page with the form: what was captured, what is known, and how the answer is wanted. It works without any script."""

from __future__ import annotations

from samlcheck import __version__
from samlcheck.packs.catalogue import Catalogue
from samlcheck.report.htmlparts import Node, head, node, written
from samlcheck.report.htmlstyle import STYLE, policy

_STYLE = (
    STYLE
    + """
form { display: grid; gap: 1.25rem; } fieldset { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem 1rem;
  display: grid; gap: .9rem; min-width: 0; } legend { font-weight: bold; padding: 0 .4rem; }
.pair { display: grid; gap: .9rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
label { display: grid; gap: .25rem; align-content: start; } label small { color: var(--dim); }
label.tick { display: flex; gap: .5rem; align-items: baseline; }
textarea, input:not([type=checkbox]), select { font: inherit; color: inherit; background: var(--box); border: 1px solid var(--line);
  border-radius: .35rem; padding: .45rem .6rem; width: 100%; box-sizing: border-box; }
textarea { font-family: ui-monospace, Consolas, monospace; font-size: .875rem; resize: vertical; }
input[type=file] { border-style: dashed; } :focus-visible { outline: 3px solid var(--good); outline-offset: 1px; }
button { font: inherit; padding: .5rem 1.1rem; border-radius: .35rem; border: 1px solid var(--line); background: var(--box);
  color: inherit; cursor: pointer; } button.main { background: var(--good); border-color: var(--good); color: var(--paper);
  font-weight: bold; } .buttons { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; } summary { cursor: pointer; }
details > div { display: grid; gap: .9rem; margin-top: .9rem; }
"""
)
POLICY = policy(_STYLE, "'self'")


def form_page(catalogue: Catalogue) -> str:
    """Return the page."""
    form = node(
        "form",
        {"method": "post", "enctype": "multipart/form-data", "target": "_blank", "autocomplete": "off"},
        node(
            "fieldset",
            node("legend", "What was captured"),
            _area("capture", "Paste it", "SAMLResponse in any encoding, form body, URL, page, log, curl, metadata", rows="8"),
            _file("capture", "or choose the file", "HAR, SAML-tracer, SAZ, Burp, page, XML; drop it here", several=True),
        ),
        node(
            "fieldset",
            node("legend", "What you know"),
            _pair(
                _file("idp", "Metadata or certificate of the identity provider", "--idp: without it nothing is called accepted",
                      several=True),
                _area("idp", "or paste it", "metadata XML, PEM, bare base64"),
            ),
            _pair(
                _line("acs", "ACS URL of the service", "--acs"),
                _line("audience", "Audience: entity ID of the service", "--audience"),
                _file("sp", "or its metadata", "--sp"),
                _services(catalogue),
                _line("error", "What the error page said", "--error"),
                _line("at", "When it was", "--at; empty: when it was captured, else now"),
            ),
            _more(),
        ),
        node(
            "div",
            node("button", {"name": "as", "value": "page", "class": "main"}, "Say why it failed"),
            node("button", {"name": "as", "value": "decode"}, "Only decode"),
            node("button", {"name": "as", "value": "markdown"}, "Save as Markdown"),
            node("button", {"name": "as", "value": "json"}, "Save as JSON"),
            class_="buttons",
        ),
        _pair(
            _tick("show", "Show personal values", "names, addresses, tokens; otherwise masked"),
            _tick("all", "Show everything", "notes, passed rules, digests"),
        ),
    )  # fmt: skip
    main = node(
        "main",
        node("h1", "Why did this login fail?"),
        node(
            "p",
            "Answered on this machine: nothing is sent anywhere, nothing is kept. Answers open in a tab of their own.",
            class_="dim",
        ),
        form,
    )
    page = node("html", head("why did this login fail?", _STYLE, "'self'"), node("body", main, _footer()), lang="en")
    return f"<!DOCTYPE html>\n{written(page)}\n"


def _footer() -> Node:
    return node("footer", node("p", f"samlcheck {__version__}, as on the command line: samlcheck check --help"))


def _more() -> Node:
    return node(
        "details",
        node("summary", "More"),
        node(
            "div",
            _pair(
                _area("request", "AuthnRequest", "--request: as captured"),
                _area("settings", "Parameters", "--set: key=value, one a line (region, account_id, users, …)"),
                _line("relay_state", "RelayState", "--relay-state"),
                _line("user", "Login name that the service knows", "--user"),
                _file("iam_role", "IAM trust policies", "--iam-role: JSON, several at once", several=True),
                _file("iam_policy", "IAM permission policies", "--iam-policy", several=True),
                _file("key", "Private key of the service", "--key: to decrypt; used for this answer alone"),
            ),
        ),
    )


def _services(catalogue: Catalogue) -> Node:
    options = (node("option", {"value": entry.name}, entry.title) for entry in catalogue.entries("service"))
    chosen = node("select", {"name": "service"}, node("option", {"value": ""}, "recognised from the message"), *options)
    return node("label", "Service ", node("small", "--service"), chosen)


def _pair(*fields: Node) -> Node:
    return node("div", *fields, class_="pair")


def _area(name: str, title: str, hint: str, rows: str = "3") -> Node:
    area = node("textarea", {"name": name, "rows": rows, "spellcheck": "false", "autocapitalize": "off"})
    return node("label", f"{title} ", node("small", hint), area)


def _line(name: str, title: str, hint: str) -> Node:
    return node("label", f"{title} ", node("small", hint), node("input", {"name": name, "spellcheck": "false"}))


def _file(name: str, title: str, hint: str, *, several: bool = False) -> Node:
    field = node("input", {"type": "file", "name": name, **({"multiple": "multiple"} if several else {})})
    return node("label", f"{title} ", node("small", hint), field)


def _tick(name: str, title: str, hint: str) -> Node:
    words = node("span", f"{title} ", node("small", hint))
    return node("label", node("input", {"type": "checkbox", "name": name}), words, class_="tick")
