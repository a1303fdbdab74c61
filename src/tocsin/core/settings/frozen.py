# SPDX-License-Identifier: Apache-2.0
"""What all settings are built on: frozen values that know their keys, and a period.

A key that begins with `x-` is ignored; any other unknown key is refused with the nearest known one.
"""

from __future__ import annotations

from datetime import datetime

import msgspec


class Frozen(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    rename={"from_": "from", "in_": "in"},
):
    """Base of all settings."""


class Period(Frozen, frozen=True, kw_only=True):
    """Half-open: [from, until). A missing bound is open; a bare date is its midnight in UTC."""

    from_: datetime | None = None
    until: datetime | None = None
