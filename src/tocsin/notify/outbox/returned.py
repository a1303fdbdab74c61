# SPDX-License-Identifier: Apache-2.0
"""What comes back: bounces, carriers' receipts, answers, and what people decide of notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.notify.outbox.file import OutboxFile
from tocsin.notify.outbox.rows import State


class Returned(OutboxFile):
    """Each line tells how many notices it changed."""

    def note_bounces(self, bounces: Iterable[tuple[str, str]]) -> int:
        """What came back by mail: left side of the message id, and the code. Returns how many are new."""
        changed = 0
        with self.changing() as db:
            for token, code in bounces:
                cursor = db.execute(
                    "update notice set state = 'failed', reason = ? where message_id >= ? and message_id < ?"
                    " and state in ('accepted', 'uncertain', 'delivered')",
                    (f"bounced {code}", f"<{token}@", f"<{token}A"),
                )
                changed += cursor.rowcount
        return changed

    def note_receipt(self, token: str, state: State, reason: str) -> tuple[bool, bool]:
        """What a carrier tells of one letter or message: whether it is ours, and whether that is new.

        Within `changing`. A letter that came back after it was called delivered came back.
        """
        held = (f"<{token}@", f"<{token}A")
        ours = self.connection.execute(
            "select 1 from notice where channel in ('post', 'sms') and message_id >= ? and message_id < ?",
            held,
        ).fetchone()
        before = "('accepted', 'delivered')" if state is State.FAILED else "('accepted')"
        cursor = self.connection.execute(
            "update notice set state = ?, reason = ? where channel in ('post', 'sms') and message_id >= ?"
            f" and message_id < ? and state in {before}",
            (state, reason, *held),
        )
        return ours is not None, cursor.rowcount > 0

    def note_answers(self, steps: Iterable[tuple[str, str, int, int, tuple[str, ...]]]) -> int:
        """What answers make of notices: state, reason, person, last wave, and the states that give way."""
        changed = 0
        with self.changing() as db:
            for state, reason, person, wave, before in steps:
                marks = ", ".join("?" * len(before))
                changed += db.execute(
                    "update notice set state = ?, reason = ? where person_id = ? and wave <= ?"
                    f" and state in ({marks})",
                    (state, reason, person, wave, *before),
                ).rowcount
        return changed

    def publish(self, waves: Sequence[int]) -> int:
        """Those without a way, of these waves, are told by the public notice; not of a stolen account."""
        with self.changing() as db:
            return sum(
                db.execute(
                    "update notice set state = 'public'"
                    " where wave = ? and state = 'no_route' and kind <> 'account'",
                    (wave,),
                ).rowcount
                for wave in waves
            )

    def decide_uncertain(self, state: State) -> int:
        """What a person holds of all uncertain notices: queued again, delivered, or failed."""
        with self.changing() as db:
            return db.execute(
                "update notice set state = ?, reason = 'decided', not_before = 0 where state = 'uncertain'",
                (state,),
            ).rowcount
