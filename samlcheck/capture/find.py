"""Finds every SAML message in an input, whatever it is wrapped in.

``explore`` asks what the text is and opens it; ``open_value`` takes the encodings off one value. They call each other,
because values hold pages, pages hold forms and forms hold values; depth and the number of pieces are bounded.
"""

from __future__ import annotations

import re
from dataclasses import replace

from samlcheck.capture import document, escapes, form, peel, xmllook
from samlcheck.capture.document import Found, Origin
from samlcheck.capture.model import Binding, CapturedMessage
from samlcheck.errors import HostileInput, InputError
from samlcheck.frozen import dataclass

_MAX_DEPTH = 6
_MAX_PARTS = 32
_SAML_JSON_KEYS = {"samlresponse": "SAMLResponse", "samlrequest": "SAMLRequest"}
_CSV = re.compile(r"<[^<>\"]{1,200}=\"\"[^\s\"/>?]")
_BLANK_LINES = re.compile(r"\r?\n[ \t]*\r?\n\s*")


@dataclass(frozen=True, slots=True)
class Exploration:
    """What the text was, and what is in it."""

    kind: str
    found: tuple[Found, ...] = ()


def explore(octets: bytes, origin: Origin) -> Exploration:
    """Return everything found in octets that could be anything.

    Problems are returned beside the messages, so that one bad value does not hide the others.
    """
    if origin.depth > _MAX_DEPTH:
        return Exploration("unknown")
    text, encoding = escapes.as_text(octets)
    if encoding != "utf-8" and xmllook.root(xmllook.as_utf8(octets)) is None:
        origin = origin.inside(encoding, len(octets), len(escapes.as_octets(text)))
        octets = escapes.as_octets(text)
    problems: tuple[Found, ...] = ()
    for kind, opened in _OPENERS:
        found = opened(octets, text, origin)
        if any(isinstance(item, CapturedMessage) for item in found):
            return Exploration(kind, (*found, *problems))
        if any(isinstance(item, InputError) and item.code == "ws-federation" for item in found):
            return Exploration(kind, found)  # the token inside is an assertion, but no SAML login that could be judged
        problems = problems or found
    return Exploration("unknown", problems)


def open_value(value: str, origin: Origin) -> tuple[Found, ...]:
    """Return what one value holds; a parameter's value that cannot be decoded is a problem, other text is nothing."""
    masked = _masked(value, origin)
    if masked is not None:
        return masked
    octets = escapes.as_octets(value)
    try:
        peeled = peel.peel(octets)
    except HostileInput as refused:
        return (refused,)
    if peeled is None:
        return _undecodable(origin)
    origin = replace(origin, layers=origin.layers + peeled.layers, depth=origin.depth + 1)
    if not peeled.is_xml:
        return explore(peeled.octets, origin).found
    if any(layer.name in ("deflate", "zlib", "gzip") for layer in peeled.layers) and origin.binding == "unknown":
        origin = replace(origin, binding="redirect")  # only this binding compresses (bindings 3.4.4.1)
    found = document.message(peeled.octets, origin, complete=peeled.complete)
    if found:
        return found
    from samlcheck.capture import page

    if page.is_page(escapes.as_text(peeled.octets)[0]):
        return explore(peeled.octets, origin).found
    return _undecodable(origin)


def _masked(value: str, origin: Origin) -> tuple[Found, ...] | None:
    """Return what to say of a value that was masked; None for any other."""
    if len(value) >= 200:
        return None
    from samlcheck.capture import remains

    if not remains.is_masked(value):
        return None
    return (remains.masked(origin.parameter),) if origin.parameter else ()


def _undecodable(origin: Origin) -> tuple[Found, ...]:
    from samlcheck.capture import remains

    return (remains.undecodable(origin.parameter),) if origin.parameter else ()


def open_url(url: str, origin: Origin) -> tuple[Found, ...]:
    """Return the messages in the query of a URL (or in a bare query string)."""
    address, mark, query = url.partition("?")
    if not mark:
        address, query = "", url
    query = query.partition("#")[0].strip()
    if "&amp;" in query:
        query = query.replace("&amp;", "&")
    found = form.parameters(query)
    rest = form.without_saml(query)
    target = (escapes.printable(address) + (f"?{rest}" if rest else "")) if mark else origin.target
    messages: list[Found] = []
    for name in form.MESSAGE_PARAMETERS:
        first = next((item for item in found if item.name == name), None)
        if first is None:
            continue
        inside = replace(
            origin.inside("url", len(url), len(first.raw)), parameter=name, binding="redirect",
            relay_state=form.relay_state(found), redirect=form.redirect_query(query, found, name), target=target,
        )  # fmt: skip
        messages.extend(open_value(first.raw, inside))
    return tuple(messages)


