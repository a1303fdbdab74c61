# SPDX-License-Identifier: Apache-2.0
"""CSV cut into rows with the bytes that they came in (RFC 4180): a line end between quotes ends no row."""

from __future__ import annotations

from collections.abc import Iterator


def cut_rows(body: bytes) -> Iterator[bytes]:
    """Each row with its line end; the last one gets one if it has none."""
    held: list[bytes] = []
    quotes = 0
    for line in body.split(b"\n")[:-1] if body.endswith(b"\n") else body.split(b"\n"):
        held.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"\n".join(held) + b"\n"
            held, quotes = [], 0
    if held:
        yield b"\n".join(held) + b"\n"
