"""One recorded login in the dialect of each recorder: what they write differently, and what they leave out."""

from __future__ import annotations

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Har = dict[str, Any]
Dialect = Callable[[Har], bytes]
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"


def written(har: Har) -> bytes:
    return json.dumps(har).encode()


def by(har: Har, creator: str) -> Har:
    har["log"]["creator"]["name"] = creator
    return har


def entries(har: Har) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = har["log"]["entries"]
    return found


def without(headers: list[dict[str, str]], *names: str) -> list[dict[str, str]]:
    return [item for item in headers if item["name"].lower() not in names]


def values(headers: list[dict[str, str]], name: str) -> list[str]:
    return [item["value"] for item in headers if item["name"].lower() == name]


def form(post: dict[str, Any]) -> list[tuple[str, str]]:
    return parse_qsl(post["text"], keep_blank_values=True)


def chrome(har: Har) -> bytes:
    """With sensitive data: params beside text, percent-encoded; extensions; scripts and pictures around."""
    for entry in entries(har):
        entry |= {"_resourceType": "document", "_priority": "VeryHigh", "_initiator": {"type": "other"}, "serverIPAddress": "[::1]"}
        post = entry["request"].get("postData")
        if post:
            pairs = (part.partition("=") for part in post["text"].split("&"))
            post["params"] = [{"name": name, "value": value} for name, _, value in pairs]
    script = json.loads(json.dumps(entries(har)[0]))
    script["request"] |= {"method": "GET", "url": "https://cdn.example/app.js"}
    script["response"] |= {"status": 200, "redirectURL": "", "headers": []}
    script["response"]["content"] = {"size": 9, "mimeType": "text/javascript", "text": "function a(){}"}
    entries(har).insert(1, script)
    return written(har)


def chrome_sanitised(har: Har) -> bytes:
    """The export that is preselected: no cookies and no authorization, bodies kept."""
    for entry in entries(har):
        for side in ("request", "response"):
            entry[side]["headers"] = without(entry[side]["headers"], "cookie", "set-cookie", "authorization")
            entry[side]["cookies"] = []
    return written(har)


def edge(har: Har) -> bytes:
    for entry in entries(har):
        for header in entry["request"]["headers"]:
            if header["name"] == "User-Agent":
                header["value"] = EDGE
    return chrome(har)


def firefox(har: Har) -> bytes:
    """Headers in lower case, mime types with charset, times with the local offset, no bodies of redirects."""
    har["log"]["browser"] = {"name": "Firefox", "version": "144.0"}
    for entry in entries(har):
        entry["startedDateTime"] = entry["startedDateTime"].replace("Z", "+00:00")
        for side in ("request", "response"):
            for header in entry[side]["headers"]:
                header["name"] = header["name"].lower()
        entry["response"]["content"]["mimeType"] = "text/html; charset=utf-8"
        if entry["request"].get("postData"):
            entry["request"]["postData"]["params"] = []
    return written(by(har, "Firefox"))


def safari(har: Har) -> bytes:
    """Several Set-Cookie in one header, by lines; redirects without a body."""
    for entry in entries(har):
        lines = values(entry["response"]["headers"], "set-cookie")
        if lines:
            kept = without(entry["response"]["headers"], "set-cookie")
            entry["response"]["headers"] = [*kept, {"name": "Set-Cookie", "value": "\n".join([*lines, "theme=dark; Path=/"])}]
        entry["time"] = 100.25
    return written(by(har, "WebKit Web Inspector"))


def playwright(har: Har) -> bytes:
    """Sizes of -1, base64 pages, a reference of frames."""
    for entry in entries(har):
        entry |= {"_frameref": "frame@1", "_monotonicTime": 12.5}
        content = entry["response"]["content"]
        if "text" in content:
            content |= {"text": base64.b64encode(content["text"].encode()).decode(), "encoding": "base64"}
    return written(by(har, "Playwright"))


