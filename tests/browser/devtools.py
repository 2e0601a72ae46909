"""DevTools of Chromium beside a page, and what their network panel exports: the recordings that users send.

The front end of DevTools is a web page. Here it runs in a context of its own and looks at the page over the debugging port,
as in remote debugging. Its own writer makes the HAR; its modules are those that the panel's export button calls.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_PRESERVE_LOG = "localStorage.setItem('network-log.preserve-log', '{0}')"
_BEGIN = """
  const {NetworkLog} = await import('/devtools/models/logs/logs.js');
  const log = NetworkLog.NetworkLog.instance();  // listens from when it is first asked for
  const until = async (found, seconds) => {
    for (let left = 50 * seconds; left && !found(); left--) await new Promise(done => setTimeout(done, 20));
    return found();
  };
"""
_LISTEN = f"""async () => {{{_BEGIN}
  const {{TargetManager, NetworkManager}} = await import('/devtools/core/sdk/sdk.js');
  const target = () => TargetManager.TargetManager.instance().primaryPageTarget();
  if (!await until(() => target()?.model(NetworkManager.NetworkManager), 20)) throw new Error('DevTools do not see the page');
  await target().networkAgent().invoke_enable({{}});  // answered after the front end's own
}}"""
_EXPORT = f"""async sanitize => {{{_BEGIN}
  const {{Writer}} = await import('/devtools/models/har/har.js');
  const {{Progress}} = await import('/devtools/core/common/common.js');
  await until(() => log.requests().every(request => request.finished), 2);  // the panel leaves out what never ended
  const requests = log.requests().filter(request => /^https?:/.test(request.url()) && request.finished);
  const written = [];
  await Writer.Writer.write({{write: text => written.push(text)}}, requests, {{sanitize}}, new Progress.Progress());
  return written.join('');
}}"""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def flags(port: int) -> tuple[str, str]:
    """Return what Chromium must be started with."""
    return f"--remote-debugging-port={port}", f"--remote-allow-origins=http://127.0.0.1:{port}"


class DevTools:
    """The network panel of one page."""

    def __init__(self, front_end: Page) -> None:
        self._front_end = front_end

    def export(self, *, sanitised: bool) -> str:
        """Return the HAR: sanitised as by default, or with sensitive data."""
        return str(self._front_end.evaluate(_EXPORT, sanitised))


@contextmanager
def attached(browser: Browser, port: int, page: Page, *, preserve_log: bool = True) -> Iterator[DevTools]:
    """Open DevTools on a page and yield them once they record."""
    session = page.context.new_cdp_session(page)
    target = session.send("Target.getTargetInfo")["targetInfo"]["targetId"]
    context = browser.new_context()
    context.add_init_script(_PRESERVE_LOG.format("true" if preserve_log else "false"))
    front_end = context.new_page()
    try:
        front_end.goto(f"http://127.0.0.1:{port}/devtools/devtools_app.html?ws=127.0.0.1:{port}/devtools/page/{target}")
        front_end.evaluate(_LISTEN)
        yield DevTools(front_end)
    finally:
        context.close()
