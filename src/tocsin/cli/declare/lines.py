# SPDX-License-Identifier: Apache-2.0
"""What `tocsin declare` says in a terminal: each form with its deadline, each field with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from tocsin.core.words import Words, _, visible
from tocsin.declare.clocks import Deadline
from tocsin.declare.controllers import Split
from tocsin.declare.draft import Drafted
from tocsin.declare.fill import Field
from tocsin.declare.forms import find_form
from tocsin.declare.heading import deadline_of
from tocsin.declare.inputs import inputs, titles
from tocsin.declare.said import box_words, listed, origin_words, value_words, who_words

WIDTH = 100
LONGEST = 300


def draft_lines(words: Words, drafted: Sequence[Drafted], deadlines: list[Deadline]) -> Iterator[str]:
    """Each form: its version, what is filled, its deadline; then who must answer what."""
    for one in drafted:
        form = find_form(one.form)
        said = (
            _("{title}: version {version}") if one.is_new else _("{title}: unchanged since version {version}")
        )
        yield words.text(said, title=form.title[words.lang], version=one.version)
        waiting = sum(map(len, one.waiting.values()))
        yield "  " + words.text(
            _("{filled} filled, {waiting} to be determined · {folder}"),
            filled=one.filled,
            waiting=waiting,
            folder=visible(f"{one.folder}/{words.lang}.html"),
        )
        deadline = deadline_of(form, one.kind, deadlines)
        if deadline is not None and deadline.left is not None and deadline.met is None:
            late = deadline.left.total_seconds() < 0
            said = _("deadline passed {span} ago") if late else _("{span} left")
            yield "  " + words.text(said, span=words.elapsed(deadline.left))
        yield from _changed(words, one)
    yield ""
    yield from _waiting(words, drafted)
    yield words.text(
        _("Nothing was sent. A person submits; record the receipt with: {command}"), command=_RECEIPT
    )


_RECEIPT = "tocsin declare CASE receipt FORM --number … --at …"


def _changed(words: Words, one: Drafted) -> Iterator[str]:
    if one.changed:
        names = dict.fromkeys(titles()[inputs()[name].group][words.lang] for name in one.changed)
        yield from _wrapped(words.text(_("changed: {fields}"), fields=words.text(_("; ")).join(names)), "  ")


def _waiting(words: Words, drafted: Sequence[Drafted]) -> Iterator[str]:
    """Who must answer what, each field once over all forms."""
    asked: dict[str, dict[str, str]] = {}
    for one in drafted:
        for names in one.waiting.values():
            for name in names:
                roles = inputs()[name].who if name in inputs() else _roles_of(name)
                who = words.listing(listed(words, "roles", role) for role in roles)
                asked.setdefault(who, {})[name] = titles()[name][words.lang]
    if asked:
        yield words.text(_("Still to be answered, by:"))
    for who, fields in asked.items():
        yield f"  {who}"
        yield from _wrapped(
            words.text(_("; ")).join(f"{title} [{name}]" for name, title in fields.items()), "    "
        )
    if asked:
        yield words.text(
            _("Answer with: {command}"), command="tocsin declare CASE answer FIELD VALUE --by … --why …"
        )
        yield ""


def _roles_of(group: str) -> tuple[str, ...]:
    return next(one.who for one in inputs().values() if one.group == group)


def _wrapped(text: str, margin: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False)


def field_lines(words: Words, fields: Mapping[str, Field], zone: str) -> Iterator[str]:
    """Each field that is asked: its value and where it comes from, or who can answer."""
    group = ""
    for name, field in fields.items():
        one = inputs()[name]
        if field.state == "not_applicable":
            continue
        if one.kind == "box" and one.group != group:
            yield f"{titles()[one.group][words.lang]} [{one.group}]"
        group = one.group
        label = f"  {one.title[words.lang]}" if one.kind == "box" else one.title[words.lang]
        yield from _wrapped(f"{label} [{name}]: {_said(words, field, zone)}", "")


def _said(words: Words, field: Field, zone: str) -> str:
    if field.state == "tbd":
        return words.text(_("to be determined, by {who}"), who=who_words(words, field))
    value = " ".join(value_words(words, zone, inputs()[field.id], field.value).split())
    shown = value if len(value) <= LONGEST else value[:LONGEST] + "…"
    note = box_words(words, field)
    source = origin_words(words, zone, field)
    return f"{shown} ({note}; {source})" if note else f"{shown} ({source})"


def split_lines(words: Words, split: Split, folder: Path) -> Iterator[str]:
    """What was written for the controllers."""
    yield words.plural("one controller", "{n} controllers", split.controllers)
    yield words.text(_("In {path}"), path=visible(str(folder / split.folder)))
    if split.sealed:
        yield words.text(_("The lists of persons are sealed with the key of the case."))
    if split.without:
        yield words.plural(
            "one person whose controller is not known: in no list",
            "{n} persons whose controller is not known: in no list",
            split.without,
        )
