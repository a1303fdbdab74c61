# SPDX-License-Identifier: Apache-2.0
"""Who has a file with which agency. A place is a row and an agency in one number.

Agencies share some people, each under its own local ids; only who bears a number can be recognised from one
to another, so nobody else is held here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.crowd import Crowd, Numbering
from tocsin.replays.r4.size import AGENCIES, Size
from tocsin.replays.text import strings

_AGENCY = 1 << 40
NUMBERINGS = (
    Numbering(b"A", 1_000_000, 8_999_999, 4_827_137),
    Numbering(b"B", 1_000_000, 8_999_999, 6_142_351),
    Numbering(b"C", 1_000_000, 8_999_999, 3_574_229),
)


@dataclass(frozen=True)
class People:
    """The files of the three agencies."""

    size: Size
    crowd: Crowd

    @cached_property
    def rows(self) -> tuple[Ints, ...]:
        """Give each agency's rows."""
        return tuple(self._rows(agency) for agency in range(len(AGENCIES)))

    def _rows(self, agency: int) -> Ints:
        rows = self.size.first_row(agency) + np.arange(self.size.held, dtype=np.int64)
        return rows[self.crowd.has_number(rows)]

    def beyond(self, agency: int) -> Ints:
        """Give rows of files that were deleted since: no registry has them."""
        first = self.size.first_row(len(AGENCIES) + 1 + agency) + self.size.held
        return np.arange(first, first + 2, dtype=np.int64)

    def groups(self, places: Ints) -> Ints:
        """Give whose file each place is."""
        return self.crowd.groups(places % _AGENCY)

    def ids(self, places: Ints) -> pa.Array:
        """Give the local ids of places."""
        cells = np.empty((len(places), 8), dtype=np.uint8)
        for agency, numbering in enumerate(NUMBERINGS):
            mine = places // _AGENCY == agency
            cells[mine] = numbering.cells(places[mine] % _AGENCY)
        return strings(len(places), [cells])


def place_of(agency: int, rows: Ints) -> Ints:
    """Give the places of an agency's rows."""
    return agency * _AGENCY + rows
