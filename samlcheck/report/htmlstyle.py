"""How the page looks: for a screen, dark or light, wide or narrow, and for paper."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --paper: #fff; --box: #f3f5f8; --line: #d5dbe3;
  --bad: #b3261e; --good: #1a7f45; --warn: #8a5a00; --mark: #ffe3a3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --dim: #98a3b3; --paper: #14181f; --box: #1e242e;
  --line: #333c4a; --bad: #ff8a80; --good: #7fd6a0; --warn: #f3c26b; --mark: #5c4a12; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main, footer { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.4rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .25rem; }
section + section { border-top: 2px solid var(--line); margin-top: 2rem; }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem .5rem; margin: 1rem 0; }
.verdict { border: 2px solid; border-radius: .4rem; padding: 0 .4rem; white-space: nowrap; }
.accepted { color: var(--good); } .rejected, h2.error { color: var(--bad); } .cannot-tell, .warning { color: var(--warn); }
.dim, footer { color: var(--dim); } footer p, .path { margin: .2rem 0; font-size: .85rem; }
td { overflow-wrap: break-word; } td:last-child { overflow-wrap: anywhere; }
code, pre, td { font-family: ui-monospace, Consolas, monospace; font-size: .875rem; }
pre { white-space: pre-wrap; margin: .5rem 0; } mark { background: var(--mark); color: inherit; font-weight: bold; }
figure { background: var(--box); border-left: 4px solid var(--line); margin: .75rem 0; padding: .5rem .75rem; }
table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .15rem .75rem .15rem 0; }
th { font-weight: normal; color: var(--dim); white-space: nowrap; } .wide { overflow-x: auto; }
.fix { border-left: 4px solid var(--good); padding-left: .75rem; } .fix p { margin: .5rem 0; }
@media print { article, figure { break-inside: avoid; } }
"""


def policy(style: str, forms: str = "'none'") -> str:
    """Return the policy of a page with this style: even if markup were smuggled in, a browser would run and load nothing (CSP 3).

    forms: where forms may be sent.
    """
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action {forms}"
