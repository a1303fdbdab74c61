# SPDX-License-Identifier: Apache-2.0
"""Drafts a form: fills it, compares it with its last version, and keeps a new one when something changed.

A complementary notification is compared with the version that was submitted. Nothing is ever sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import LANGUAGES, Words, _, words
from tocsin.declare.compare import Kept, changes_of, moved, substance
from tocsin.declare.documents import render_document
from tocsin.declare.edpb_json import edpb_files
from tocsin.declare.fill import Field
from tocsin.declare.forms import Form
from tocsin.declare.gather import Gathered
from tocsin.declare.heading import Making, box_sizes, counted, page_of, waiting_for
from tocsin.declare.inputs import groups
from tocsin.declare.lines import Setting, sheet_lines
from tocsin.declare.pages import document_page, sheet_page
from tocsin.declare.records import drafts_of, receipts_of
from tocsin.declare.versions import keep_version, last_version, read_version
from tocsin.store.case import Case


class Drafted(msgspec.Struct):
    """What became of a form."""

    form: str
    version: int
    kind: str
    is_new: bool
    folder: str
    filled: int
    waiting: dict[str, list[str]]
    """Roles, as one text, to the `[[input]]`s that they must still answer."""
    changed: list[str]
    too_long: list[dict[str, Any]]
    clock: str | None = None


def draft(
    case: Case, form: Form, gathered: Gathered, filled: Mapping[str, Field], kind: str | None = None
) -> Drafted:
    """Draft one form from filled inputs. Raises InputError for a kind that the form has not."""
    chosen = kind_of(form, gathered, kind)
    fields = {name: filled[name] for group in form.groups for name in groups()[group]}
    last = last_version(case, form.id)
    if last is not None and last.kind == chosen and substance(last.fields) == substance(fields):
        making = Making(case, form, chosen, gathered, fields, None, last.version)
        return _told(making, is_new=False, changed=[])
    number = len(drafts_of(gathered.ground.journal, form.id)) + 1
    making = Making(case, form, chosen, gathered, fields, _baseline(case, form, gathered, last), number)
    changed = moved(making.before, fields) if making.before else []
    keep_version(case, _kept(making), _files(making), changed)
    return _told(making, is_new=True, changed=changed)


def kind_of(form: Form, gathered: Gathered, kind: str | None) -> str:
    """The kind asked for; else complementary once a receipt is there. Raises InputError."""
    if kind is not None:
        if kind not in form.kinds:
            raise InputError(
                _("'{kind}' is not a kind of '{form}'."),
                do=suggest(kind, form.kinds),
                code="no_such_kind",
                kind=kind,
                form=form.id,
            )
        return kind
    has_receipt = bool(receipts_of(gathered.ground.journal, form.id))
    return "complementary" if has_receipt and "complementary" in form.kinds else form.kinds[0]


def _baseline(case: Case, form: Form, gathered: Gathered, last: Kept | None) -> Kept | None:
    """The version that was submitted, else the last draft."""
    receipts = receipts_of(gathered.ground.journal, form.id)
    submitted = int(receipts[-1].body["version"]) if receipts and receipts[-1].body.get("version") else None
    return last if submitted is None else read_version(case, form.id, submitted)


def _kept(making: Making) -> Kept:
    head = making.gathered.ground.journal[-1] if making.gathered.ground.journal else None
    return Kept(
        form=making.form.id,
        version=making.version,
        kind=making.kind,
        made_at=making.gathered.ground.now.isoformat(),
        by=making.case.by,
        journal={"number": head.number, "hash": head.hash} if head else {},
        fields=making.fields,
    )


def _files(making: Making) -> dict[str, bytes]:
    """Every file of a version but its fields."""
    made: dict[str, bytes] = {}
    for lang in LANGUAGES:
        html, text = _rendered(making, words(lang))
        made[f"{lang}.html"] = html.encode()
        made[f"{lang}.txt"] = text.encode()
    if making.form.json:
        made |= edpb_files(making.fields, making.kind, making.version, making.gathered.ground)
    return made


def _rendered(making: Making, spoken: Words) -> tuple[str, str]:
    changes = changes_of(making.before, making.fields, spoken, making.zone)
    page = page_of(making, spoken, changes)
    if making.form.layout == "document":
        return document_page(page, render_document(making.form, making.fields, spoken, making.zone), spoken)
    setting = Setting(spoken, making.zone, box_sizes(making), changes)
    return sheet_page(page, sheet_lines(making.form, making.fields, setting), spoken)


def _told(making: Making, *, is_new: bool, changed: list[str]) -> Drafted:
    setting = Setting(words("fr"), making.zone, box_sizes(making))
    lines = [line for part in sheet_lines(making.form, making.fields, setting) for line in part.lines]
    return Drafted(
        form=making.form.id,
        version=making.version,
        kind=making.kind,
        is_new=is_new,
        folder=f"declarations/{making.form.id}/{making.version}",
        filled=counted(making)[0],
        waiting=waiting_for(making, words("en")),
        changed=changed,
        too_long=[
            {"field": line.id, "length": line.length, "box": line.box, "over": line.over}
            for line in lines
            if line.over
        ],
        clock=making.form.clocks.get(making.kind),
    )
