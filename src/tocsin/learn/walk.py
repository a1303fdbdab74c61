# SPDX-License-Identifier: Apache-2.0
"""What replies really held, from a recorded walk on a test person's file (HAR 1.2, JSON).

The values by which the test person is known come in a second file, `{"category": value or values}`. A field
of a reply that holds one of them shows that category. Values are compared without case and accents; they
are never told: a basis names the field alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.json_file import DEEPEST, Tree, dict_of, leaves, list_of, read_json, text_of
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.learn.basis import Basis, Evidence
from tocsin.learn.paths import fits, may_be, segments_of_url
from tocsin.learn.templates import Template

SHORTEST_WITHIN: Final = 3
"""A value this long counts within a longer text, between words; a shorter one only when it is the whole."""

_DIGITS: Final = re.compile(r"\d")
_BETWEEN: Final = re.compile(r"[^0-9a-z]+")
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$")
_FRENCH_DATE: Final = re.compile(r"(\d{2})[/.-](\d{2})[/.-](\d{4})$")
_PHONE_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Step:
    """One request of the walk that was answered."""

    method: str
    segments: tuple[str, ...]
    held: tuple[tuple[str, str], ...]
    """(field, category): what the reply held of the test person."""

    readable: bool
    """Whether the reply is text."""


@dataclass(frozen=True, slots=True)
class Known:
    """The test person, as values to look for; its repr tells how many."""

    _values: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return f"<known values: {len(self._values)}>"

    def categories_in(self, value: str, *, is_whole: bool = True) -> set[str]:
        """The categories of the known values that a text holds."""
        plain = _plain(value)
        if not plain:
            return set()
        padded = f" {plain} "
        return {
            category
            for category, known in self._values
            if (is_whole and _same(known, plain, category))
            or (len(known) >= SHORTEST_WITHIN and f" {known} " in padded)
        }


def read_known(path: Path) -> Known:
    """The test person's values. Raises InputError for an unknown category, or a value that is no text."""
    tree = read_json(path)
    if not isinstance(tree, dict) or not tree:
        raise InputError(
            _("A test person is a JSON object of categories and values."),
            do=_("Name each value by its category, as in the how-to page on learning a catalogue."),
            where=path,
            code="bad_test_person",
        )
    known = [category.value for category in Category if category is not Category.UNDETERMINED]
    values = []
    for category, given in tree.items():
        if category not in known:
            raise InputError(
                _("'{category}' is not a category."),
                do=suggest(category, known),
                where=path,
                code="unknown_category",
                category=category,
            )
        values += [(category, plain) for text in _texts(given) if (plain := _plain(text))]
    return Known(tuple(dict.fromkeys(values)))


def read_walk(path: Path, known: Known) -> list[Step]:
    """The steps of a recording. Raises InputError for what is no HAR, and as `read_json`."""
    log = dict_of(dict_of(read_json(path)).get("log"))
    entries = log.get("entries")
    if not isinstance(entries, list):
        raise InputError(
            _("This is no recorded walk: it has no log.entries."),
            do=_("Record it in the browser's network tools and save it as HAR with content."),
            where=path,
            code="not_har",
        )
    return [_step(dict_of(entry), known) for entry in entries]


def seen_in(steps: list[Step], template: Template) -> list[Basis]:
    """What the replies to a template's requests held of the test person."""
    found = [
        place
        for step in steps
        if may_be(template.action, step.method) and fits(template.segments, step.segments)
        for place in step.held
    ]
    return [Basis(category, Evidence.WALK, where) for where, category in dict.fromkeys(found)]


def _step(entry: dict[str, Tree], known: Known) -> Step:
    request = dict_of(entry.get("request"))
    content = dict_of(dict_of(entry.get("response")).get("content"))
    segments = tuple(segments_of_url(text_of(request.get("url")) or ""))
    text = _text_of(content)
    held = () if text is None else tuple(dict.fromkeys(_held(text, known)))
    return Step(text_of(request.get("method")) or "", segments, held, readable=text is not None)


def _text_of(content: dict[str, Tree]) -> str | None:
    text = text_of(content.get("text"))
    if text is None or content.get("encoding") != "base64":
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None  # an image, or what the browser cut


def _held(text: str, known: Known) -> Iterator[tuple[str, str]]:
    """(field, category) within one reply: by field where it is JSON, else in the text as a whole."""
    try:
        tree: Tree = json.loads(text)
    except (ValueError, RecursionError):
        for category in sorted(known.categories_in(text, is_whole=False)):
            yield "(text)", category
        return
    for at, value in leaves(tree):
        if isinstance(value, str | int | float) and not isinstance(value, bool) and len(at) <= DEEPEST:
            for category in sorted(known.categories_in(str(value))):
                yield ".".join(("$", *at)), category


def _texts(given: Tree) -> list[str]:
    items = list_of(given) if isinstance(given, list) else [given]
    return [str(item) for item in items if isinstance(item, str | int | float) and not isinstance(item, bool)]


def _plain(text: str) -> str:
    """Dates in one order, letters without case and accents, one space between words."""
    text = text.strip()
    if date := _DATE.match(text):
        return f"{date[1]} {date[2]} {date[3]}"
    if date := _FRENCH_DATE.match(text):
        return f"{date[3]} {date[2]} {date[1]}"
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return _BETWEEN.sub(" ", bare).strip()


def _same(known: str, plain: str, category: str) -> bool:
    if known == plain:
        return True
    if category in (Category.CONTACT_PHONE, Category.ID_NIR, Category.ID_INS):
        ours, theirs = ("".join(_DIGITS.findall(text)) for text in (known, plain))
        # A French number with or without its country; a NIR with or without its key.
        if category == Category.CONTACT_PHONE:
            return len(ours) >= _PHONE_DIGITS and ours[-_PHONE_DIGITS:] == theirs[-_PHONE_DIGITS:]
        return len(ours) >= 13 and ours[:13] == theirs[:13]
    return False
