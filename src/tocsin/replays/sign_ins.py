# SPDX-License-Identifier: Apache-2.0
"""The sign-ins that go before acts: one for each account and day, where acts are arrays of numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tocsin.replays.days import DAY


def sign_ins(acts: npt.NDArray[np.void], kind: int, before: int) -> npt.NDArray[np.void]:
    """Give copies of the first act of each account and day, of that kind and so many milliseconds earlier.

    What else the act holds (a patient, a page) is the caller's to take away.
    """
    ordered = acts[np.argsort(acts["at"], kind="stable")]
    _, first = np.unique(ordered["at"] // DAY * 1_000_003 + ordered["account"], return_index=True)
    signs = ordered[first].copy()
    signs["kind"] = kind
    signs["at"] -= before
    return signs
