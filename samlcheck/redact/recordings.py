"""Recordings of a browser with only what a diagnosis needs: HAR, and the exports of SAML-tracer.

An allow-list of keys, headers and kinds of bodies (SECURITY T11): what is not named here is left out. Works on the JSON,
so that what a reader of recordings does not look at today cannot slip through tomorrow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPMethod, HTTPStatus
from typing import TYPE_CHECKING, Any

from samlcheck.capture import jsontext
from samlcheck.redact import bodies, headers, queries
from samlcheck.redact.words import listing

if TYPE_CHECKING:
    from samlcheck.redact.copyist import Copyist

Object = dict[str, Any]
_RECORDERS = listing(
    "webinspector webkit web inspector firefox chrome edge playwright mitmproxy exporthar charles proxy fiddler insomnia proxyman "
    "burp suite browsertime http toolkit saml tracer har dev network"
)
_TIMINGS = listing(
    """
    blocked dns connect send wait receive ssl _blocked_queueing _blocked_proxy
    """
)
_RESOURCES = listing(
    "document stylesheet image media font script xhr fetch eventsource websocket manifest ping preflight texttrack other"
)
"""Kinds of resources as Chromium names them (``_resourceType``)."""
_ERRORS = re.compile(r"net::ERR_[A-Z_]{3,40}|NS_[A-Z_]{3,40}")
_PHRASES = frozenset(status.phrase for status in HTTPStatus)
_METHODS = frozenset(HTTPMethod)


def is_recording(loaded: Any) -> bool:
    """Return whether a JSON value is a HAR or an export of SAML-tracer."""
    return _entries(loaded) is not None


def copied(loaded: Any, copyist: Copyist) -> Any:
    """Return the recording with private values replaced and everything left out that is not needed."""
    log = loaded.get("log")
    new = {"log": _log(log, copyist)} if isinstance(log, dict) else _export(loaded, copyist)
    copyist.values.kept(" ".join(_keys(new)))
    return new


def _keys(value: Any) -> set[str]:
    """Return the keys of a copy: they are those of the format, for a copy holds no others."""
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def _export(loaded: Object, copyist: Copyist) -> Object:
    return {
        **({"timestamp": copyist.values.text(loaded["timestamp"], "text")} if isinstance(loaded.get("timestamp"), str) else {}),
        "requests": [_traced(item, copyist) for item in jsontext.objects_of(loaded, "requests")],
    }


def broken_off(text: str, copyist: Copyist) -> str | None:
    """Return the copy of a recording that breaks off, which breaks off too; None for anything else."""
    for key, copy in (("entries", _entry), ("requests", _traced)):
        if f'"{key}"' not in text:
            continue
        items = jsontext.whole_items(text, key)
        if items:
            creator = re.search(r'"creator"\s*:\s*\{[^{}]{0,200}?"name"\s*:\s*"([^"\\]{1,80})"', text[:4096])
            name = _recorder(creator[1], copyist) if creator else ""
            head: Object = {"log": {"creator": {"name": name}, key: []}} if key == "entries" else {key: []}
            start = json.dumps(head).partition("[]")[0] + "[\n"
            return start + ",\n".join(json.dumps(copy(item, copyist), ensure_ascii=False) for item in items) + ',\n{"cut'
    return None


def _entries(loaded: Any) -> list[Any] | None:
    if not isinstance(loaded, dict):
        return None
    log = loaded.get("log")
    found = log.get("entries") if isinstance(log, dict) else loaded.get("requests")
    return found if isinstance(found, list) else None


def _log(log: Object, copyist: Copyist) -> Object:
    new: Object = {"version": "1.2"}
    for key in ("creator", "browser"):
        if isinstance(log.get(key), dict):
            new[key] = {
                name: _recorder(value, copyist) if name == "name" else headers.standard(value, copyist)
                for name, value in log[key].items()
                if name in ("name", "version") and isinstance(value, str)
            }
    new["pages"] = [
        {
            "startedDateTime": _started(item, copyist),
            "id": copyist.values.text(jsontext.text_of(item, "id"), "identifier"),
            "title": "",
        }
        for item in jsontext.objects_of(log, "pages")
    ]
    for item in jsontext.objects_of(log, "pages"):
        copyist.values.drop(jsontext.text_of(item, "title"), "page title")
    new["entries"] = [_entry(item, copyist) for item in jsontext.objects_of(log, "entries")]
    return new


def _entry(item: Object, copyist: Copyist) -> Object:
    new: Object = {"startedDateTime": _started(item, copyist)}
    if isinstance(item.get("pageref"), str):
        new["pageref"] = copyist.values.text(item["pageref"], "identifier")
    for key in ("time",):
        if _is_number(item.get(key)):
            new[key] = item[key]
    new["request"] = _request(item.get("request") or {}, copyist)
    new["response"] = _response(item.get("response") or {}, jsontext.text_of(item, "request", "url"), copyist)
    new["cache"] = {}
    timings = item.get("timings")
    new["timings"] = {
        key: value for key, value in (timings if isinstance(timings, dict) else {}).items() if key in _TIMINGS and _is_number(value)
    }
    if isinstance(item.get("_error"), str):
        new["_error"] = _error(item["_error"], copyist)
    if item.get("_resourceType") in _RESOURCES:
        new["_resourceType"] = copyist.values.kept(item["_resourceType"])
    return new


def _request(request: Object, copyist: Copyist) -> Object:
    new: Object = {
        "method": _method(request, copyist),
        "url": queries.url(jsontext.text_of(request, "url"), copyist),
        "httpVersion": headers.standard(jsontext.text_of(request, "httpVersion"), copyist),
        "headers": headers.listed(request, copyist),
        "queryString": _fields(jsontext.pairs_of(request, "queryString"), copyist),
        "cookies": headers.cookies(request, copyist),
        "headersSize": -1,
        "bodySize": _size(request, "bodySize"),
    }
    post = request.get("postData")
    if isinstance(post, dict):
        new["postData"] = _post(post, copyist)
    return new


def _post(post: Object, copyist: Copyist) -> Object:
    new: Object = {"mimeType": headers.standard(jsontext.text_of(post, "mimeType"), copyist)}
    text = jsontext.text_of(post, "text")
    if jsontext.text_of(post, "encoding") == "base64":
        text = bodies.from_base64(text)
    pairs = jsontext.pairs_of(post, "params")
    if text:
        new["text"] = bodies.sent(text, copyist)
    if pairs:
        new["params"] = _fields(pairs, copyist)
    return new


def _response(response: Object, url: str, copyist: Copyist) -> Object:
    new: Object = {
        **({} if (status := jsontext.integer_of(response, "status")) is None else {"status": status}),
        "statusText": _phrase(jsontext.text_of(response, "statusText"), copyist),
        "httpVersion": headers.standard(jsontext.text_of(response, "httpVersion"), copyist),
        "headers": headers.listed(response, copyist),
        "cookies": headers.cookies(response, copyist),
        "redirectURL": queries.url(jsontext.text_of(response, "redirectURL"), copyist),
        "headersSize": -1,
        "bodySize": _size(response, "bodySize"),
        "content": _content(response.get("content") or {}, copyist),
    }
    for key in ("_error", "_failureText"):
        if isinstance(response.get(key), str):
            new[key] = _error(response[key], copyist)
    return new


def _content(content: Object, copyist: Copyist) -> Object:
    kind = jsontext.text_of(content, "mimeType")
    new: Object = {"size": _size(content, "size"), "mimeType": headers.standard(kind, copyist)}
    text = jsontext.text_of(content, "text")
    if jsontext.text_of(content, "encoding") == "base64":
        if bodies.is_binary(kind.lower()):
            copyist.values.ledger.replaced("static content", text)  # as it stands: what it decodes to has no words
            return {**new, "text": ""}
        text = bodies.from_base64(text)
    if text:
        new["text"] = bodies.shown(text, kind.lower(), copyist)
    return new


def _fields(pairs: Iterable[tuple[str, str]], copyist: Copyist) -> list[Object]:
    return [{"name": name, "value": value} for name, value in _named(pairs, copyist)]


def _named(pairs: Iterable[tuple[str, str]], copyist: Copyist) -> list[tuple[str, str]]:
    """Return recorded fields, whose values may or may not be percent-encoded still."""
    found = []
    for name, value in pairs:
        encoded = queries.query(f"{name}={value}", copyist) if "%" in value and " " not in value else ""
        new_name, equals, new_value = encoded.partition("=")
        found.append((new_name, new_value) if equals else (_field_name(name, copyist), queries.field(name, value, copyist)))
    return found


def _field_name(name: str, copyist: Copyist) -> str:
    return queries.query(f"{name}=", copyist).removesuffix("=")


def _traced(item: Object, copyist: Copyist) -> Object:
    """Return one request of a SAML-tracer export, in the form (old or new) that it has."""
    new: Object = {"method": _method(item, copyist), "url": queries.url(jsontext.text_of(item, "url"), copyist)}
    for key in ("requestId", "id"):
        if isinstance(item.get(key), str):
            new[key] = copyist.values.text(item[key], "identifier")
    for key in ("requestHeaders", "responseHeaders"):
        if isinstance(item.get(key), list):
            kept = headers.kept(jsontext.pairs_of(item, key), copyist)
            legacy = any(isinstance(entry, list) for entry in item[key])
            new[key] = [list(pair) if legacy else {"name": pair[0], "value": pair[1]} for pair in kept]
    for key in ("get", "post"):
        if isinstance(item.get(key), list):
            new[key] = [list(pair) for pair in _named(jsontext.pairs_of(item, key), copyist)]
    if isinstance(item.get("responseStatus"), int):
        new["responseStatus"] = item["responseStatus"]
    if isinstance(item.get("responseStatusText"), str):
        new["responseStatusText"] = copyist.values.text(item["responseStatusText"], "text")
    if item.get("protocol") in ("SAML-P", "WS-Fed"):
        new["protocol"] = item["protocol"]
    if isinstance(item.get("saml"), str) and item["saml"]:
        new["saml"] = copyist.text(item["saml"])
    return new


def _method(part: Object, copyist: Copyist) -> str:
    method = jsontext.text_of(part, "method")
    return copyist.values.kept(method) if method in _METHODS else copyist.values.text(method, "text")


def _recorder(name: str, copyist: Copyist) -> str:
    return replace(copyist.values, public=copyist.values.public | _RECORDERS).text(name, "text")


def _started(item: Object, copyist: Copyist) -> str:
    return copyist.values.text(jsontext.text_of(item, "startedDateTime"), "text")


def _size(part: Object, key: str) -> int:
    found = jsontext.integer_of(part, key)
    return -1 if found is None else found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _error(text: str, copyist: Copyist) -> str:
    return copyist.values.kept(text) if _ERRORS.fullmatch(text) else copyist.values.text(text, "text")


def _phrase(text: str, copyist: Copyist) -> str:
    return copyist.values.kept(text) if text in _PHRASES else copyist.values.text(text, "text")
