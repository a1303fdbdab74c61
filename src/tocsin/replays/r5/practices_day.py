# SPDX-License-Identifier: Apache-2.0
"""What practices and connected software do in a day: reading, changing and creating appointments.

The practice's view and the software's show the fields encrypted; one old route gives software a clear
card. Nobody acts on another practice's appointments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tocsin.replays.chance import Flags, Floats, Ints
from tocsin.replays.r5.actors import (
    CONNECTOR_AGENT,
    FIRST_CONNECTED,
    PRACTICE_WEB,
    SOFTWARE,
    STAFF,
    STAFF_EACH,
    agent_of,
    home_of,
    software_address,
    software_of,
    staff_number,
)
from tocsin.replays.r5.acts import (
    AGENDA,
    CARD,
    CHANGES,
    CREATED,
    DOCUMENTS,
    DOWN,
    GET,
    LIST,
    LOGIN,
    LOGOUT,
    POST,
    PRACTICE_VIEW,
    PUT,
    REASON,
    SESSIONS,
    SOFTWARE_VIEW,
    Acts,
    acts,
)
from tocsin.replays.r5.appointments import PARTNER_SOFTWARE, practice_number
from tocsin.replays.r5.clock import DAY, HOUR
from tocsin.replays.r5.days import Day

_STAFF_TASKS = (
    (0.52, GET, PRACTICE_VIEW),
    (0.67, PUT, PRACTICE_VIEW),
    (0.75, GET, REASON),
    (0.8, GET, DOCUMENTS),
    (1.0, LIST, AGENDA),
)
"""Up to which draw a task is this operation on this path."""

_SOFTWARE_TASKS = (
    (0.6, GET, SOFTWARE_VIEW),
    (0.7, GET, CARD),
    (0.88, PUT, SOFTWARE_VIEW),
    (1.0, LIST, CHANGES),
)


@dataclass(frozen=True, slots=True)
class Tasks:
    """What is to be done, each upon one appointment."""

    name: str
    index: Ints
    at: Ints
    rank: Ints
    practice: Ints
    drawn: Floats

    def where(self, chosen: Flags) -> Tasks:
        """Give some of them."""
        return Tasks(
            self.name,
            self.index[chosen],
            self.at[chosen],
            self.rank[chosen],
            self.practice[chosen],
            self.drawn[chosen],
        )


def work(day: Day, wanted: int) -> Acts:
    """Give what practices do of themselves."""
    index = day.indices(wanted)
    at = day.instants("work", index)
    return at_practice(
        day, "work", at, day.recent("work", index, at), day.scene.chance.fraction("task", index)
    )


def at_practice(day: Day, name: str, at: Ints, rank: Ints, drawn: Floats) -> Acts:
    """Let the practice of each appointment, or its software, do a task upon it."""
    practice = day.scene.appointments.practice(rank)
    tasks = Tasks(name, day.indices(len(at)), at, rank, practice, drawn)
    connected = practice < day.scene.size.connected
    return np.concatenate(
        [_staff_tasks(day, tasks.where(~connected)), _software_tasks(day, tasks.where(connected))]
    )


def shifts(day: Day) -> Acts:
    """Give the logins of staff in the morning and most logouts in the evening."""
    weekend = (day.since // DAY + 3) % 7 > 4
    staff = np.arange(day.scene.size.practices * STAFF_EACH, dtype=np.int64)
    drawn = day.scene.chance.fraction("shift", (staff << 5) + day.number)
    present = drawn < (0.15 if weekend else 0.85)
    arrived = _at_door(day, "in", 5, staff[present], LOGIN)
    return np.concatenate([arrived, _at_door(day, "out", 16, staff[present & (drawn > 0.05)], LOGOUT)])


def _at_door(day: Day, name: str, hour: int, staff: Ints, operation: int) -> Acts:
    spread = day.scene.chance.fraction(name, (staff << 5) + day.number) * 3 * HOUR
    made = _by_staff(day, name, day.since + hour * HOUR + spread.astype(np.int64), staff, staff)
    made["operation"], made["path"] = operation, SESSIONS
    return made


def bookings(day: Day) -> Acts:
    """Give the appointments that connected software books this day, each at its instant of booking."""
    of = day.scene.appointments
    bounds = of.booked_before(np.array([day.since, day.until], dtype=np.int64))
    rank = np.arange(
        max(int(bounds[0]) - 4, 0), min(int(bounds[1]) + 8, of.size.appointments), dtype=np.int64
    )
    at = of.booked_at(rank)
    here = (at >= day.since) & (at < day.until) & (of.origin(rank) == PARTNER_SOFTWARE)
    made = _by_software(day, "booking", at[here], rank[here], rank[here])
    made["operation"], made["path"], made["reply"] = POST, SOFTWARE_VIEW, CREATED
    return made


def _staff_tasks(day: Day, tasks: Tasks) -> Acts:
    staff = tasks.practice * STAFF_EACH + day.scene.chance.below("colleague", tasks.index, STAFF_EACH)
    made = _by_staff(day, tasks.name, tasks.at, tasks.index, staff)
    made["number"] = day.scene.appointments.number(tasks.rank)
    _set(made, tasks.drawn, _STAFF_TASKS)
    _of_practice(day, made, AGENDA, tasks)
    made["reply"][(tasks.drawn > 0.3) & (tasks.drawn < 0.302)] = DOWN
    return made


def _software_tasks(day: Day, tasks: Tasks) -> Acts:
    made = _by_software(day, tasks.name, tasks.at, tasks.index, tasks.rank)
    _set(made, tasks.drawn, _SOFTWARE_TASKS)
    _of_practice(day, made, CHANGES, tasks)
    return made


def _set(made: Acts, drawn: Floats, tasks: tuple[tuple[float, int, int], ...]) -> None:
    low = 0.0
    for high, operation, path in tasks:
        chosen: Flags = (drawn >= low) & (drawn < high)
        made["operation"][chosen], made["path"][chosen] = operation, path
        low = high


def _of_practice(day: Day, made: Acts, path: int, tasks: Tasks) -> None:
    """What is asked of the whole practice has its number in the path, and tells how many it gave."""
    whole = made["path"] == path
    made["number"][whole] = practice_number(tasks.practice[whole])
    made["items"][whole] = day.scene.chance.below("given", tasks.index[whole], 40)


def _by_staff(day: Day, name: str, at: Ints, index: Ints, staff: Ints) -> Acts:
    chance = day.scene.chance
    made = acts(chance, f"staff {name}", at, (np.int64(day.number) << 40) | index)
    made["kind"], made["actor"] = STAFF, staff_number(staff)
    made["app"] = PRACTICE_WEB
    made["agent"] = agent_of(chance, staff, made["app"])
    made["address"] = home_of(chance, staff // STAFF_EACH + 7_000_000_000)
    made["session"] = chance.bits("shift session", (staff << 5) + day.number) | np.uint64(1 << 63)
    return made


def _by_software(day: Day, name: str, at: Ints, index: Ints, rank: Ints) -> Acts:
    of = day.scene.appointments
    made = acts(day.scene.chance, f"software {name}", at, (np.int64(day.number) << 40) | index)
    account = software_of(of.practice(rank), day.scene.size.software)
    made["kind"], made["actor"] = SOFTWARE, account
    made["app"], made["agent"] = FIRST_CONNECTED + account - 101, CONNECTOR_AGENT
    made["address"] = software_address(account)
    made["number"] = of.number(rank)
    return made