def mitmproxy(har: Har) -> bytes:
    """No pages, params decoded, null timings."""
    har["log"]["pages"] = []
    for entry in entries(har):
        del entry["pageref"]
        entry["timings"] = {"send": None, "wait": -1, "receive": -1}
        post = entry["request"].get("postData")
        if post:
            post["params"] = [{"name": name, "value": value} for name, value in form(post)]
    return written(by(har, "mitmproxy"))


def zhar(har: Har) -> bytes:
    return zlib.compress(mitmproxy(har))


def charles(har: Har) -> bytes:
    """Params instead of text, decoded; a byte order mark."""
    for entry in entries(har):
        post = entry["request"].get("postData")
        if post:
            post["params"] = [{"name": name, "value": value} for name, value in form(post)]
            del post["text"]
    return b"\xef\xbb\xbf" + written(by(har, "Charles Proxy"))


def fiddler_har(har: Har) -> bytes:
    """Cookies as objects beside the headers, a duration of 0."""
    for entry in entries(har):
        entry["time"] = 0
    return written(by(har, "Fiddler"))


def insomnia(har: Har) -> bytes:
    """Cookies as objects only; header names in lower case."""
    for entry in entries(har):
        request, response = entry["request"], entry["response"]
        for line in values(request["headers"], "cookie"):
            pairs = (pair.strip().partition("=") for pair in line.split(";"))
            request["cookies"] += [{"name": name, "value": value} for name, _, value in pairs]
        for line in values(response["headers"], "set-cookie"):
            first, *rest = (part.strip() for part in line.split(";"))
            name, _, value = first.partition("=")
            words = dict((part.split("=", 1) if "=" in part else (part, "")) for part in rest)
            cookie = {"name": name, "value": value, "path": words.get("Path", "/"), "secure": "Secure" in words}
            response["cookies"].append(cookie | {"httpOnly": "HttpOnly" in words, "sameSite": words.get("SameSite", "")})
        request["headers"] = without(request["headers"], "cookie")
        response["headers"] = without(response["headers"], "set-cookie")
    return written(by(har, "Insomnia REST Client"))


def proxyman(har: Har) -> bytes:
    """Values of the wrong type here and there: statuses as text, no comment where the format wants one."""
    for entry in entries(har):
        entry["response"]["status"] = str(entry["response"]["status"])
        entry["time"] = None
    return written(by(har, "Proxyman"))


def powershell(har: Har) -> bytes:
    return ("\ufeff" + json.dumps(har)).encode("utf-16-le")


def gzipped(har: Har) -> bytes:
    return gzip.compress(written(har), mtime=0)


def tracer(har: Har, *, legacy: bool = False, masked: bool = False) -> bytes:
    """SAML-tracer: the decoded message beside each request, no bodies of answers, form values hashed when masked."""
    requests = []
    for number, entry in enumerate(entries(har)):
        request, response = entry["request"], entry["response"]
        headers = {"requestHeaders": request["headers"], "responseHeaders": response["headers"]}
        if masked:
            headers = {side: [_hidden(item) for item in found] for side, found in headers.items()}
        if legacy:
            headers = {side: [[item["name"], item["value"]] for item in found] for side, found in headers.items()}
        query = parse_qsl(urlsplit(request["url"]).query)
        posted = form(request["postData"]) if request.get("postData") else []
        message = _decoded(dict(query + posted))
        hidden = [[name, sha256(value.encode()).hexdigest()] for name, value in posted] if masked else posted
        requests.append(
            {
                "method": request["method"],
                "url": request["url"],
                ("id" if legacy else "requestId"): str(number),
                **headers,
                "get": query,
                "post": hidden,
                **({"protocol": "SAML-P", "saml": message} if message else {}),
                "responseStatus": response["status"],
            }
        )
    return json.dumps({"requests": requests, "timestamp": entries(har)[-1]["startedDateTime"]}).encode()


def _hidden(header: dict[str, str]) -> dict[str, str]:
    return {**header, "value": sha256(header["value"].encode()).hexdigest()} if "ookie" in header["name"] else header


