# SPDX-License-Identifier: Apache-2.0
"""Records what was asked, received, refused or answered: one entry of the journal each, checked first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.terms import Custody
from tocsin.core.words import _
from tocsin.journal import Entry
from tocsin.journal.chain import Json
from tocsin.preserve.copying import sha256_of_file
from tocsin.preserve.freezing import Freeze
from tocsin.preserve.requests import ANSWERED, ASKED, COPIED, CUSTODY, REFUSED
from tocsin.preserve.texts import needs
from tocsin.store.case import Case

_DIGEST = re.compile(r"^[0-9a-f]{64}$")


def record_asked(
    case: Case, subjects: Sequence[str], *, to_whom: str, at: datetime, due: datetime | None
) -> list[Entry]:
    """A letter was sent, for each of these sources or kinds of logs. Raises InputError for an unknown one."""
    if due is not None and due <= at:
        raise InputError(
            _("The answer is due before it was asked for."), do=_("Check --at and --due."), code="bad_due"
        )
    body: dict[str, Json] = {
        "to_whom": _named(to_whom, "--to-whom"),
        "at": at.isoformat(),
        "due": None if due is None else due.isoformat(),
    }
    known = [_subject(case, subject) for subject in subjects]
    return [case.journal.append(ASKED, {"subject": subject, **body}, by=case.by) for subject in known]


def record_receipt(
    case: Case,
    subject: str,
    *,
    from_whom: str,
    at: datetime,
    digests: Sequence[str],
    files: Sequence[Path],
    note: str,
) -> Entry:
    """Logs came in: their SHA-256 as the sender told it, and of the files as they arrived.

    Raises InputError for a digest that is none, and when a file's own is not among those that were told.
    """
    told = [_digest(digest) for digest in digests]
    found = [_digest_of(path) for path in files]
    for path, digest in zip(files, found, strict=True):
        if told and digest not in told:
            raise InputError(
                _("This file does not have a SHA-256 that was told."),
                do=_("Do not use it; ask for it again, and record what was told."),
                where=path,
                code="wrong_digest",
            )
    if not told and not found:
        raise InputError(
            _("A receipt needs a SHA-256."),
            do=_("Give --sha256, or the file itself with --file."),
            code="usage",
        )
    body: dict[str, Json] = {
        "subject": _subject(case, subject),
        "from_whom": _named(from_whom, "--from-whom"),
        "at": at.isoformat(),
        "sha256": list(dict.fromkeys([*told, *found])),
        "seen": list(dict.fromkeys(found)),
        "bytes": sum(path.stat().st_size for path in files) if files else None,
        "note": note,
    }
    return case.journal.append(ANSWERED, body, by=case.by)


def record_refusal(case: Case, subject: str, *, from_whom: str, at: datetime, why: str) -> Entry:
    """The holder will not, or cannot, answer."""
    body: dict[str, Json] = {
        "subject": _subject(case, subject),
        "from_whom": _named(from_whom, "--from-whom"),
        "at": at.isoformat(),
        "why": _named(why, "--why"),
    }
    return case.journal.append(REFUSED, body, by=case.by)


def record_custody(
    case: Case, source: str, *, custody: Custody, from_whom: str, at: datetime, why: str
) -> Entry:
    """Who can alter a source, as its holder answered; case.toml is people's and is not touched."""
    names = [one.name for one in case.settings.sources]
    if source not in names:
        raise _unknown(source, names)
    body: dict[str, Json] = {
        "source": source,
        "custody": custody.value,
        "from_whom": _named(from_whom, "--from-whom"),
        "at": at.isoformat(),
        "why": _named(why, "--why"),
    }
    return case.journal.append(CUSTODY, body, by=case.by)


def record_copies(case: Case, frozen: Freeze) -> list[Entry]:
    """Which sources were copied whole, where, and the digest of the list of digests."""
    failed = {one.source for one in frozen.failed}
    entries = []
    for source in case.settings.sources:
        files = frozen.of(source.name)
        if files and source.name not in failed:
            body: dict[str, Json] = {
                "source": source.name,
                "folder": str(frozen.folder.resolve()),
                "files": len(files),
                "bytes": sum(file.bytes for file in files),
                "states": dict(_states(frozen, source.name)),
                "sums_sha256": frozen.sums_sha256,
            }
            entries.append(case.journal.append(COPIED, body, by=case.by))
    return entries


def _states(frozen: Freeze, source: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for file in frozen.of(source):
        found[file.state.value] = found.get(file.state.value, 0) + 1
    return dict(sorted(found.items()))


def _subject(case: Case, name: str) -> str:
    known = [*(source.name for source in case.settings.sources), *needs()]
    if name not in known:
        raise _unknown(name, known)
    return name


def _unknown(name: str, known: Sequence[str]) -> InputError:
    return InputError(
        _("'{name}' is neither a source of the case nor a kind of log."),
        do=suggest(name, known),
        code="unknown_source",
        name=name,
    )


def _named(text: str, option: str) -> str:
    if not text.strip():
        raise InputError(
            _("{option} is empty."), do=_("Write a name, or a reason."), code="usage", option=option
        )
    return text.strip()


def _digest(text: str) -> str:
    digest = text.strip().lower()
    if not _DIGEST.match(digest):
        raise InputError(
            _("This is not a SHA-256: 64 characters 0-9 and a-f."),
            do=_("Take it with sha256sum."),
            code="bad_digest",
        )
    return digest


def _digest_of(path: Path) -> str:
    try:
        return sha256_of_file(path)
    except OSError as error:
        raise InputError(
            _("This file cannot be read: {why}."),
            do=_("Check the path."),
            where=path,
            code="unreadable",
            why=error.strerror or type(error).__name__,
        ) from None
