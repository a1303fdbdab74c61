# SPDX-License-Identifier: Apache-2.0
"""Matches a sample of what was taken: what it is, whom it holds, where it comes from, and what the logs lack.

Reads events, judged, registry, records, persons, exposure and disclosures; writes `samples` and
`sample_persons` and, in the journal, whether the sample exceeds the logs: claims read it there. No value of
the sample is told or kept: counts, and numbers of persons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.hunt.elsewhere import look_elsewhere
from tocsin.hunt.origins import Origin, find_origins
from tocsin.hunt.sample import Sample, read_sample
from tocsin.hunt.sample_columns import COLUMNS, Column, read_columns
from tocsin.journal.chain import Json
from tocsin.scope.catalogue import compile_catalogue
from tocsin.scope.outside import MATCHED, WITHDRAWN, read_excess
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.parts import sha256_of
from tocsin.store.query import load_query, quote

PACKAGE: Final = "tocsin.hunt"
READS: Final = (
    "events",
    "judged",
    "registry",
    "records",
    "persons",
    "exposure",
    "disclosures",
    "samples",
    "sample_persons",
)
COMPARED: Final = (
    "nir",
    "ins",
    "birth_date",
    "family_name",
    "used_name",
    "given_names",
    "phone",
    "email",
    "sex",
    "birth_place",
)
ORDERS: Final = ("local_id", "record", "family_name", "birth_date", "nir")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a sample, by what is known of them."""

    identified: int
    ambiguous: int
    """Rows that fit several persons: twins, homonyms, a shared number."""

    unknown: int
    persons: int
    """Distinct, of the identified rows."""

    shown: int
    """Of these, those whom an access in scope shows."""

    beyond: int
    """Of these, those whom none shows."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Which version of the registry the rows agree with."""

    agreeing: int
    compared: int
    from_at: object
    until_at: object
    is_one: bool
    """Whether one moment explains all rows that agree."""

    agreement: Mapping[str, tuple[int, int]]
    """Kind of column: rows whose value is the registry's, of rows that have both."""


@dataclass(frozen=True, slots=True)
class Match:
    """All that can be told of a sample."""

    sample: Sample
    sha256: str
    columns: tuple[Column, ...]
    rows: Rows
    found_by: Mapping[str, int]
    """Key: rows that it found."""

    moment: Moment | None
    orders: Mapping[str, float]
    """What the rows are sorted by: the share of neighbours in that order."""

    origins: tuple[Origin, ...]
    beyond_categories: Mapping[str, tuple[int, int]]
    """Category: persons of the sample who are shown, and of these those not shown in it."""

    elsewhere: int
    """Of the persons beyond, those whom an access outside the scope names."""

    elsewhere_accounts: tuple[tuple[str, int, int], ...]
    limits: tuple[str, ...]
    """Codes of what cannot be told from this sample."""

    @property
    def excess_categories(self) -> list[str]:
        """Kinds of data that the sample holds of persons whom no access in scope shows in it."""
        return sorted(name for name, (_persons, beyond) in self.beyond_categories.items() if beyond)

    @property
    def exceeds(self) -> bool:
        """Whether the sample says more than the logs in scope: nothing is proven on them then."""
        return bool(self.rows.beyond or self.excess_categories)


def match_sample(case: Case, path: Path, confirmed: Mapping[str, str]) -> Match:
    """Match one sample, write what was found and journal whether it exceeds the logs.

    Raises InputError for what is no table, for a column that is not there, and before `link` has run.
    """
    if not case.has("persons"):
        raise InputError(
            _("The persons of this case are not known yet."),
            do=_("Run it first: tocsin run CASE."),
            where=case.folder,
            code="not_linked",
        )
    with case.stage("match", *READS) as stage:
        found = _match(case, stage.engine, path, confirmed)
        _write(stage, found)
        _journal(case, found)
        stage.commit(found.sha256)
    return found


def withdraw_sample(case: Case, sha256: str, why: str) -> None:
    """Journal that a sample is not ours after all. Raises InputError for one that was never matched."""
    matched = {str(entry.body.get("sample")) for entry in case.journal.entries() if entry.kind == MATCHED}
    chosen = [one for one in matched if len(sha256) >= 8 and one.startswith(sha256)]
    if len(chosen) != 1:
        raise InputError(
            _("No sample with this SHA-256 was matched."),
            do=_("Give the digest that `tocsin match` printed, or its first 8 signs."),
            where=case.folder,
            code="no_such_sample",
        )
    case.journal.append(WITHDRAWN, {"sample": chosen[0], "why": why}, by=case.by)


def logs_are_exceeded(case: Case) -> bool:
    """Whether any sample that stands exceeds the logs."""
    return read_excess(case.journal.entries()).samples > 0


