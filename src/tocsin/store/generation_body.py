# SPDX-License-Identifier: Apache-2.0
"""What stands at one moment: every table's parts, and what each stage was run on. It commits nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from tocsin.journal.chain import Json
from tocsin.store.parts import Part


@dataclass(frozen=True, slots=True)
class Generation:
    """What stands: every table's parts, and the digest of what each stage was run on."""

    number: int = 0
    code: str = ""
    tables: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    stages: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Json]:
        """As it is written in the journal and in CURRENT."""
        return {
            "generation": self.number,
            "code": self.code,
            "stages": dict(sorted(self.stages.items())),
            "tables": {
                name: {
                    "rows": sum(part.rows for part in parts),
                    "parts": [dict(sorted(asdict(part).items())) for part in parts],
                }
                for name, parts in sorted(self.tables.items())
            },
        }

    def parts(self) -> list[Part]:
        """Of all tables."""
        return [part for parts in self.tables.values() for part in parts]


def parse_generation(body: object) -> Generation:
    """The inverse of `body`; raises KeyError, TypeError or ValueError when it is not one."""
    raw = json.loads(json.dumps(body))
    tables = {name: tuple(Part(**part) for part in table["parts"]) for name, table in raw["tables"].items()}
    return Generation(raw["generation"], raw["code"], tables, raw["stages"])
