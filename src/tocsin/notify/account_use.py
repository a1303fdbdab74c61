# SPDX-License-Identifier: Apache-2.0
"""What was done under a stolen account, as its holder's notice says it: no patient, no whole login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tocsin.core.words import Words, visible
from tocsin.notify.genuine.verify_notice import contact_points

LISTED: Final = 5
"""Acts on the notice; the whole list is handed over (`tocsin answer CASE dossiers`)."""

_HIDDEN: Final = "…"


@dataclass(frozen=True, slots=True)
class AccountUse:
    """One account."""

    account: str = field(repr=False)
    accesses: int
    """Events that are not the holder's."""

    acts: tuple[tuple[datetime, str, str, str], ...] = field(repr=False)
    """What was written, sent or taken out, the first LISTED: when, source, action, kind of record."""

    all_acts: int
    others: tuple[tuple[str, str], ...] = field(repr=False)
    """Other accounts of the same identity: login and role."""


def masked(account: str) -> str:
    """Enough of a login for whoever has it: its first two characters and its last one."""
    shown = visible(" ".join(account.split()))
    return f"{shown[:2]}{_HIDDEN}{shown[-1:]}" if len(shown) > 4 else f"{shown[:1]}{_HIDDEN}"


def account_lines(use: AccountUse, words: Words, said: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """What `account.{lang}.j2` fills in; `said` is [account] of our words."""
    return {
        "account": said["of"].format(account=masked(use.account)),
        "uses": words.plural(
            "{n} access under your account was not yours.",
            "{n} accesses under your account were not yours.",
            use.accesses,
        ),
        "acts": [_act_line(one, words, said, zone) for one in use.acts],
        "more": use.all_acts - len(use.acts),
        "others": [_other_line(one, said) for one in use.others],
    }


def _act_line(act: tuple[datetime, str, str, str], words: Words, said: Mapping[str, Any], zone: str) -> str:
    when, source, action, kind = act
    thing = said["thing"].format(kind=_named(kind)) if kind else ""
    day = words.instant(when, zone)
    return str(said["act"].format(when=day, source=_named(source), action=said[action], thing=thing))


def _other_line(other: tuple[str, str], said: Mapping[str, Any]) -> str:
    account, *rest = other
    told = [said["of"].format(account=masked(account)), *(_named(part) for part in rest if part)]
    return ", ".join(told)


def _named(text: str) -> str:
    """Not what looks like a telephone, a mailbox or a site: the notice names its sender's and no other."""
    return _HIDDEN if contact_points(text) else visible(text)