def _decoded(parameters: dict[str, str]) -> str:
    if "SAMLRequest" in parameters:
        return zlib.decompress(base64.b64decode(parameters["SAMLRequest"]), -zlib.MAX_WBITS).decode()
    return base64.b64decode(parameters["SAMLResponse"]).decode() if "SAMLResponse" in parameters else ""


def raw_request(entry: dict[str, Any], *, absolute: bool) -> bytes:
    """An HTTP/1.1 request; to a proxy with the whole URL in its first line."""
    request = entry["request"]
    parts = urlsplit(request["url"])
    target = request["url"] if absolute else (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{request['method']} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{item['name']}: {item['value']}" for item in request["headers"]]
    return ("\r\n".join(lines) + "\r\n\r\n" + request.get("postData", {}).get("text", "")).encode()


def raw_response(entry: dict[str, Any]) -> bytes:
    """An HTTP/1.1 response, compressed and in two chunks."""
    response = entry["response"]
    lines = [f"HTTP/1.1 {response['status']} X", "Content-Type: text/html", "Content-Encoding: gzip", "Transfer-Encoding: chunked"]
    lines += [f"{item['name']}: {item['value']}" for item in response["headers"]]
    body = gzip.compress(response["content"].get("text", "").encode(), mtime=0)
    chunks = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in (body[:7], body[7:]) if part)
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + chunks + b"0\r\n\r\n"


def saz(har: Har) -> bytes:
    """Fiddler: three members for each session, times in the third."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_index.htm", "<html></html>")
        archive.writestr("raw/0001_c.txt", "CONNECT idp.example:443 HTTP/1.1\r\nHost: idp.example\r\n\r\n")
        for number, entry in enumerate(entries(har), 2):
            begun = entry["startedDateTime"].replace("Z", "0000+00:00")
            archive.writestr(f"raw/{number:04d}_c.txt", raw_request(entry, absolute=True))
            archive.writestr(f"raw/{number:04d}_s.txt", raw_response(entry))
            times = f'ClientBeginRequest="{begun}" ClientDoneResponse="{begun}"'
            archive.writestr(f"raw/{number:04d}_m.xml", f"<Session><SessionTimers {times}/></Session>")
    return octets.getvalue()


def burp(har: Har) -> bytes:
    """Burp Suite, save items: a document type first, messages as base64, times of a zone that need not be known."""
    items = []
    for entry in entries(har):
        request, response = raw_request(entry, absolute=False), raw_response(entry)
        items.append(
            "<item><time>Mon May 04 12:00:00 CEST 2026</time>"
            f"<url><![CDATA[{entry['request']['url']}]]></url><protocol>https</protocol>"
            f'<request base64="true"><![CDATA[{base64.b64encode(request).decode()}]]></request>'
            f'<response base64="true"><![CDATA[{base64.b64encode(response).decode()}]]></response></item>'
        )
    dtd = '<!DOCTYPE items [<!ELEMENT items (item*)><!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>'
    head = f'<?xml version="1.0"?>\n{dtd}\n<items burpVersion="2026.1" exportTime="x">'
    return (head + "".join(items) + "</items>").encode()


DIALECTS: dict[str, Dialect] = {
    "chrome": chrome,
    "chrome-sanitised": chrome_sanitised,
    "edge": edge,
    "firefox": firefox,
    "safari": safari,
    "playwright": playwright,
    "mitmproxy": mitmproxy,
    "zhar": zhar,
    "charles": charles,
    "fiddler-har": fiddler_har,
    "insomnia": insomnia,
    "proxyman": proxyman,
    "utf-16": powershell,
    "gzip": gzipped,
    "saml-tracer": tracer,
    "saml-tracer-legacy": lambda har: tracer(har, legacy=True),
    "saml-tracer-masked": lambda har: tracer(har, masked=True),
    "saz": saz,
    "burp": burp,
}
WITH_COOKIES = tuple(name for name in DIALECTS if name not in ("chrome-sanitised", "saml-tracer-masked"))
WITH_TIMES = tuple(name for name in DIALECTS if not name.startswith(("saml-tracer", "burp")))
