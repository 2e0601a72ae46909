"""The renderer of each format that ``check`` and ``metadata`` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samlcheck.cli.options import Format

if TYPE_CHECKING:
    from samlcheck.report.events import Render

SHARED = (Format.sarif, Format.junit, Format.github, Format.markdown)


def renderer(form: Format) -> Render:
    """Return the renderer of a shared format; raises KeyError for another one."""
    from samlcheck.report import github, junit, markdown, sarif

    return {
        Format.sarif: sarif.render,
        Format.junit: junit.render,
        Format.github: github.render,
        Format.markdown: markdown.render,
    }[form]
