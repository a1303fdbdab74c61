# SPDX-License-Identifier: Apache-2.0
"""A draft in one language, as HTML and as plain text: self-contained, no script, every value escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tocsin.core.words import Words, visible
from tocsin.declare.documents import marked_up, plain
from tocsin.declare.lines import Change, Lines
from tocsin.report.html import style_sheet


class Page(msgspec.Struct, frozen=True):
    """What stands at the head of a draft."""

    title: str
    case: str
    case_title: str
    version: int
    made: str
    kind: str
    recipient: str
    brief: tuple[tuple[str, tuple[str, ...]], ...]
    """Label and lines: where to submit, the law, the deadline, how much is filled."""
    waiting: tuple[tuple[str, str], ...] = ()
    """Who must still answer, and what."""
    changes: tuple[tuple[str, Change], ...] = ()
    since: int = 0
    is_stale: bool = False


def sheet_page(page: Page, sections: list[Lines], words: Words) -> tuple[str, str]:
    """A sheet as HTML and as text."""
    body = _environment(is_html=True).get_template("sheet.html.j2").render(sections=sections, **_said(words))
    text = (
        _environment(is_html=False)
        .get_template("sheet.txt.j2")
        .render(
            page=page, sections=sections, colon="\u00a0: " if words.lang == "fr" else ": ", **_said(words)
        )
    )
    return _whole(page, Markup(body), words), text.strip() + "\n"  # noqa: S704  # escaped by the template


def document_page(page: Page, document: str, words: Words) -> tuple[str, str]:
    """A document as HTML and as text."""
    body = Markup('<article class="part letter">{}</article>').format(marked_up(document))
    return _whole(page, body, words), plain(document)


def bare_page(title: str, body: Markup, words: Words) -> str:
    """A document alone, for whoever it is handed to."""
    css = _css()
    return (
        _environment(is_html=True)
        .get_template("bare.html.j2")
        .render(title=title, body=body, lang=words.lang, **_styled(css))
    )


def _styled(css: str) -> Mapping[str, Any]:
    return {
        "css": Markup(css),  # noqa: S704  # our own files, read whole
        "css_digest": b64encode(sha256(css.encode()).digest()).decode(),
    }


def _whole(page: Page, body: Markup, words: Words) -> str:
    css = _css()
    return (
        _environment(is_html=True)
        .get_template("page.html.j2")
        .render(
            page=page,
            body=body,
            lang=words.lang,
            **_styled(css),
            **_said(words),
        )
    )


def _said(words: Words) -> Mapping[str, Any]:
    return {"t": words.text, "tn": words.plural, "words": words}


@cache
def _css() -> str:
    own = files("tocsin.declare").joinpath("templates/declare.css").read_text("utf-8")
    return f"{style_sheet()}\n{own}"


@cache
def _environment(*, is_html: bool) -> Environment:
    return Environment(
        loader=PackageLoader("tocsin.declare"),
        autoescape=is_html,  # noqa: S701  # the other is plain text
        undefined=StrictUndefined,
        finalize=_spelt_out,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _spelt_out(value: object) -> object:
    return visible(value) if type(value) is str else value
