# SPDX-License-Identifier: Apache-2.0
"""Text by the million: rows of bytes in fixed-width columns, where a zero byte is no character.

Columns are laid side by side in one matrix; taking the bytes that are not zero gives the lines. This
writes a million log lines a second where joining strings takes ten. Knows nothing of logs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tocsin.replays.chance import Bits, Flags, Ints

Cells = npt.NDArray[np.uint8]
"""A column of text: one row per line, padded with zero bytes to its width."""

Part = bytes | Cells

_POWERS = 10 ** np.arange(1, 19, dtype=np.int64)
_FOUR_DIGITS = np.array([list(f"{n:04d}".encode()) for n in range(10_000)], dtype=np.uint8)
_HEX = np.array([list(f"{n:02x}".encode()) for n in range(256)], dtype=np.uint8)


def words(texts: Sequence[str]) -> Cells:
    """Lay texts in a table from which columns are taken by index."""
    encoded = [text.encode() for text in texts]
    width = max(map(len, encoded))
    padded = b"".join(text.ljust(width, b"\0") for text in encoded)
    return np.frombuffer(padded, dtype=np.uint8).reshape(len(encoded), width)


def digits(values: Ints, width: int) -> Cells:
    """Write numbers with leading zeros on `width` digits."""
    groups = -(-width // 4)
    cells = np.empty((len(values), groups * 4), dtype=np.uint8)
    rest = values
    for group in reversed(range(groups)):
        rest, four = np.divmod(rest, 10_000)
        cells[:, group * 4 : group * 4 + 4] = _FOUR_DIGITS[four]
    return cells[:, groups * 4 - width :]


def number(values: Ints, width: int) -> Cells:
    """Write numbers without leading zeros, at most `width` digits; a negative one is no text."""
    cells = digits(np.maximum(values, 0), width)
    length = np.searchsorted(_POWERS, values, side="right") + 1
    cells[np.arange(width) < (width - length)[:, None]] = 0
    return only(cells, values >= 0)


def hexadecimal(values: Bits, width: int = 16) -> Cells:
    """Write 64 bits as `width` lower-case hexadecimal digits, the high ones first."""
    octets = values.astype(">u8").view(np.uint8).reshape(-1, 8)
    return _HEX[octets].reshape(-1, 16)[:, :width]


def only(cells: Cells, where: Flags) -> Cells:
    """Keep the text where it applies, none elsewhere."""
    return cells * where[:, None].view(np.uint8)


def constant(text: bytes, where: Flags) -> Cells:
    """Write the same text where it applies, none elsewhere."""
    return only(np.broadcast_to(np.frombuffer(text, dtype=np.uint8), (len(where), len(text))), where)


def join(rows: int, parts: Sequence[Part]) -> tuple[bytes, Ints]:
    """Put columns and constants side by side: the text of all rows, and the bytes of each."""
    width = sum(len(part) if isinstance(part, bytes) else part.shape[1] for part in parts)
    matrix = np.empty((rows, width), dtype=np.uint8)
    left = 0
    for part in parts:
        cells = np.frombuffer(part, dtype=np.uint8) if isinstance(part, bytes) else part
        right = left + cells.shape[-1]
        matrix[:, left:right] = cells
        left = right
    filled = matrix != 0
    return matrix[filled].tobytes(), filled.sum(axis=1)


def strings(rows: int, parts: Sequence[Part], null: Flags | None = None) -> pa.Array:
    """Give the joined rows as an Arrow column of strings; `null` where true."""
    text, lengths = join(rows, parts)
    offsets = np.zeros(rows + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    valid = None
    if null is not None:
        valid = pa.py_buffer(np.packbits(~null, bitorder="little").tobytes())
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.string(), rows, buffers)
