# SPDX-License-Identifier: Apache-2.0
"""What the columns of a list are, confirmed by a person. Values are shown masked, and written nowhere."""

from __future__ import annotations

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.start.columns import NOTHING, Column, described, is_nir, role_named
from tocsin.start.kept import Answer
from tocsin.start.scene import Scene
from tocsin.start.steps_lists import AccountList, ListStep, PersonList
from tocsin.start.talk import AskAgainError, Question, Step


class _Columns(Step):
    """What the columns of a list are, confirmed."""

    of: ListStep
    may_skip = False

    def applies(self, scene: Scene) -> bool:
        return bool(scene.kept.word(self.of.key))

    def question(self, scene: Scene) -> Question:
        labels = self.labels(scene)
        lines = [scene.words.text(_("Is this what its columns are? (Values are masked.)"))]
        for number, column in enumerate(self.columns(scene), start=1):
            lines.append(_column_line(number, column, labels, scene))
        lines.append(
            "   "
            + scene.words.text(
                _("Enter if it is right; else correct one at a time, as: 3 = date of birth, or 3 = nothing.")
            )
        )
        return Question(
            "\n".join(lines),
            scene.words.text(_("They may be: {roles}."), roles=scene.words.listing(labels.values())),
            default="yes",
            shown=scene.words.text(_("yes")),
        )

    def columns(self, scene: Scene) -> list[Column]:
        """The list's columns with the roles held so far."""
        names, rows = scene.sheet(scene.kept.word(self.of.key))
        return described(names, rows, scene.kept.table(self.of.columns_key + "_guess"))

    def labels(self, scene: Scene) -> dict[str, str]:
        """Roles in the person's language."""
        return {role: scene.words.text(label) for role, label in self.of.roles.items()}

    def take(self, scene: Scene, text: str) -> Answer:
        held = dict(scene.kept.table(self.of.columns_key + "_guess"))
        if text.strip().lower() in ("yes", "oui", "o", "y", "ok"):
            if self.of.essential not in held:
                raise InputError(
                    _("Which column is '{role}'? Nothing can be matched without it."),
                    do=_("Type it as: 1 = {role}."),
                    code="no_key",
                    role=self.labels(scene)[self.of.essential],
                )
            return held
        self._correct(scene, text, held)
        scene.kept.keep(self.of.columns_key + "_guess", held)
        raise AskAgainError

    def _correct(self, scene: Scene, text: str, held: dict[str, str]) -> None:
        number, _equals, said = text.partition("=")
        columns, labels = self.columns(scene), self.labels(scene)
        role = role_named(said, labels) if _equals else None
        if not number.strip().isdigit() or not 1 <= int(number) <= len(columns) or role is None:
            raise InputError(
                _("I did not understand this correction."),
                do=_("Type the column's number, '=', and what it is; '?' lists what it may be."),
                code="bad_choice",
            )
        theirs = columns[int(number) - 1].name
        for ours in [ours for ours, name in held.items() if name == theirs or ours == role]:
            del held[ours]
        if role != NOTHING:
            held[role] = theirs


class AccountColumns(_Columns):
    """The columns of the list of accounts."""

    key = "directory_columns"
    of = AccountList()

    def tell(self, scene: Scene) -> None:
        scene.kept.forget("left_on")
        for account in scene.kept.texts("accounts"):
            left = scene.reading().left_on(
                [scene.kept.word("directory")], account, scene.kept.table(self.key)
            )
            if left:
                scene.kept.keep("left_on", left)
                scene.face.warn(
                    scene.words.text(
                        _("According to this list the owner of {account} left on {left}."),
                        account=visible(account),
                        left=visible(left),
                    )
                )


class PersonColumns(_Columns):
    """The columns of the list of patients."""

    key = "columns"
    of = PersonList()

    def take(self, scene: Scene, text: str) -> Answer:
        answer = super().take(scene, text)
        if isinstance(answer, dict):
            names, rows = scene.sheet(scene.kept.word("patients"))
            at = names.index(answer["person"])
            scene.kept.answers["local_id_identifying"] = is_nir([row[at] for row in rows])
        return answer

    def tell(self, scene: Scene) -> None:
        screens = [screen for screen in scene.asked_screens() if screen.segments]
        if screens and not any(sum(scene.listed(screen).values()) for screen in screens):
            scene.face.warn(
                scene.words.text(
                    _(
                        "None of the numbers in the pages that the account opened stands in this list. Is it "
                        "the right list, and the right column? ('<' goes back.)"
                    )
                )
            )


def _column_line(number: int, column: Column, labels: dict[str, str], scene: Scene) -> str:
    role = labels.get(column.role) or scene.words.text(_("(not used)"))
    values = "  ".join(value or "–" for value in column.masked)
    return f"   {number:>2}  {visible(column.name)[:22]:<22}  →  {role[:32]:<32}  {visible(values)}"


STEPS: tuple[Step, ...] = (PersonList(), PersonColumns())
DIRECTORY: tuple[Step, ...] = (AccountList(), AccountColumns())
