# SPDX-License-Identifier: Apache-2.0
"""Letters to partner organisations, by `[[notify.partners]]`: what concerns them, what is asked. No person.

They stand in no balance: nobody is told by them. Who sends them on is the organisation itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import PartnerSettings
from tocsin.core.words import _, words
from tocsin.journal.chain import Json
from tocsin.notify.channels.folder import Signed
from tocsin.notify.content import refuse_incomplete
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.letter import clean, filled, letterhead, notice_words, page_of, plain
from tocsin.notify.pack_files import write_private
from tocsin.notify.printed.letters import paper_of
from tocsin.notify.printed.render import Sheet, render_copy
from tocsin.notify.run import run
from tocsin.store.case import Case

WRITTEN: Final = "notify:partners:written"
PURPOSE: Final = "act on what is asked of you, then destroy the letter"


def write_partners(case: Case, folder: Path, now: datetime) -> list[Path]:
    """A letter a partner as text, page and, where the extra `letters` is, PDF; and a signed manifest.

    Raises InputError without a partner, for an incomplete notice or a folder that holds something.
    """
    partners = case.settings.notify.partners
    if not partners:
        raise InputError(
            _("No partner is named."),
            do=_("Write [[notify.partners]] in case.toml: name, why, asked."),
            where=case.folder / "case.toml",
            code="no_partners",
        )
    refuse_incomplete(case, run(case))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            _("The folder holds something already."),
            do=_("Name a new or an empty folder with --to."),
            where=folder,
            code="folder_not_empty",
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files: dict[str, bytes] = {}
    for number, partner in enumerate(partners, start=1):
        files |= _letter(case, f"{number:03}", partner, now)
    for name, content in files.items():
        write_private(folder / name, content)
    digests: dict[str, Json] = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    signed = Signed.of(signing_key(case), now, case.settings.notify.post.keep_days)
    head = {"case": case.settings.case.id, "purpose": PURPOSE, "partners": len(partners), "files": digests}
    write_private(folder / "manifest.json", signed.manifest(head).encode())
    case.journal.append(WRITTEN, {"partners": len(partners), "files": digests}, by=case.by)
    return [folder / name for name in files]


def _letter(case: Case, stem: str, partner: PartnerSettings, now: datetime) -> dict[str, bytes]:
    lang = case.settings.notify.language
    document = filled(
        f"partner.{lang}.j2",
        lang,
        **letterhead(case.settings),
        date=words(lang).day(now, case.settings.case.zone),
        name=clean(partner.name),
        why=clean(partner.why),
        asked=[clean(one) for one in partner.asked],
    )
    title = notice_words(lang)["partner"]
    written = {
        f"{stem}.txt": plain(document).encode(),
        f"{stem}.html": page_of(lang, title, document).encode(),
    }
    paper = dataclasses.replace(paper_of(case.settings, now), title=title)
    try:
        lines = tuple(map(clean, partner.lines or [partner.name]))
        written[f"{stem}.pdf"] = render_copy(paper, Sheet(stem, lines, document))
    except InputError as error:
        if error.code != "missing_extra":
            raise
    return written