def open_form(body: str, origin: Origin) -> tuple[Found, ...]:
    """Return the messages in a form body, urlencoded or multipart; every occurrence of a parameter counts."""
    if form.is_multipart(body):
        return open_fields(form.multipart(body), len(body), origin, encoded=False)
    found = form.parameters(body.strip().lstrip("?&"))
    return tuple(_as_redirect(item, body, found) for item in open_fields(found, len(body), origin))


def open_fields(found: tuple[form.Parameter, ...], size: int, origin: Origin, *, encoded: bool = True) -> tuple[Found, ...]:
    """Return the messages among form fields; ``size`` is that of the whole form, for the trail."""
    simple_sign = form.simple_sign(found, encoded=encoded)
    relay_state = form.relay_state(found, encoded=encoded)
    messages: list[Found] = []
    for item in [item for item in found if item.name in form.MESSAGE_PARAMETERS][:_MAX_PARTS]:
        if item.raw:
            inside = replace(
                origin.inside("form", size, len(item.raw)), parameter=item.name, relay_state=relay_state,
                binding="post" if simple_sign is None else "simplesign", simple_sign=simple_sign,
            )  # fmt: skip
            messages.extend(_encoded_alike(one) for one in open_value(item.raw, inside))
    return tuple(messages)


def _encoded_alike(item: Found) -> Found:
    """Decode RelayState as often as the message beside it: what was encoded once too often was so as a whole."""
    if not isinstance(item, CapturedMessage) or not item.relay_state:
        return item
    names = [layer.name for layer in item.layers]
    state = item.relay_state
    for _ in range(names[len(names) - names[::-1].index("form") :].count("percent") - 1):
        if "%" in state:
            state = escapes.printable(escapes.from_percent(state))
    return replace(item, relay_state=state)


def _as_redirect(item: Found, body: str, found: tuple[form.Parameter, ...]) -> Found:
    """Take a form whose message was compressed for what it is: the query string of a redirect without its URL."""
    if not isinstance(item, CapturedMessage) or item.parameter is None or item.redirect is not None:
        return item
    names = [layer.name for layer in item.layers]
    inside = names[len(names) - names[::-1].index("form") :]  # a file that is compressed says nothing of the message
    if not {"deflate", "zlib", "gzip"} & set(inside):
        return item
    query = body.strip().lstrip("?&")
    return replace(item, binding="redirect", simple_sign=None, redirect=form.redirect_query(query, found, item.parameter))


def open_page(text: str, origin: Origin) -> tuple[Found, ...]:
    """Return the messages in the auto-post forms of a page (bindings 3.5.4); the form's action is the target."""
    from samlcheck.capture import page

    messages: list[Found] = []
    for entry in page.forms(text)[:_MAX_PARTS]:
        relay_state = next((escapes.printable(value) for name, value in entry.fields if name == "RelayState"), None)
        simple_sign = form.simple_sign(tuple(form.Parameter(*field) for field in entry.fields), encoded=False)
        posted: Binding = "post" if simple_sign is None else "simplesign"
        for name, value in entry.fields:
            if name in form.MESSAGE_PARAMETERS and value:
                inside = replace(
                    origin.inside("html", len(text), len(value)), parameter=name, relay_state=relay_state,
                    target=escapes.printable(entry.action) if entry.action else origin.target,
                    binding="redirect" if entry.method == "GET" else posted, simple_sign=simple_sign,
                )  # fmt: skip
                messages.extend(open_value(value, inside))
        if not messages and any(name == "wresult" and value for name, value in entry.fields):
            from samlcheck.capture import explain

            messages.append(explain.ws_federation())
    return tuple(messages)


