# SPDX-License-Identifier: Apache-2.0
"""Notices of real rows, as they would leave, for whoever will release them.

They hold names: the folder is readable by its owner alone. Their codes are made up: the real ones come with
the release.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

from tocsin.core.words import _, visible, words
from tocsin.notify.content import content_digest, refuse_incomplete
from tocsin.notify.gsm import Fitted
from tocsin.notify.material import make_writer, read_rows
from tocsin.notify.released import Release
from tocsin.notify.run import run
from tocsin.notify.sms import SmsWriter, refuse_unfit_sms
from tocsin.store.case import Case
from tocsin.store.query import load_query

_MADE_UP = "0" * 16


def preview_notices(case: Case, folder: Path, rows: int) -> list[Path]:
    """Write some notices of each channel and addressee, as text and HTML, one of each kind easy to read too.

    Returns the files. Raises InputError for an incomplete notice.
    """
    recipients = run(case)
    refuse_incomplete(case, recipients)
    refuse_unfit_sms(case.settings.notify)
    release = Release(0, 0, {}, content_digest(case), datetime.now(UTC), case.by)
    writer, easy = make_writer(case, release), make_writer(case, release, is_easy=True)
    with case.engine("recipients") as engine:
        chosen = engine.rows(load_query("tocsin.notify", "samples"), rows=rows)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pages: list[Path] = []
    shown: set[str] = set()
    stock = read_rows(case, [int(str(person)) for person, _kind, _channel in chosen])
    for number, (person_id, kind, channel) in enumerate(chosen, start=1):
        person = dataclasses.replace(stock[int(str(person_id))].person, code=_MADE_UP)
        name = f"{number:03}-{channel}" if kind == "person" else f"{number:03}-{kind}-{channel}"
        if channel == "sms":
            written = {".txt": _told(case, SmsWriter(case.settings.notify).write(person))}
        else:
            letter = writer.write(person)
            written = {".txt": f"{letter.subject}\n\n{letter.text}", ".html": letter.html}
            if kind not in shown:
                shown.add(str(kind))
                written["-easy.html"] = easy.write(person).html
        for suffix, content in written.items():
            path = folder / f"{name}{suffix}"
            path.write_text(content, "utf-8")
            path.chmod(0o600)
            pages.append(path)
    return pages


def _told(case: Case, message: Fitted) -> str:
    """A message, what it costs, and what was reworded to keep it short."""
    said = words(case.settings.notify.language)
    lines = [
        message.text,
        "",
        said.plural(
            "{alphabet}, {units} units: {n} segment.",
            "{alphabet}, {units} units: {n} segments.",
            message.segments,
            alphabet=message.alphabet,
            units=message.units,
        ),
    ]
    lines += [said.text(_("Reworded: {old} → {new}"), old=old, new=new) for old, new in message.reworded]
    if message.unfit:
        lines.append(said.text(_("These need the long alphabet: {unfit}"), unfit=visible(message.unfit)))
    return "\n".join(lines) + "\n"
