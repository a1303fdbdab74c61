# SPDX-License-Identifier: Apache-2.0
"""What a received source may have lost on its way, from the diary that `tocsin listen` keeps beside it.

Datagrams that the kernel dropped are missing records, counted. A time without a receiver is a gap where
senders do not wait for one (UDP), or where connections were cut with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tocsin.core.settings.collected import received_folder
from tocsin.core.settings.inputs import SourceSettings

DIARY = "reception.jsonl"


def reception_gaps(sources: list[SourceSettings], folder: Path) -> list[dict[str, object]]:
    """Rows of `gaps`, of all sources that are received."""
    return [
        {"source": source.name, "node": None, "kind": "reception", **gap}
        for source in sources
        if source.listen is not None
        for gap in _gaps(folder / received_folder(source.name) / DIARY)
    ]


def _gaps(path: Path) -> Iterator[dict[str, object]]:
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for text in lines:
            if b'"down"' not in text and b'"dropped"' not in text:
                continue
            line = _read(text)
            may_lose = line.get("datagrams") or line.get("connections_cut")
            if line.get("what") == "dropped" or (line.get("what") == "down" and may_lose):
                period = {f"{name}_at": datetime.fromisoformat(str(line[name])) for name in ("from", "until")}
                yield {**period, "missing": line.get("missing")}


def _read(text: bytes) -> dict[str, object]:
    """A line that a kill cut says nothing."""
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
