"""What recorded a login, and how to record again with it: exact steps, in the words of its own menus.

Sources: the developer tools of the browsers and the manuals of the proxies named, as of 2026; what differs between their
files is in docs/recordings.md.
"""

from __future__ import annotations

from samlcheck.frozen import dataclass

_START = "Start at the service's own page (not at a bookmark of the sign-in page) and go on until the error shows."
_WINDOW = "Open one private window, after closing all others of that kind."


@dataclass(frozen=True, slots=True)
class Recorder:
    """A browser or proxy that records logins."""

    key: str
    """``chrome``, ``firefox``, ``charles`` …; ``other`` for one that is not known."""
    title: str
    steps: tuple[str, ...]
    """How to record so that nothing is missing."""
    sanitises: bool = False
    """Whether its usual export leaves cookies out."""


def _chromium(key: str, title: str) -> Recorder:
    return Recorder(
        key,
        title,
        (
            f"{_WINDOW} In it open the developer tools (F12), tab Network, tick Preserve log and clear the list.",
            _START,
            "In the settings of the developer tools (F1), under Preferences > Network, tick `Allow to generate HAR with sensitive "
            "data`; then hold the export button (arrow down) of the Network tab and choose `Export HAR (with sensitive data)`.",
            "The file holds passwords and sessions: keep it to yourself, and sign out afterwards.",
        ),
        sanitises=True,
    )


RECORDERS: dict[str, Recorder] = {
    "chrome": _chromium("chrome", "Chrome"),
    "edge": _chromium("edge", "Edge"),
    "firefox": Recorder(
        "firefox",
        "Firefox",
        (
            f"{_WINDOW} In it open the developer tools (F12), tab Network, and tick Persist Logs in the menu of the gear wheel.",
            _START,
            "In the menu of the gear wheel choose Save All As HAR. Answers above 1 MB are cut unless "
            "devtools.netmonitor.responseBodyLimit in about:config is raised (0: no limit).",
        ),
    ),
    "safari": Recorder(
        "safari",
        "Safari",
        (
            "In Settings > Advanced show the features for web developers; open Develop > Show Web Inspector, tab Network, and tick "
            "Preserve Log.",
            _START,
            "Choose Export in the Network tab.",
        ),
    ),
    "playwright": Recorder(
        "playwright",
        "Playwright",
        (
            "Record with recordHar: {path, mode: 'full', content: 'embed'}: other settings leave bodies out.",
            _START,
            "Close the context: only then the file is written whole.",
        ),
    ),
    "mitmproxy": Recorder(
        "mitmproxy",
        "mitmproxy",
        ("Start mitmproxy with --set hardump=login.har before the sign-in; trust its certificate.", _START, "Quit mitmproxy."),
    ),
    "charles": Recorder(
        "charles",
        "Charles",
        (
            "Enable SSL Proxying for the hosts of the service and of the identity provider, and clear the session.",
            _START,
            "Choose File > Export Session, format HTTP Archive (.har).",
        ),
    ),
    "fiddler": Recorder(
        "fiddler",
        "Fiddler",
        (
            "Under Tools > Options > HTTPS tick Decrypt HTTPS traffic, and remove all sessions from the list.",
            _START,
            "Choose File > Save > All Sessions (.saz).",
        ),
    ),
    "proxyman": Recorder(
        "proxyman",
        "Proxyman",
        ("Enable SSL Proxying for the hosts of the service and of the identity provider.", _START, "Choose File > Export > HAR."),
    ),
    "insomnia": Recorder(
        "insomnia",
        "Insomnia",
        ("A client for single requests cannot show a login with its cookies: record the login with a browser.",),
    ),
    "burp": Recorder(
        "burp",
        "Burp Suite",
        (
            "In Proxy > HTTP history select all requests from the first page of the service to the error.",
            "Choose Save items, and leave Base64-encode requests and responses ticked.",
        ),
    ),
    "saml-tracer": Recorder(
        "saml-tracer",
        "SAML-tracer",
        (
            "Open the SAML-tracer window before the sign-in and keep it open.",
            _START,
            "Choose Export and there the filter None: the others hash or overwrite form values and cookies.",
        ),
    ),
    "other": Recorder(
        "other",
        "the recorder",
        (
            f"{_WINDOW} In it open the developer tools (F12), tab Network, and let the log be kept over page loads.",
            _START,
            "Export everything as HAR, cookies and bodies included.",
        ),
    ),
}  # fmt: skip
_NAMES = (
    ("firefox", "firefox"), ("webkit", "safari"), ("playwright", "playwright"), ("mitmproxy", "mitmproxy"), ("charles", "charles"),
    ("fiddler", "fiddler"), ("proxyman", "proxyman"), ("insomnia", "insomnia"), ("burp", "burp"), ("saml-tracer", "saml-tracer"),
    ("webinspector", "chrome"), ("chrome", "chrome"), ("edge", "edge"),
)  # fmt: skip


def recorder(producer: str, user_agent: str = "") -> Recorder:
    """Return what made a recording. producer: its own word; user_agent: tells Edge from Chrome, which write alike."""
    folded = producer.lower()
    key = next((key for name, key in _NAMES if name in folded), "other")
    return RECORDERS["edge" if key == "chrome" and "Edg/" in user_agent else key]
