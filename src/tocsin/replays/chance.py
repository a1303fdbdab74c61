# SPDX-License-Identifier: Apache-2.0
"""Chance without state: each draw is a function of the seed, a stream's name and an index.

So any row of a replay can be computed alone, in any order, on any number of threads, and is the same
each time. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), vectorised. Not for secrets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Chance:
    """The draws of one seed."""

    seed: int

    def bits(self, stream: str, index: Ints) -> Bits:
        """Draw 64 bits for each index."""
        mixed = index.astype(np.uint64)
        mixed *= _STEP
        mixed += _key(self.seed, stream)
        mixed ^= mixed >> np.uint64(30)
        mixed *= _FIRST
        mixed ^= mixed >> np.uint64(27)
        mixed *= _SECOND
        mixed ^= mixed >> np.uint64(31)
        return mixed

    def fraction(self, stream: str, index: Ints) -> Floats:
        """Draw a number in [0, 1) for each index."""
        fraction: Floats = (self.bits(stream, index) >> np.uint64(11)).astype(np.float64)
        fraction *= 2.0**-53
        return fraction

    def below(self, stream: str, index: Ints, limit: int) -> Ints:
        """Draw an integer in [0, limit) for each index; limit at most 2^31."""
        high = self.bits(stream, index) >> np.uint64(32)
        return ((high * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)

    def happens(self, stream: str, index: Ints, share: float) -> Flags:
        """Draw true with that share for each index."""
        return self.fraction(stream, index) < share


def tokens(mixed: Ints, salt: int) -> Bits:
    """Give numbers that are told apart the look of tokens: equal where they are equal."""
    spread: Bits = (mixed.astype(np.uint64) * _STEP) ^ np.uint64(salt)
    return spread


@cache
def _key(seed: int, stream: str) -> np.uint64:
    digest = blake2b(f"{seed}:{stream}".encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
