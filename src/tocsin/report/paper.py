# SPDX-License-Identifier: Apache-2.0
"""Sheets and letters that people print: one language each, in HTML for paper and in plain text.

The same looks and the same policy as the report's page: one style sheet inside, no script, nothing fetched.
Every value is escaped and control characters are spelt out. What a sheet says is its own package's.
"""

from __future__ import annotations

import textwrap
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tocsin.report.html import style_sheet
from tocsin.report.templating import page_environment, spelt_out

WIDTH = 78


def render_paper(package: str, template: str, *, lang: str, title: str, **values: object) -> str:
    """A page that extends `paper.html.j2`; the template lies in the package's `templates`."""
    css = paper_css()
    return (
        page_environment(package)
        .get_template(template)
        .render(
            lang=lang,
            title=title,
            css=Markup(css),  # noqa: S704  # our own files, read whole; nothing from outside is in them
            css_digest=b64encode(sha256(css.encode()).digest()).decode(),
            **values,
        )
    )


def render_text(package: str, template: str, **values: object) -> str:
    """A text that stands alone in an e-mail or on a screen, its lines broken at 78 characters."""
    written = _texts(package).get_template(template).render(**values)
    return "\n".join(line for long in written.split("\n") for line in _broken(long)).rstrip() + "\n"


def write_atomically(target: Path, text: str) -> None:
    """Never half a file under its final name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.part")
    temporary.write_text(text, "utf-8")
    temporary.replace(target)


@cache
def paper_css() -> str:
    """The report's style, and what paper needs beside."""
    own = files("tocsin.report").joinpath("templates/paper.css").read_text("utf-8")
    return style_sheet() + own


@cache
def _texts(package: str) -> Environment:
    return Environment(
        loader=PackageLoader(package),
        autoescape=False,  # noqa: S701  # plain text: there is nothing to escape
        undefined=StrictUndefined,
        finalize=spelt_out,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _broken(line: str) -> list[str]:
    """Continued under its own first word, so that lists stay lists."""
    body = line.lstrip(" ")
    mark = next((m for m in ("- ", "[ ] ", "    ") if body.startswith(m)), "")
    indent = " " * (len(line) - len(body) + len(mark))
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    ) or [""]
