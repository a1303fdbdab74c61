# SPDX-License-Identifier: Apache-2.0
"""The list of accounts, the list of patients: which file. One in the old Windows encoding is copied anew."""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.start.columns import (
    ACCOUNT_ROLES,
    PERSON_ROLES,
    guess,
    keys_among,
)
from tocsin.start.kept import Answer
from tocsin.start.logs import is_spreadsheet
from tocsin.start.scene import Scene
from tocsin.start.steps_accounts import means_none
from tocsin.start.talk import DONT_KNOW, Question, Step

_KEYS_TRIED = 4


class ListStep(Step):
    """A file that is a table."""

    roles: dict[str, str]
    columns_key: str
    essential: str

    def take(self, scene: Scene, text: str) -> Answer:
        if means_none(text):
            return DONT_KNOW
        path = _readable(scene, Path(text.strip("\"'")).expanduser().absolute())
        names, rows = scene.sheet(str(path))
        if not rows:
            raise InputError(_("This list has a header and no row."), where=path, code="empty_list")
        columns = guess(names, rows, self.roles)
        found = self.find_key(scene, str(path), keys_among(names, rows))
        if found:
            columns = {role: name for role, name in columns.items() if name != found}
            columns[self.essential] = found
        scene.kept.answers[self.columns_key + "_guess"] = {r: columns[r] for r in self.roles if r in columns}
        return str(path)

    @abstractmethod
    def find_key(self, scene: Scene, path: str, candidates: list[str]) -> str:
        """Of the columns that could be the key, the one whose values stand in the logs; "" when none does."""

    def seen(self, scene: Scene) -> str:
        """A file that was seen beside the logs and looks like this list; "" when there is none."""
        if not scene.kept.word("logs"):
            return ""
        for path in scene.files().tables:
            if str(path) == scene.kept.word("directory"):
                continue
            try:
                names, rows = scene.sheet(str(path))
            except InputError:
                continue  # what cannot be read is not proposed; who names it is told why
            if self.looks_right(guess(names, rows, self.roles)):
                return str(path)
        return ""

    def looks_right(self, columns: dict[str, str]) -> bool:
        """Whether these columns make such a list."""
        return self.essential in columns


class AccountList(ListStep):
    """The list of accounts."""

    key = "directory"
    roles = ACCOUNT_ROLES
    columns_key = "directory_columns"
    essential = "account"

    def applies(self, scene: Scene) -> bool:
        return scene.has_events()

    def question(self, scene: Scene) -> Question:
        seen = self.seen(scene)
        return Question(
            scene.words.text(
                _("Have you a list of accounts (login, function, date of departure)? Which file?")
            ),
            scene.words.text(
                _(
                    "An account that acts after its owner has left is the first alarm. Optional: your "
                    "software "
                    "or its publisher can export it (CSV)."
                )
            ),
            default=seen or DONT_KNOW,
            shown=seen or scene.words.text(_("none")),
        )

    def find_key(self, scene: Scene, path: str, candidates: list[str]) -> str:
        counts = {name: scene.reading().matching_accounts([path], name) for name in candidates[:_KEYS_TRIED]}
        best = max(counts, key=lambda name: counts[name], default="")
        return best if counts.get(best) else ""

    def looks_right(self, columns: dict[str, str]) -> bool:
        return "account" in columns and "birth_date" not in columns and len(columns) > 1


class PersonList(ListStep):
    """The list of patients."""

    key = "patients"
    roles = PERSON_ROLES
    columns_key = "columns"
    essential = "person"

    def applies(self, scene: Scene) -> bool:
        return scene.has_events()

    def question(self, scene: Scene) -> Question:
        seen = self.seen(scene)
        return Question(
            scene.words.text(_("Have you a list of your patients? Which file?")),
            scene.words.text(
                _(
                    "With it, file numbers become persons, each counted once, and letters can be written. "
                    "Your software exports it (CSV): file number, names, birth date, address. It stays on "
                    "this "
                    "machine. Optional: it can be added later."
                )
            ),
            default=seen or DONT_KNOW,
            shown=seen or scene.words.text(_("none")),
        )

    def find_key(self, scene: Scene, path: str, candidates: list[str]) -> str:
        screens = scene.asked_screens()
        counts = {
            name: sum(scene.reading().overlap([path], name, screens, scene.scope()).values())
            for name in candidates[:_KEYS_TRIED]
        }
        best = max(counts, key=lambda name: counts[name], default="")
        return best if counts.get(best) else ""

    def looks_right(self, columns: dict[str, str]) -> bool:
        return "family_name" in columns and ("birth_date" in columns or "nir" in columns)


def _readable(scene: Scene, path: Path) -> Path:
    """The list itself, or its copy in UTF-8. Raises InputError for what cannot be a list."""
    if not path.is_file():
        raise InputError(_("There is no such file."), do=_("Check the path."), where=path, code="no_file")
    if is_spreadsheet(path):
        raise InputError(
            _("This is a workbook."),
            do=_("Open it and save it as 'CSV UTF-8', then give that file."),
            where=path,
            code="workbook",
        )
    if path.suffix.lower() not in ("", ".csv", ".tsv", ".txt"):
        return path
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _copied(scene, path, content)
    return path


def _copied(scene: Scene, path: Path, content: bytes) -> Path:
    """A copy in UTF-8 of a list that an older program wrote; only its owner may read it."""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise InputError(
            _("This file is no text that I can read."),
            do=_("Save it as 'CSV UTF-8', then give that file."),
            where=path,
            code="unreadable",
        ) from None
    folder = scene.folder / "lists"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / path.name
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text.encode("utf-8"))
    scene.face.say(
        "  "
        + scene.words.text(
            _("This list is in the old Windows encoding: a copy in UTF-8 stands in {path}."),
            path=visible(str(target)),
        )
    )
    return target
