# SPDX-License-Identifier: Apache-2.0
"""The sessions of `session_evidence` as columns of numbers, and the places that they share.

A place is a device or an address of one account. A workstation of the organisation, and an address that many
share, are nobody's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.detect.split.habits import RATES, habits_of
from tocsin.detect.split.shapes import TERMS, Floats

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

SHARED: Final = 3
"""An address that more accounts than this use is a network's, not somebody's."""

SETTLED_DAYS: Final = 10.0
SETTLED_TURNS: Final = 5
"""A place first seen later than this in an account's life is new to it."""

KINDS: Final = ("device", "address")


@dataclass(slots=True)
class Sessions:
    """One row a session."""

    ids: list[str]
    account: Whole
    """From 0, in the order of `accounts`."""

    accounts: list[str]
    account_p: Floats
    """Sessions: how likely the account was stolen at all."""

    is_clean: Flags
    role: Whole
    """The profession's number."""

    day: Floats
    """Days since the first session of all."""

    turn: Whole
    k: Floats
    n: Floats
    rate: Floats
    spread: Floats
    """Sessions × terms; n is 0 where a term says nothing."""

    persons: Floats
    volume_mean: Floats
    volume_size: Floats
    device: Whole
    address: Whole
    """The place's number, or -1: nobody's."""

    is_new: Flags
    """Places: first seen once the account had its habits."""

    is_workstation: Flags
    """Sessions: on a machine that colleagues use too."""

    campaign_places: list[list[str]]
    """Sessions: their places that several accounts to split used and no other."""

    overlaps: list[list[str]]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def places(self) -> int:
        """How many there are."""
        return len(self.is_new)


class _Term(msgspec.Struct):
    term: str
    k: int
    n: int
    rate: float
    spread: float


def read_sessions(rows: pa.Table) -> Sessions:
    """From rows of `session_evidence`, in the table's order."""
    columns = {name: rows.column(name).to_pylist() for name in rows.column_names if name in _LISTED}
    names = sorted(set(columns["account"]))
    number = {name: place for place, name in enumerate(names)}
    account = np.array([number[name] for name in columns["account"]], np.int64)
    day, turn = _days(rows), _whole(rows, "turn")
    device, address = _numbered_places(rows, columns)
    is_clean = np.array(columns["is_clean"], np.bool_)
    role = np.unique(np.array([role or "" for role in columns["role"]]), return_inverse=True)[1]
    k, n, rate, spread = _terms(columns["terms"])
    persons, term = _floats(rows, "persons"), TERMS.index("first_seen")
    k[:, term], n[:, term] = _floats(rows, "new_persons"), persons
    rate[:, term], spread[:, term] = habits_of(k[:, term], persons, account, role, day, is_clean)
    return Sessions(
        ids=columns["session_id"],
        account=account,
        accounts=names,
        account_p=_floats(rows, "account_p"),
        is_clean=is_clean,
        role=role,
        day=day,
        turn=turn,
        k=k,
        n=n,
        rate=rate,
        spread=spread,
        persons=persons,
        volume_mean=np.maximum(_floats(rows, "volume_mean"), 0.1),
        volume_size=np.maximum(_floats(rows, "volume_size"), 0.3),
        device=device,
        address=address,
        is_new=_new_places(account, day, turn, device, address),
        is_workstation=_whole(rows, "device_colleagues") > 0,
        campaign_places=_campaign_places(rows, columns),
        overlaps=columns["at_once"],
    )


def _days(rows: pa.Table) -> Floats:
    at = np.array(rows.column("first_at").cast(pa.int64()).to_numpy(), np.float64) / 86_400e6
    return at - at.min() if len(at) else at


def _numbered_places(rows: pa.Table, columns: dict[str, list[Any]]) -> tuple[Whole, Whole]:
    """Devices and addresses under one numbering, the devices first."""
    device, address = (_places(columns["account"], columns[kind], _is_own(rows, kind)) for kind in KINDS)
    return device, np.where(address >= 0, address + device.max(initial=-1) + 1, -1)


_LISTED = ("session_id", "account", "is_clean", "role", "device", "address", "terms", "at_once")


def _floats(rows: pa.Table, name: str) -> Floats:
    return np.nan_to_num(np.array(rows.column(name).to_numpy(), np.float64))


def _whole(rows: pa.Table, name: str) -> Whole:
    return _floats(rows, name).astype(np.int64)


def _is_common(rows: pa.Table, kind: str) -> Flags:
    """Shared infrastructure: of several accounts to split, of nobody else, not of one organisation."""
    used, held = _whole(rows, f"{kind}_accounts"), _whole(rows, f"{kind}_held")
    found: Flags = (held > 1) & (used == held) & (_whole(rows, f"{kind}_colleagues") == 0)
    return found


def _campaign_places(rows: pa.Table, columns: dict[str, list[str | None]]) -> list[list[str]]:
    common = {kind: _is_common(rows, kind) for kind in KINDS}
    return [
        [f"{kind} {columns[kind][row]}" for kind in KINDS if common[kind][row]] for row in range(len(rows))
    ]


def _is_own(rows: pa.Table, kind: str) -> Flags:
    """Whether a place tells one person from another."""
    alone: Flags = _whole(rows, f"{kind}_colleagues") == 0
    if kind == "address":
        alone &= _whole(rows, "address_accounts") <= SHARED
    found: Flags = alone | _is_common(rows, kind)
    return found


def _places(accounts: list[str], values: list[str | None], is_own: Flags) -> Whole:
    """Numbers of distinct (account, place), -1 where it is nobody's."""
    numbers: dict[tuple[str, str], int] = {}
    return np.array(
        [
            numbers.setdefault((account, value), len(numbers)) if value is not None and own else -1
            for account, value, own in zip(accounts, values, is_own, strict=True)
        ],
        np.int64,
    )


def _new_places(account: Whole, day: Floats, turn: Whole, device: Whole, address: Whole) -> Flags:
    size = max(device.max(initial=-1), address.max(initial=-1)) + 1
    began = np.full(account.max(initial=-1) + 1, np.inf)
    np.minimum.at(began, account, day)
    late = (turn > SETTLED_TURNS) & (day - began[account] > SETTLED_DAYS)
    is_new = np.ones(size, np.bool_)
    for place in (device, address):
        held = place >= 0
        np.logical_and.at(is_new, place[held], late[held])
    return is_new


def _terms(texts: list[str]) -> tuple[Floats, Floats, Floats, Floats]:
    shape = (len(texts), len(TERMS))
    k, n = np.zeros(shape), np.zeros(shape)
    rate, spread = np.full(shape, 0.5), np.full(shape, 0.1)
    decoder = msgspec.json.Decoder(list[_Term])
    for row, text in enumerate(texts):
        for one in decoder.decode(text):
            if one.term in TERMS:
                place = TERMS.index(one.term)
                k[row, place], n[row, place] = one.k, one.n
                rate[row, place], spread[row, place] = one.rate, one.spread
    # A rate of nought or one would call a single act impossible, whatever else speaks.
    return k, n, np.clip(rate, *RATES), spread
