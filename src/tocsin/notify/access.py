# SPDX-License-Identifier: Apache-2.0
"""All that a case holds on one person, as an answer to them (art. 15 GDPR), and complaints filled in.

Nobody else stands in it: accounts are numbers, and files that are only probably theirs are left out and
counted. It is written for the data protection officer, who completes and sends it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tocsin.core.errors import InputError
from tocsin.core.words import _, words
from tocsin.notify.access_lines import READABLE, AccessLines, Row
from tocsin.notify.content import refuse_incomplete, texts_of
from tocsin.notify.letter import clean, filled, notice_words, page_of, plain
from tocsin.notify.pack_files import write_private
from tocsin.notify.printed.letters import paper_of
from tocsin.notify.printed.render import Sheet, render_copy
from tocsin.notify.released import releases
from tocsin.notify.run import run
from tocsin.report.person import person
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

Found = dict[str, list[dict[str, Any]]]
"""Rows of each query, by its name."""

ANSWERED: Final = "notify:access:answered"
FORMS: Final = ("complaint", "claim")
"""To the police or the prosecutor; to the data protection authority."""

_READS: Final = (
    *("persons", "registry", "controllers", "disclosures", "events", "judged", "notices", "recipients"),
    *("unresolved", "doubts", "uncovered", "claims"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Documents of one person by file name, and what is to be looked at before they leave."""

    documents: dict[str, tuple[str, str]] = field(repr=False)
    """Stem of the file: title and document."""

    lines: tuple[str, ...] = field(repr=False)
    """Of the envelope."""

    probable: int
    """Files that are only probably theirs: left out."""

    categories: int
    """Categories of data shown in a readable form."""


def answer_access(case: Case, registry: str, local_id: str, now: datetime) -> Answer:
    """The answer, and when something was shown the complaints.

    Raises InputError for an incomplete notice, and when nothing of the case has this local id.
    """
    refuse_incomplete(case, run(case))
    absence = person(case, registry, local_id)["absence"]
    lines = AccessLines(words(case.settings.notify.language), case.settings.case.zone)
    with case.engine(*_READS) as engine:
        found = _gathered(engine, registry, local_id, case.settings.case.zone)
    shown = found["access_shown"]
    readable = [row for row in shown if row["grade"] <= READABLE]
    alike = _said_alike(case, lines.day(now)) | {"grades": lines.grades(shown), "name": _name(found)}
    own = _own(case, lines, found) | {
        "absence": lines.absence(absence["grade"]) if absence else "",
        "has_forms": bool(readable),
    }
    lang, titles = case.settings.notify.language, notice_words(case.settings.notify.language)
    documents = {"answer": (titles["access"], filled(f"access.{lang}.j2", lang, **alike, **own))}
    if readable:
        facts = _facts(lines, found, readable)
        for to in FORMS:
            document = filled(f"complaint.{lang}.j2", lang, to=to, **alike, **facts)
            documents[to] = (titles[to], document)
    probable = int(found["access_probable"][0]["files"])
    lines_held = [tuple(row["lines"]) for row in found["access_notices"] if row["lines"]]
    # An address may come from a file that is only probably theirs.
    envelope = lines_held[0] if lines_held and not probable else ()
    return Answer(documents, envelope, probable, len(readable))


def write_answer(case: Case, answer: Answer, folder: Path, now: datetime) -> list[Path]:
    """Each document as text and page, the answer as PDF/UA where the extra `letters` is.

    Raises InputError for a folder that holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            _("The folder holds something already."),
            do=_("Name a new or an empty folder with --to."),
            where=folder,
            code="folder_not_empty",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lang = case.settings.notify.language
    contents: dict[str, bytes] = {}
    for name, (title, document) in answer.documents.items():
        contents[f"{name}.txt"] = plain(document).encode()
        contents[f"{name}.html"] = page_of(lang, title, document).encode()
    pdf = _pdf(case, answer, now)
    if pdf is not None:
        contents["answer.pdf"] = pdf
    for name, content in contents.items():
        write_private(folder / name, content)
    return [folder / name for name in contents]


def _gathered(engine: Engine, registry: str, local_id: str, zone: str) -> Found:
    """Rows of each query on this person, by its name."""
    asked = load_query("tocsin.notify", "access_files")
    engine.create("access_files", asked, registry=registry, person=local_id)
    found = {
        name: engine.table(load_query("tocsin.notify", name)).to_pylist()
        for name in ("access_probable", "access_held", "access_shown", "access_notices", "never_seen")
    }
    found["access_days"] = engine.table(load_query("tocsin.notify", "access_days"), zone=zone).to_pylist()
    found["doubts"] = engine.table(load_query("tocsin.report", "person_doubts")).to_pylist()
    return found


def _said_alike(case: Case, date: str) -> dict[str, Any]:
    notify = case.settings.notify
    return {
        "texts": texts_of(notify),
        "sender": clean(notify.sender),
        "reference": clean(case.settings.case.id),
        "date": date,
    }


def _own(case: Case, lines: AccessLines, found: Found) -> dict[str, Any]:
    notify = case.settings.notify
    seen = {row["category"] for row in found["access_shown"]}
    released = {one.wave: one.at for one in releases(case)}
    return {
        "phone": clean(notify.phone),
        "contact_email": clean(notify.contact_email),
        "dpo": clean(notify.dpo),
        "never": lines.labels([r["category"] for r in found["never_seen"] if r["category"] not in seen]),
        "days": list(lines.days(found["access_days"])),
        "unknown": list(lines.unknown(found["doubts"][0])),
        "held": list(lines.held(found["access_held"], ids_identify=case.local_ids_identify)),
        "notices": list(lines.notices(found["access_notices"], released)),
    }


def _facts(lines: AccessLines, found: Found, readable: Sequence[Row]) -> dict[str, Any]:
    """Of complaints: what the case holds, and nothing else."""
    references = [row["reference"] for row in found["access_notices"] if row["reference"]]
    controllers = sorted({clean(row["controller"]) for row in found["access_days"] if row["controller"]})
    return {
        "notice": references[-1] if references else "",
        "first_day": lines.day(min(row["first_at"] for row in readable)),
        "last_day": lines.day(max(row["last_at"] for row in readable)),
        "known_through": ", ".join(controllers),
    }


def _name(found: Found) -> str:
    for row in found["access_held"]:
        name = " ".join(filter(None, (row["given_names"], row["used_name"] or row["family_name"])))
        if name:
            return clean(name)
    return ""


def _pdf(case: Case, answer: Answer, now: datetime) -> bytes | None:
    """None without the extra."""
    title, document = answer.documents["answer"]
    paper = dataclasses.replace(paper_of(case.settings, now), title=title)
    try:
        return render_copy(paper, Sheet("access", tuple(map(clean, answer.lines)), document))
    except InputError as error:
        if error.code != "missing_extra":
            raise
        return None
