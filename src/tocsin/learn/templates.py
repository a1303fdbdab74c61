# SPDX-License-Identifier: Apache-2.0
"""Requests as templates: `/v1/patients/17/card` and its like become `/v1/patients/{person}/card`.

A path is cut at its slashes and walked from the left, all paths at once. At each place, below what the
paths have in common, a segment that looks like a value (digits, UUID, hexadecimal, long base64, an id or a
name that the case's own tables hold), or one of very many words, gives way to a token. Which token is
measured: the share of the distinct values that the system answered and that a registry or table of records
knows. What is no value stays as it is written, so that no template holds an id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from tocsin.core.settings import CaseSettings
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

PACKAGE = "tocsin.learn"

DEEPEST: Final = 24
"""Segments of a path that are walked; what lies deeper is one `**`."""

MANY_WORDS: Final = 30
"""So many words at one place are a list of screens; more are values, unless few of them weigh most."""

HEAVY_WORDS: Final = 0.95
"""… that is, so much of the acts at that place."""

ENOUGH: Final = 0.5
"""Of the distinct values, the share that a table must know for its token to be proposed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One varying place of a template, and what the case's tables know of its values."""

    place: int
    """Of the segment, from 1."""

    token: str
    values: int
    """Distinct values that the system answered; all, where it answered none."""

    candidate: str | None
    """The table that knows most of them: `person:<registry>` or `record:<name>`."""

    hits: int
    registry: str | None
    other_candidate: str | None
    other_hits: int


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of request."""

    source: str
    action: str
    object_type: str | None
    """Where no object is logged."""

    template: str | None
    measured: tuple[Measured, ...]
    events: int
    open: int
    """Of these, those that show something: neither sign-ins nor failures nor repetitions."""

    uncovered: int
    """Of the open ones, those under no rule."""

    covered: int
    names_own: int
    """Those whose own columns name a person or a record."""

    ids: int
    """Distinct varying parts, else distinct ids named."""

    samples: int
    """Distinct objects that it was made from."""

    accounts: int
    bytes_median: int | None
    first_at: object
    last_at: object

    @property
    def segments(self) -> list[str]:
        """Of its path, without the empty one before the first slash."""
        return [segment for segment in (self.template or "").split("/") if segment]

    @property
    def names_nobody(self) -> bool:
        """Whether neither its path nor its events say whose data were shown."""
        return not any(one.token.startswith("{") for one in self.measured) and not self.names_own


def find_templates(engine: Engine, settings: CaseSettings) -> list[Template]:
    """The templates of `scoped`, the heaviest first; reads `rule_hits`, `registry` and `records`."""
    engine.register("serving", serving_table(settings))
    engine.create("asked_objects", load_query(PACKAGE, "asked_objects"), deepest=DEEPEST)
    engine.create("segment_facts", load_query(PACKAGE, "segment_facts"))
    engine.create("walked", _START)
    for depth in range(1, engine.count("select max(len(segments)) from asked_objects") + 1):
        engine.create("placed", load_query(PACKAGE, "placed"), depth=depth)
        engine.create(
            "place_tokens",
            load_query(PACKAGE, "place_tokens"),
            many_words=MANY_WORDS,
            heavy_words=HEAVY_WORDS,
            enough=ENOUGH,
        )
        engine.create("walked_further", load_query(PACKAGE, "walked"), depth=depth)
        engine.create("walked", "select * from walked_further")
    rows = engine.rows(load_query(PACKAGE, "template_weights"))
    return [_template(row) for row in rows]


def heavy_templates(templates: Sequence[Template], share: float) -> int:
    """How many of the heaviest make up that share of all acts."""
    total = sum(one.events for one in templates)
    reached = 0
    for number, one in enumerate(templates, start=1):
        reached += one.events
        if reached >= share * total:
            return number
    return len(templates)


def serving_table(settings: CaseSettings) -> pa.Table:
    """Which registries and records each source's ids may belong to, and the token that stands for them."""
    rows = [
        row
        for source in settings.sources
        for row in (
            *(
                _serving(source.name, "person", r.name, "{person}", r.name)
                for r in settings.registries
                if not r.sources or source.name in r.sources
            ),
            *(
                _serving(source.name, "record", r.name, f"{{record:{r.name}}}", r.registry)
                for r in settings.records
                if not r.sources or source.name in r.sources
            ),
        )
    ]
    names = ("source", "kind", "name", "candidate", "token", "registry", "stem")
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in names]))


_START: Final = """select
    object_id,
    null::varchar as prefix,
    []::varchar[] as varying,
    []::struct(
        place bigint, token varchar, candidate varchar, registry varchar, "values" bigint, hits bigint,
        other_candidate varchar, other_hits bigint
    )[] as measured
from asked_objects"""


def _serving(source: str, kind: str, name: str, token: str, registry: str | None) -> Mapping[str, str | None]:
    return {
        "source": source,
        "kind": kind,
        "name": name,
        "candidate": f"{kind}:{name}",
        "token": token,
        "registry": registry,
        # An English plural or a French one: `patients` is named by `/patient/`.
        "stem": name.lower().removesuffix("s"),
    }


def _template(row: tuple[object, ...]) -> Template:
    source, action, object_type, template, measured, *figures = row
    places = json.loads(str(measured)) if measured is not None else []
    return Template(
        str(source),
        str(action),
        None if object_type is None else str(object_type),
        None if template is None else str(template),
        tuple(Measured(**place) for place in places),
        *figures,  # type: ignore[arg-type]
    )