def _match(case: Case, engine: Engine, path: Path, confirmed: Mapping[str, str]) -> Match:
    sample = read_sample(engine, path, list(confirmed))
    engine.create("registry_keys", load_query(PACKAGE, "registry_keys"))
    columns = read_columns(engine, sample, confirmed, [record.name for record in case.settings.records])
    _identify(engine, columns)
    [figures] = engine.rows(load_query(PACKAGE, "sample_figures"))
    rows = Rows(*(int(str(number)) for number in figures))
    rules = compile_catalogue(case.catalogue, case.settings)
    elsewhere = look_elsewhere(engine, rules)
    return Match(
        sample,
        sha256_of(path),
        tuple(columns),
        rows,
        {str(key): int(str(number)) for key, number in engine.rows(load_query(PACKAGE, "found_by"))},
        _moment(engine) if rows.identified else None,
        _orders(engine),
        tuple(find_origins(engine, rules, columns, rows.persons)),
        _beyond(engine, columns),
        engine.count("select count(distinct person_id) from found_elsewhere"),
        tuple(elsewhere),
        tuple(_limits(columns, rows)),
    )


def _identify(engine: Engine, columns: Sequence[Column]) -> None:
    engine.view("sample_row", _row_sql(columns))
    engine.create("sample_keys", load_query(PACKAGE, "sample_keys"))
    engine.create("sample_persons_found", load_query(PACKAGE, "sample_persons_found"))
    engine.create("sample_people", load_query(PACKAGE, "sample_people"))


def _row_sql(columns: Sequence[Column]) -> str:
    """The sample in columns of ours; local ids that no registry knows find nobody."""
    by_ours = {column.ours: column for column in reversed(columns) if column.ours is not None}
    record = next((one for ours, one in by_ours.items() if ours.startswith("record:")), None)
    named = [
        f"{by_ours[ours].sql} as {quote(ours)}" if ours in by_ours else f"null::varchar as {quote(ours)}"
        for ours in COLUMNS
    ]
    of_record = "null::varchar" if record is None else record.sql
    kind = "null::varchar" if record is None else f"'{(record.ours or '').removeprefix('record:')}'"
    return f"select row, {', '.join(named)}, {of_record} as record, {kind} as record_type from sample"


def _moment(engine: Engine) -> Moment:
    [row] = engine.rows(load_query(PACKAGE, "sample_versions"))
    agreeing, compared, from_at, until_at, is_one, *counted = row
    pairs = {
        name: (int(str(counted[2 * place])), int(str(counted[2 * place + 1])))
        for place, name in enumerate(COMPARED)
    }
    told = {name: pair for name, pair in pairs.items() if pair[1]}
    return Moment(int(str(agreeing)), int(str(compared)), from_at, until_at, bool(is_one), told)


def _orders(engine: Engine) -> dict[str, float]:
    [row] = engine.rows(load_query(PACKAGE, "sample_orders"))
    return {name: float(str(share)) for name, share in zip(ORDERS, row, strict=True) if share is not None}


def _beyond(engine: Engine, columns: Sequence[Column]) -> dict[str, tuple[int, int]]:
    """By category of the sample, persons shown and those not shown in it; a local id goes with any access."""
    selects = [
        f"select '{column.category}' as category, row from sample where {column.sql} is not null"
        for column in columns
        if column.category not in (None, "id.local", "undetermined", "other")
    ]
    nothing = "select null::varchar as category, null::bigint as row where false"
    engine.view("sample_filled", "\nunion all\n".join(selects) or nothing)
    rows = engine.rows(load_query(PACKAGE, "beyond_categories"))
    return {str(name): (int(str(persons)), int(str(beyond))) for name, persons, beyond in rows}


def _limits(columns: Sequence[Column], rows: Rows) -> list[str]:
    """What cannot be told, and why."""
    held = {column.ours for column in columns if column.ours is not None}
    has_key = any(ours == "person" or ours.startswith("record:") or ours == "ins" for ours in held)
    has_key = has_key or {"nir", "birth_date"} <= held
    has_key = has_key or ({"birth_date", "given_names"} <= held and bool({"family_name", "used_name"} & held))
    limits = [] if has_key else ["no_key"]
    if len(columns) == 1:
        limits.append("one_column")
    if rows.unknown:
        limits.append("unknown_rows")
    if rows.ambiguous:
        limits.append("ambiguous_rows")
    if any(column.basis in ("unknown", "contradicted") for column in columns):
        limits.append("unknown_columns")
    return limits


def _write(stage: Stage, found: Match) -> None:
    """The rows of other samples stay."""
    engine = stage.engine
    stage.write("samples", load_query(PACKAGE, "samples_now"), **_row_of(found))
    engine.create("elsewhere_persons", "select distinct person_id from found_elsewhere")
    stage.write("sample_persons", load_query(PACKAGE, "sample_persons_now"), sample=found.sha256)


def _row_of(found: Match) -> dict[str, str | int | bool]:
    rows = found.rows
    return {
        "sample": found.sha256,
        "rows": found.sample.rows,
        "identified_rows": rows.identified,
        "ambiguous_rows": rows.ambiguous,
        "persons": rows.persons,
        "shown": rows.shown,
        "elsewhere": found.elsewhere,
        "exceeds": found.exceeds,
    }


def _journal(case: Case, found: Match) -> None:
    body: dict[str, Json] = {
        "sample": found.sha256,
        "columns": {
            str(column.place): column.ours or column.category
            for column in found.columns
            if column.basis == "confirmed"
        },
        "rows": found.sample.rows,
        "persons": found.rows.persons,
        "beyond_persons": found.rows.beyond,
        "elsewhere_persons": found.elsewhere,
        "beyond_categories": list(found.excess_categories),
        "leak_exceeds_logs": found.exceeds,
    }
    case.journal.append(MATCHED, body, by=case.by)
