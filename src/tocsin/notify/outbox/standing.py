# SPDX-License-Identifier: Apache-2.0
"""Where notices stand: counts and lists for the balance, the channels and the next wave. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.notify.outbox.file import STANDING, OutboxFile


class Standing(OutboxFile):
    """A person stands where their latest notice does."""

    def held_back(self) -> list[int]:
        """Persons whose last notice was not sent, since what is known of them, or their way, had changed."""
        query = (
            f"select person_id from ({STANDING}) where state = 'failed'"
            " and (reason in ('facts_changed', 'superseded') or reason like 'answer%')"
        )
        with self.told():
            return [int(person) for (person,) in self.connection.execute(query)]

    def sent_before(self, persons: Sequence[int], wave: int) -> dict[int, int]:
        """Of these persons those of whom an earlier wave's notice left, or may have, and the last such wave.

        A notice that came back did not reach them.
        """
        query = (
            "select max(wave) from notice where person_id = ? and wave < ?"
            " and state in ('sending', 'accepted', 'uncertain', 'delivered')"
        )
        with self.told():
            found = {one: self.connection.execute(query, (one, wave)).fetchone()[0] for one in persons}
        return {person: int(held) for person, held in found.items() if held is not None}

    def accepted(self, channel: str) -> list[str]:
        """Message ids of what was taken over, and of which nothing more is known."""
        query = "select message_id from notice where channel = ? and state = 'accepted' order by id"
        with self.told():
            return [str(one) for (one,) in self.connection.execute(query, (channel,))]

    def failed_by(self, channel: str, reasons: tuple[str, str]) -> list[tuple[int, int]]:
        """Wave and person that a channel failed, and that no later row stands for."""
        query = (
            "select wave, person_id from notice as n where channel = ? and state = 'failed'"
            " and (reason like ? or reason like ?)"
            " and not exists (select 1 from notice as o where o.person_id = n.person_id and o.id > n.id)"
            " order by id"
        )
        with self.told():
            return list(self.connection.execute(query, (channel, *reasons)))

    def standing(self) -> dict[str, int]:
        """Persons by the state of their latest notice; together, all who stand in a released wave."""
        with self.told():
            rows = self.connection.execute(f"select state, count(*) from ({STANDING}) group by state")
            return {str(state): int(count) for state, count in rows}

    def standing_by_kind(self) -> dict[tuple[str, str], int]:
        """The same by kind of notice: kind and state."""
        with self.told():
            rows = self.connection.execute(
                f"select kind, state, count(*) from ({STANDING}) group by kind, state"
            )
            return {(str(kind), str(state)): int(count) for kind, state, count in rows}

    def reasons(self) -> list[tuple[str, str, str, int]]:
        """Channel, state, reason and persons."""
        query = (
            f"select channel, state, reason, count(*) from ({STANDING})"
            " group by channel, state, reason order by channel, state, reason"
        )
        with self.told():
            return list(self.connection.execute(query))

    def notices(self) -> int:
        """Rows, of all waves and channels."""
        with self.told():
            return int(self.connection.execute("select count(*) from notice").fetchone()[0])

    def persons(self) -> int:
        """Distinct persons of all released waves."""
        with self.told():
            return int(self.connection.execute("select count(distinct person_id) from notice").fetchone()[0])
