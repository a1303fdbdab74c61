# SPDX-License-Identifier: Apache-2.0
"""What the stranger of R9 obtained, and how each person must be told: for comparison only.

The ways are worked out here from how the people were made, by sums over columns; no registry is read.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from tocsin.replays.chance import Flags, Ints
from tocsin.replays.days import Accounting, iso
from tocsin.replays.r9.acts import FILE, LIST, LOGIN, PARTNER, STRANGER, Acts, World
from tocsin.replays.r9.lines import login
from tocsin.replays.r9.people import (
    ABROAD,
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
    REACHES,
    SHARED,
    People,
)
from tocsin.replays.tally import FLOOR, Tally

PAGE_SHOWS = ("identity.name", "identity.birth_date", "id.nir", "contact.address")
FILE_SHOWS = (*PAGE_SHOWS, "identity.birth_place")
MAILBOX_PERSONS = 5
"""More persons than that at one mailbox are written to by post: [notify] mailbox_persons, as it stands."""

Ways = dict[str, dict[str, int]]


def tally_of(world: World, acts: Acts) -> Tally:
    """Count what was shown: all of it is named in the trace, so the three counts are one."""
    tally = Tally(world.people.crowd.groups)
    tally.show(PAGE_SHOWS, world.pages[: world.taken], FLOOR)
    stolen = acts[acts["who"] == STRANGER]
    tally.show(FILE_SHOWS, world.pages[stolen[stolen["kind"] == FILE]["place"]], FLOOR)
    return tally


def told(world: World, acts: Acts, tally: Tally, accounting: Accounting) -> dict[str, object]:
    """Give the figures of the truth."""
    scope = acts[acts["who"] == STRANGER]
    shown = np.isin(scope["kind"], (FILE, LIST))
    return {
        "scale": world.size.scale,
        **tally.figures(),
        "account": login(PARTNER),
        "first_at": iso(int(scope["at"][shown].min())),
        "last_at": iso(int(scope["at"][shown].max())),
        "not_in_registry": world.size.gone,
        "scope": {
            "events": len(scope),
            "disclosed": int(shown.sum()),
            "nothing_shown": int((scope["kind"] == LOGIN).sum()),
            "unresolved": 0,
        },
        "notices": notices_of(world.people),
        "accounting": {"trace": accounting.told()},
    }


def notices_of(people: People) -> dict[str, object]:
    """Persons by way and reason, and where they stand once all that can leave has arrived."""
    ways = _ways(people)
    sums = {channel: sum(by_reason.values()) for channel, by_reason in ways.items()}
    return {
        "to_inform": sum(sums.values()),
        "ways": ways,
        "balance": {
            "delivered": sums["email"] + sums["post"],
            "failed": 0,
            "public": sums["none"],
            "suppressed": sums["suppressed"],
            "no_route": 0,
            "not_released": 0,
        },
    }


def _ways(people: People) -> Ways:
    persons = people.shown[people.crowd.groups(people.shown) == people.shown]
    reach = people.reach(persons)
    crowded = _crowded(people, persons)
    guardian, _known = people.guardian_of(persons)
    by_mail = people.has_mailbox(guardian)
    found: Counter[tuple[str, str]] = Counter({("none", "not_in_registry"): people.size.gone})
    for place in range(len(REACHES)):
        here = reach == place
        for is_crowded in (False, True):
            for is_by_mail in (False, True):
                many = int((here & (crowded == is_crowded) & (by_mail == is_by_mail)).sum())
                if many:
                    found[_way(place, is_crowded=is_crowded, is_by_mail=is_by_mail)] += many
    ways: Ways = {"email": {}, "post": {}, "none": {}, "suppressed": {}}
    for (channel, reason), many in sorted(found.items()):
        ways[channel][reason] = many
    return ways


def _way(place: int, *, is_crowded: bool, is_by_mail: bool) -> tuple[str, str]:
    """The one way of each kind of person, and why that one."""
    one = REACHES[place]
    special = {
        DECEASED: ("suppressed", "deceased"),
        LISTED: ("suppressed", "rule"),
        ORPHANED: ("none", "representative_unknown"),
        PROTECTED: ("email" if is_by_mail else "post", "representative"),
    }
    if one.special in special:
        return special[one.special]
    if one.email in (OWN, PAIR) or (one.email == SHARED and not is_crowded):
        return "email", "best_way"
    channel = "post" if one.address in (HOME, ABROAD) else "none"
    if one.email != NO_EMAIL:
        return channel, "mailbox_shared" if one.email == SHARED else "email_wrong"
    return channel, {BAD_POSTCODE: "contact_wrong", NO_ADDRESS: "no_contact"}.get(one.address, "no_email")


def _crowded(people: People, persons: Ints) -> Flags:
    """Tell whose mailbox too many of those to inform share."""
    kind, number = people.mailboxes(persons)
    is_shared = kind == SHARED
    held, place, many = np.unique(np.where(is_shared, number, -1), return_inverse=True, return_counts=True)
    del held
    crowded: Flags = is_shared & (many[place] > MAILBOX_PERSONS)
    return crowded
