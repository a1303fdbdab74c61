# SPDX-License-Identifier: Apache-2.0
"""How each person of R9 must be told, and through whom: for comparison only.

Worked out from how the people were made, by sums over columns; no registry is read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.r9.people import (
    ABROAD,
    ALL_REACHES,
    BAD_POSTCODE,
    DECEASED,
    HOME,
    LISTED,
    NO_ADDRESS,
    NO_EMAIL,
    ORPHANED,
    OWN,
    PAIR,
    PROTECTED,
    SEPARATED,
    SHARED,
    People,
)

MAILBOX_PERSONS = 5
"""More persons than that at one mailbox are written to by post: [notify] mailbox_persons, as it stands."""

REPRESENTED = ("representative", "minor_by_post")
"""Reasons under which somebody else is written to about a person."""

HOLDER = ("none", "account_no_contact")
"""The partner whose access was used: the directory holds no contact."""

Ways = dict[str, dict[str, int]]
Way = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """Persons, and the place of each one's way in `ways`."""

    persons: Ints
    ways: tuple[Way, ...]
    place: Ints
    guardian: Ints
    """The row of whoever represents each; below nought for nobody whom a number names."""


def tell(people: People) -> Told:
    """Give each person to inform the one way that is theirs; of whom the registry lost nothing is known."""
    persons = people.shown[people.crowd.groups(people.shown) == people.shown]
    guardian, _known = people.guardian_of(persons)
    traits = np.stack(
        [
            people.reach(persons),
            _crowded(people, persons),
            people.has_mailbox(guardian),
            people.is_minor(persons),
        ]
    )
    kinds, place = np.unique(traits, axis=1, return_inverse=True)
    ways = tuple(
        _way(int(reach), is_crowded=bool(crowded), is_by_mail=bool(by_mail), is_minor=bool(minor))
        for reach, crowded, by_mail, minor in kinds.T
    )
    return Told(persons, ways, place.reshape(-1).astype(np.int64), guardian)


def write_told(path: Path, people: People) -> None:
    """Write one row per person: local id, channel, reason, addressee, and who represents them."""
    told = tell(people)
    channels, reasons = (pa.array([way[at] for way in told.ways]) for at in (0, 1))
    addressed = [_addressee(way) for way in told.ways]
    is_through = np.array([way[1] == "representative" for way in told.ways])[told.place]
    through = people.numbering.ids(np.maximum(told.guardian, 0)).to_numpy(zero_copy_only=False)
    table = pa.table(
        {
            "person": people.numbering.ids(told.persons),
            "channel": channels.take(pa.array(told.place)),
            "reason": reasons.take(pa.array(told.place)),
            "addressee": pa.array(addressed).take(pa.array(told.place)),
            "through": pa.array(np.where(is_through, through, None), pa.string()),
        }
    )
    pq.write_table(table, path, compression="zstd")


def notices_of(people: People) -> dict[str, object]:
    """Persons by way and reason, and where they stand once all that can leave has arrived."""
    told = tell(people)
    found: Counter[Way] = Counter({("none", "not_in_registry"): people.size.gone, HOLDER: 1})
    for way, many in zip(told.ways, np.bincount(told.place, minlength=len(told.ways)), strict=True):
        found[way] += int(many)
    ways: Ways = {"email": {}, "post": {}, "none": {}, "suppressed": {}}
    for (channel, reason), many in sorted(found.items()):
        ways[channel][reason] = many
    sums = {channel: sum(by_reason.values()) for channel, by_reason in ways.items()}
    return {
        "to_inform": sum(sums.values()),
        "ways": ways,
        "through": sum(many for (_, reason), many in found.items() if reason in REPRESENTED),
        "balance": {
            "delivered": sums["email"] + sums["post"],
            "failed": 0,
            "public": sums["none"] - 1,
            "suppressed": sums["suppressed"],
            "no_route": 1,  # no public notice tells a partner that its access was used
            "not_released": 0,
        },
    }


def _addressee(way: Way) -> str:
    if way[0] in ("none", "suppressed"):
        return "nobody"
    return "representative" if way[1] in REPRESENTED else "person"


def _way(place: int, *, is_crowded: bool, is_by_mail: bool, is_minor: bool) -> Way:
    """The one way of each kind of person, and why that one."""
    one = ALL_REACHES[place]
    special = {
        DECEASED: ("suppressed", "deceased"),
        LISTED: ("suppressed", "rule_adresse-protegee"),
        SEPARATED: ("suppressed", "rule_parents-separes"),
        ORPHANED: ("none", "representative_unknown"),
        PROTECTED: ("email" if is_by_mail else "post", "representative"),
    }
    if one.special in special:
        return special[one.special]
    channel = "post" if one.address in (HOME, ABROAD) else "none"
    if is_minor:
        return channel, "minor_by_post" if channel == "post" else "minor_without_address"
    if one.email in (OWN, PAIR) or (one.email == SHARED and not is_crowded):
        return "email", "best_way"
    if one.email != NO_EMAIL:
        return channel, "mailbox_shared" if one.email == SHARED else "email_wrong"
    return channel, {BAD_POSTCODE: "contact_wrong", NO_ADDRESS: "no_contact"}.get(one.address, "no_email")


def _crowded(people: People, persons: Ints) -> Flags:
    """Tell whose mailbox too many of those to inform share."""
    kind, number = people.mailboxes(persons)
    is_shared = kind == SHARED
    _held, place, many = np.unique(np.where(is_shared, number, -1), return_inverse=True, return_counts=True)
    crowded: Flags = is_shared & (many[place] > MAILBOX_PERSONS)
    return crowded
