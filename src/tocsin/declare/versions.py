# SPDX-License-Identifier: Apache-2.0
"""The versions of a form on disk: `declarations/<form>/<n>/`, whole or not there, and noted in the journal.

A version is written in a folder beside and renamed; its journal entry holds the hash of each file, so that a
draft that was touched afterwards shows.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.declare.compare import Kept
from tocsin.declare.records import DRAFTED, drafts_of, facts_of
from tocsin.journal.chain import Json
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of_bytes

FOLDER: Final = "declarations"
FIELDS: Final = "fields.json"


def version_folder(case: Case, form: str, version: int) -> Path:
    """Where a version stands."""
    return case.folder / FOLDER / form / str(version)


def last_version(case: Case, form: str) -> Kept | None:
    """The newest draft of a form, or None. Raises InputError when its folder is gone or altered."""
    drafts = drafts_of(facts_of(case.journal.entries()), form)
    return read_version(case, form, int(drafts[-1].body["version"])) if drafts else None


def read_version(case: Case, form: str, version: int) -> Kept:
    """A kept draft. Raises InputError when it is gone or cannot be read."""
    path = version_folder(case, form, version) / FIELDS
    try:
        return msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        raise InputError(
            _("Version {version} of '{form}' is gone or was altered: nothing can be compared with it."),
            do=_("Restore it from a copy of the case."),
            where=path,
            code="version_gone",
            version=version,
            form=form,
        ) from None


def keep_version(case: Case, kept: Kept, files: dict[str, bytes], changed: list[str]) -> Path:
    """Write a version and its journal entry; returns its folder."""
    whole = {FIELDS: msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n", **files}
    final = version_folder(case, kept.form, kept.version)
    making = final.with_name(f".{kept.version}.tmp")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    for name, content in whole.items():
        (making / name).write_bytes(content)
    shutil.rmtree(final, ignore_errors=True)  # of a run cut before its journal entry
    making.replace(final)
    hashes: dict[str, Json] = {name: sha256_of_bytes(content) for name, content in sorted(whole.items())}
    listed: list[Json] = [*changed]
    case.journal.append(
        DRAFTED,
        {"form": kept.form, "version": kept.version, "kind": kept.kind, "files": hashes, "changed": listed},
        by=case.by,
    )
    return final
