# SPDX-License-Identifier: Apache-2.0
"""A document: its template filled in one language, as plain text and as HTML.

Templates are a small part of Markdown: headings, lists, paragraphs, one strong line. A value can open none of
these: its lines are marked, and the HTML is made after everything was escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from tocsin.core.words import Words, _
from tocsin.declare.fill import Field
from tocsin.declare.forms import Form
from tocsin.declare.inputs import inputs
from tocsin.declare.said import title_of, value_words, who_words
from tocsin.declare.texts import tidy

VALUE: Final = "\ue000"
"""Begins each line of a value: what follows is text, whatever it looks like."""
OPEN: Final = "\ue001"
CLOSE: Final = "\ue002"
"""Around what is still to be completed."""
PRIVATE: Final = {ord(mark): None for mark in (VALUE, OPEN, CLOSE)}


def render_document(form: Form, fields: Mapping[str, Field], words: Words, zone: str) -> str:
    """The document of a form with its marks; `plain` and `marked_up` take them away."""
    return fill_document(f"forms/{form.id}/{words.lang}.md.j2", fields, words, zone, {})


def fill_document(
    place: str, fields: Mapping[str, Field], words: Words, zone: str, values: Mapping[str, Any]
) -> str:
    """A template of this package filled with fields, and with values of its own."""

    def value(name: str) -> str:
        return _said(fields[name], words, zone)

    def asked(name: str) -> bool:
        return fields[name].state != "not_applicable"

    safe = {name: _clean(one) for name, one in values.items()}
    return tidy(_template(place).render(v=value, asked=asked, **safe))


def complete_mark(text: str) -> str:
    """A text that says what a person must still complete."""
    return OPEN + text + CLOSE


def _clean(value: Any) -> Any:  # noqa: ANN401  # a template's value
    """Without our marks, wherever it comes from."""
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return " ".join(value.splitlines()) if isinstance(value, str) else value


def plain(document: str) -> str:
    """To read or to copy: what is to be completed stands in square brackets."""
    lines = (line[2:-2] if _is_strong(line) else line for line in document.split("\n"))
    return "\n".join(lines).replace(VALUE, "").replace(OPEN, "[").replace(CLOSE, "]") + "\n"


def marked_up(document: str) -> Markup:
    """The same as HTML."""
    return Markup("\n").join(_blocks(document.split("\n")))


def _said(field: Field, words: Words, zone: str) -> str:
    if field.state == "filled":
        text = value_words(words, zone, inputs()[field.id], field.value).translate(PRIVATE)
        return VALUE + f"\n{VALUE}".join(text.split("\n"))
    return OPEN + _to_complete(field, words) + CLOSE


def _to_complete(field: Field, words: Words) -> str:
    title = title_of(words, field.id)
    if field.state == "not_applicable":
        return words.text(_("{title}: not applicable"), title=title)
    return words.text(_("to be completed: {title} ({who})"), title=title, who=who_words(words, field))


def _blocks(lines: list[str]) -> Iterator[Markup]:
    """Headings, lists and paragraphs, one after the other."""
    waiting: list[Markup] = []
    is_list = False
    for line in [*(line if line.strip(VALUE) else "" for line in lines), ""]:
        item = line.startswith("- ")
        if waiting and (item != is_list or not line or line.startswith("#")):
            yield _closed(waiting, is_list)
            waiting = []
        is_list = item
        if line.startswith("#"):
            level = min(len(line) - len(line.lstrip("#")) + 1, 4)
            yield Markup("<h{0}>{1}</h{0}>").format(level, _inline(line.lstrip("# ")))
        elif line:
            waiting.append(_inline(line[2:] if item else line))


def _closed(waiting: list[Markup], is_list: bool) -> Markup:
    if is_list:
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(one) for one in waiting)
        )
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(waiting))


def _inline(text: str) -> Markup:
    """Escaped, then with what our own marks say."""
    is_strong = _is_strong(text)
    safe = escape(text[2:-2] if is_strong else text)
    whole = str(safe).replace(VALUE, "").replace(OPEN, '<mark class="todo">').replace(CLOSE, "</mark>")
    return Markup(f"<strong>{whole}</strong>" if is_strong else whole)  # noqa: S704  # escaped above


def _is_strong(line: str) -> bool:
    return line.startswith("**") and line.endswith("**") and len(line) > 4


@cache
def _template(place: str) -> Template:
    environment = Environment(
        autoescape=False,  # noqa: S701  # plain text; marked_up escapes it whole
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.from_string(files("tocsin.declare").joinpath(place).read_text("utf-8"))
