"""HTML pages: their forms and the text that people see, its words replaced but for those that say what went wrong."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from samlcheck.capture import page
from samlcheck.redact import queries
from samlcheck.redact.words import listing

if TYPE_CHECKING:
    from samlcheck.redact.copyist import Copyist

_FRAME = (
    "doctype html meta http equiv refresh content body form method action input type hidden name value script document forms submit"
)
"""Words that every page is written with."""
_REFUSALS = listing(
    """
    error errors fehler fehlermeldung erreur failed failure fehlgeschlagen échec invalid ungültig ungültige ungültiger denied
    forbidden unauthorized unauthorised not allowed authorized permitted found assigned something went wrong couldn could unable
    exception rejected expired problem sorry
    """
)
"""Words by which a page of any product is known for a refusal."""
_REFRESH = re.compile(r"<meta[^>]{0,80}http-equiv=[\"']?refresh[\"']?[^>]{0,80}content=[\"']([^\"']{0,4000})", re.IGNORECASE)


def copied(text: str, copyist: Copyist) -> str:
    """Return a page with the same forms and the same refresh; scripts, links and all the rest are left out."""
    copyist.values.drop(text, "page")
    copyist.values.kept(_FRAME)
    lines = ["<!doctype html>", "<html><body>"]
    refresh = _REFRESH.search(text)
    if refresh:
        lines.insert(1, f'<meta http-equiv="refresh" content="{_attribute(queries.url(html.unescape(refresh[1]), copyist))}">')
    for form in page.forms(text):
        method = f' method="{copyist.values.kept(form.method.lower())}"' if form.method in ("POST", "GET") else ""
        action = "" if form.action is None else f' action="{_attribute(queries.url(form.action, copyist))}"'
        lines.append(f"<form{method}{action}>")
        for name, value in form.fields:
            new = queries.field(name, value, copyist) if value else ""
            lines.append(f'<input type="hidden" name="{_attribute(_name(name, copyist))}" value="{_attribute(new)}">')
        lines.append("</form>")
    if ".submit(" in text and any(form.fields for form in page.forms(text)):
        lines.append("<script>document.forms[0].submit()</script>")
    told = replace(copyist, values=replace(copyist.values, public=copyist.values.public | _REFUSALS))
    said = page.visible_text(text)
    lines += [f"<p>{_attribute(told.said(said))}</p>"] if said else []
    return "\n".join([*lines, "</body></html>"]) + "\n"


def _name(name: str, copyist: Copyist) -> str:
    known = re.fullmatch(r"[A-Za-z_$][\w.$\-]{0,40}(?:\[\w*\])*", name, re.ASCII)
    return copyist.values.kept(name) if known else copyist.values.text(name, "parameter name")


def _attribute(text: str) -> str:
    return html.escape(text, quote=True)