def _json(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """JSON of any shape: values under a SAML key, and texts that hold a message further inside."""
    if text.lstrip()[:1] not in ("{", "["):
        return ()
    from samlcheck.capture import jsontext, scan

    try:
        loaded = jsontext.load(text)
    except HostileInput as refused:
        return (refused,)
    messages: list[Found] = []
    for key, value, holder in jsontext.strings(loaded):
        parameter = _SAML_JSON_KEYS.get(re.sub(r"[^A-Za-z]", "", key[:40]).lower())
        inside = origin.inside("json", len(text), len(value))
        if parameter:
            state = next((holder[name] for name in ("RelayState", "relayState", "relay_state") if name in holder), None)
            relay_state = escapes.printable(state) if isinstance(state, str) else None
            messages.extend(open_value(value, replace(inside, parameter=parameter, relay_state=relay_state)))
        elif len(value) >= 48 and value != text:
            messages.extend(explore(escapes.as_octets(value), inside).found)
        if len(messages) >= scan.MAX_PIECES:
            break
    return tuple(messages)


def _xml(octets: bytes, _: str, origin: Origin) -> tuple[Found, ...]:
    return document.only(octets, origin)


def _http(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """A request or curl command as copied from developer tools or a proxy."""
    if "curl" not in text and " HTTP/" not in text:
        return ()
    from samlcheck.capture import http

    request = http.request(text)
    if request is None:
        return ()
    inside = origin.inside(request.kind, len(text), len(request.url) + len(request.body))
    in_url = open_url(request.url, inside) if "?" in request.url else ()
    return in_url + open_form(request.body, replace(inside, target=escapes.printable(request.url) or None))


def _page(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """An HTML page or a piece of one."""
    return open_page(text, origin) if ("SAMLRe" in text or "wresult" in text) and "<" in text else ()


def _url(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """One URL and nothing else."""
    bare = text.strip().strip("\"'<>")
    return open_url(bare, origin) if re.fullmatch(r"[A-Za-z][A-Za-z0-9+.\-]{0,20}://\S++", bare) else ()


def _form(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """One form body or query string and nothing else."""
    bare = text.strip().strip("`").strip().strip("\"'")
    return open_form(bare, origin) if form.is_form(bare) or form.is_multipart(bare) else ()


def _value(octets: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """One encoded value, or several one below the other; where a parameter is named, only its value may be decoded."""
    if form.holds_saml(text) or xmllook.root(xmllook.as_utf8(octets)) is not None:
        return ()  # XML is `_xml`'s to judge
    for parts in (_BLANK_LINES.split(text.strip()) if "\n" in text else (), text.split()):
        if 1 < len(parts) <= _MAX_PARTS and min(map(len, parts)) > 80:
            opened = [open_value(part, origin) for part in parts]
            if all(opened) and all(isinstance(item, CapturedMessage) for found in opened for item in found):
                return tuple(item for found in opened for item in found)
    return open_value(text, origin)


def _csv(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """XML in a field of a table, every quotation mark of it doubled (RFC 4180, 2.7)."""
    if '=""' not in text or _CSV.search(text) is None:
        return ()
    undone = escapes.as_octets(text.replace('""', '"'))
    return explore(undone, origin.inside("csv", len(text), len(undone))).found


def _log(_: bytes, text: str, origin: Origin) -> tuple[Found, ...]:
    """Messages somewhere inside text; if there are none, the same once more after undoing the text's own escapes."""
    from samlcheck.capture import scan

    messages: list[Found] = []
    for piece in scan.pieces(text):
        inside = origin.inside("log line", len(text), len(piece.value))
        if piece.kind == "url":
            messages.extend(open_url(piece.value, inside))
        elif piece.kind == "xml":
            messages.extend(document.message(escapes.as_octets(piece.value), inside))
        else:
            inside = replace(inside, parameter=piece.parameter, relay_state=piece.relay_state)
            messages.extend(open_value(piece.value, inside))
    if any(isinstance(item, CapturedMessage) for item in messages):
        return tuple(messages)
    joined = scan.behind_prefixes(text)
    if joined:
        whole = open_value(joined, origin.inside("log line", len(text), len(joined), "prefixes of lines removed"))
        if any(isinstance(item, CapturedMessage) for item in whole):
            return whole
    for name, applies, undo in (
        ("json string", escapes.has_json_escapes, escapes.from_json_escapes),
        ("entities", escapes.has_references, escapes.from_references),
        ("quoted-printable", escapes.is_quoted_printable, escapes.from_quoted_printable),
        ("quotation", escapes.is_quotation, escapes.from_quotation),
        ("percent", escapes.is_percent_encoded, escapes.from_percent),
    ):
        if applies(text):
            undone = escapes.as_octets(undo(text))
            deeper = explore(undone, origin.inside(name, len(text), len(undone))).found
            return deeper if any(isinstance(item, CapturedMessage) for item in deeper) else (*messages, *deeper)
    return tuple(messages)


_OPENERS = (
    ("json", _json), ("xml", _xml), ("http", _http), ("html", _page), ("url", _url), ("form", _form),
    ("csv", _csv), ("paste", _value), ("log", _log),
)  # fmt: skip
