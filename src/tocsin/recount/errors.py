# SPDX-License-Identifier: Apache-2.0
"""Why a recount stops.

RecountError
├── CannotRecount       a format, a clause or a key that it does not know: no figure beats a guessed one
└── TooLargeToRecount   more records or bytes than a plain walk in memory should take
"""

from __future__ import annotations


class RecountError(Exception):
    """The recount gives no figures; the message says what and where, and holds nobody's data."""


class CannotRecount(RecountError):  # noqa: N818
    """The case uses something that the recount does not read."""


class TooLargeToRecount(RecountError):  # noqa: N818
    """The case is beyond the limits given to the recount."""
