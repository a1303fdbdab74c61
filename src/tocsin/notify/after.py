# SPDX-License-Identifier: Apache-2.0
"""After sending: what the relay and the bounces tell, the next way for the others, and the balance.

To inform = delivered + failed + no route + public + suppressed, once nothing is under way; before that, also
what is. A sum that does not close is an error of the machine, never a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.notify.bounces import read_bounces
from tocsin.notify.interface import Channel, Fate
from tocsin.notify.moved import NEW, READS, count_next_wave
from tocsin.notify.outbox import UNDER_WAY, Outbox, State
from tocsin.notify.relay_log import RelayLog
from tocsin.notify.released import released_waves
from tocsin.notify.waves import check_balance, new_message_id
from tocsin.store.case import Case
from tocsin.store.query import load_query

_NEXT_WAYS: Final = {
    "email": ("after_bounce", "post", "sms"),
    "post": ("after_return", "email", "sms"),
    "sms": ("after_undelivered", "email", "post"),
}
"""By the channel that failed: why there is a further one, and which, in order; each once a wave."""


class Balance(msgspec.Struct, frozen=True):
    """Persons, each in one box."""

    to_inform: int
    delivered: int
    failed: int
    no_route: int
    public: int
    suppressed: int
    under_way: dict[str, int]
    not_released: int
    """To inform as the tables now stand, and in no wave yet."""
    to_release_again: int = 0
    """Of all these, persons of whom something moved since their notice: a further wave would tell them."""

    kinds: dict[str, dict[str, int]] = {}
    """The same boxes by kind of notice: person, professional, account. They add up to those above."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing waits any more."""
        return not (sum(self.under_way.values()) or self.not_released or self.to_release_again)

    def check(self) -> None:
        """Raise MachineError when the boxes do not add up."""
        boxes = self.delivered + self.failed + self.no_route + self.public + self.suppressed
        told_by_kind = sum(sum(found.values()) for found in self.kinds.values())
        total = boxes + sum(self.under_way.values()) + self.not_released
        if total != self.to_inform or (self.kinds and told_by_kind != total):
            raise MachineError(_("The balance of the notices does not close."), code="unbalanced")


def relay_log(case: Case, outbox: Outbox) -> RelayLog | None:
    """The log named in case.toml; None when none is."""
    name = case.settings.notify.email.relay_log
    return RelayLog(case.path_of(name), outbox) if name else None


def follow_up(case: Case, outbox: Outbox, bounces: Path | None = None) -> int:
    """Take in what is told since, and open the next way for what came back. Returns how many it opened.

    Raises InputError for a folder of bounces that is not there.
    """
    log = relay_log(case, outbox)
    if log is not None:
        log.follow()
        log.apply()
    if bounces is not None:
        if not bounces.is_dir():
            raise InputError(
                _("There is no such folder."), do=_("Check the path."), where=bounces, code="no_file"
            )
        outbox.note_bounces(read_bounces(bounces))
    return _open_next_way(case, outbox)


def balance(case: Case, outbox: Outbox) -> Balance:
    """As of now. Raises MachineError when it does not add up."""
    check_balance(outbox, case)
    standing = outbox.standing()
    with case.engine(*READS) as engine:
        rows = engine.rows(load_query("tocsin.notify", "unreleased"), waves=released_waves(case))
        moved = count_next_wave(case, engine)
    waiting = {str(kind): int(str(persons)) for kind, persons in rows}
    unreleased = sum(waiting.values())
    found = Balance(
        to_inform=outbox.persons() + unreleased,
        delivered=standing.get(State.DELIVERED, 0),
        failed=standing.get(State.FAILED, 0),
        no_route=standing.get(State.NO_ROUTE, 0),
        public=standing.get(State.PUBLIC, 0),
        suppressed=standing.get(State.SUPPRESSED, 0),
        under_way={state.value: standing[state] for state in UNDER_WAY if standing.get(state)},
        not_released=unreleased,
        kinds=_by_kind(outbox, waiting),
        to_release_again=sum(many for why, many in moved.items() if why != NEW),
    )
    found.check()
    return found


def _by_kind(outbox: Outbox, waiting: Mapping[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, state), persons in outbox.standing_by_kind().items():
        found.setdefault(kind, {})[state] = persons
    for kind, persons in waiting.items():
        found.setdefault(kind, {})["not_released"] = persons
    return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}


def faulty_rows(case: Case) -> Iterator[dict[str, Any]]:
    """Rows of registries whose contact data are wrong: local ids, for a file, never for a screen."""
    with case.engine("recipients", "persons") as engine:
        for batch in engine.stream(load_query("tocsin.notify", "faulty_rows"), 65_536):
            yield from batch.to_pylist()


def follow_provider(case: Case, outbox: Outbox, channel: Channel) -> int:
    """Ask the firm what became of what it took. Returns how many notices it tells more of."""
    waiting, changed = outbox.accepted(channel.kind), 0
    fates = channel.look_up(waiting)
    told = {Fate.DELIVERED: (State.DELIVERED, ""), Fate.BOUNCED: (State.FAILED, "returned")}
    with outbox.changing():
        for message_id, fate in fates.items():
            if fate in told:
                token = message_id.strip("<>").partition("@")[0]
                changed += outbox.note_receipt(token, *told[fate])[1]
    return changed + _open_next_way(case, outbox)


def _open_next_way(case: Case, outbox: Outbox) -> int:
    """A letter for whoever's e-mail came back, an e-mail for whoever's letter did; a text message last."""
    domain = case.settings.notify.email.from_.rpartition("@")[2] or "tocsin.invalid"
    return sum(
        _further(case, outbox, failed, channel, reason, domain)
        for failed, (reason, *others) in _NEXT_WAYS.items()
        for channel in others
    )


def _further(case: Case, outbox: Outbox, failed: str, channel: str, reason: str, domain: str) -> int:
    came_back = outbox.failed_by(failed, ("bounced%", "returned%"))
    if not came_back:
        return 0
    with case.engine("recipients") as engine:
        rows = engine.rows(load_query("tocsin.notify", "with_way"), channel=channel)
    reached = {person for (person,) in rows}
    further = [
        (wave, person, channel, new_message_id(domain), reason)
        for wave, person in came_back
        if person in reached
    ]
    before = outbox.notices()
    outbox.add(further)
    return outbox.notices() - before
