# SPDX-License-Identifier: Apache-2.0
"""Brings what is new of every source that is not a file, and the registers that a database holds.

A place that cannot be reached stops nobody: what stands of it stays, and the others go on. Every asking is an
entry of the journal.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from importlib.metadata import entry_points

from tocsin.collect.interface import Collector, Surroundings
from tocsin.collect.outcome import Collected, CollectReport
from tocsin.collect.snapshot import Snapshot, collect_register, registers_of
from tocsin.collect.spool import Spool
from tocsin.core.errors import InputError, MachineError, Sentence, SettingsError
from tocsin.core.plugins import load_plugins
from tocsin.core.progress import Progress, silent
from tocsin.core.settings.collected import is_collected, spool_pattern
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.store.case import Case

GROUP = "tocsin.collectors"
EMPTY = "records.ndjson"
"""The file of a source that has no record so far."""

Planned = tuple[SourceSettings, Collector]


def run(
    case: Case, progress: Progress = silent, *, names: Collection[str] = (), again: bool = False
) -> CollectReport:
    """Collect the sources and registers named, all when none is.

    Raises SettingsError before anything is asked when one of them is not as its collector wants it, and
    InputError for a name that nothing collected has. Whatever a place does is in the report.
    """
    planned = [(source, _collector(case, source)) for source in case.settings.sources if _is_spooled(source)]
    registers = registers_of(case)
    _refuse_unknown(names, [*(source.name for source, _ in planned), *(one.name for one in registers)])
    chosen = [(source, collector) for source, collector in planned if not names or source.name in names]
    for source, collector in chosen:
        collector.check(source)
    snapshots = [one for one in registers if not names or one.name in names]
    for snapshot in snapshots:
        snapshot.check()
    return _collect(case, chosen, snapshots, progress, again=again)


def _collect(
    case: Case, sources: list[Planned], registers: list[Snapshot], progress: Progress, *, again: bool
) -> CollectReport:
    report = CollectReport()
    steps = len(sources) + len(registers)
    for source, collector in sources:
        progress("collect", len(report.collected), steps)
        report.collected.append(_collect_source(case, source, collector, again=again))
    for register in registers:
        progress("collect", len(report.collected), steps)
        found = collect_register(case, register, again=again)
        if found is not None:
            report.collected.append(found)
    if steps:
        progress("collect", steps, steps)
    return report


def _collect_source(case: Case, source: SourceSettings, collector: Collector, *, again: bool) -> Collected:
    spool = Spool(case.folder, source.name)
    spool.check_last()
    place = collector.place(source)
    result = Collected(source.name, collector.kind, place, unfinished=spool.ledger.unfinished)
    result.notes += _moved(spool.ledger.place, place)
    try:
        spool.begin(collector.question(source), place)
        collector.around = Surroundings(case.folder, spool, again)
        for page in collector.pages(source, spool.ledger.position):
            spool.append(page)
            result.rows += page.count
            result.repeated += page.repeated
            result.notes += page.notes
        if not spool.stands:
            spool.touch(EMPTY)
    except (InputError, MachineError) as error:
        result.error = error
    result.notes += _foreign(spool)
    _tell(case, spool, result)
    return result


def _tell(case: Case, spool: Spool, result: Collected) -> None:
    """Put it in the journal; the ledger then knows that it is told."""
    ledger = spool.ledger
    result.total, result.files, result.stands = ledger.rows, len(ledger.files), spool.stands
    result.bytes = sum(state.bytes for state in ledger.files.values())
    content = ledger.path.read_bytes() if ledger.path.exists() else b""
    stands: dict[str, Json] = {
        "unfinished": result.unfinished,
        "total": result.total,
        "files": result.files,
        "bytes": result.bytes,
        "ledger_bytes": len(content),
        "ledger_sha256": sha256(content).hexdigest(),
    }
    result.tell(case, stands)
    ledger.end()


def _collector(case: Case, source: SourceSettings) -> Collector:
    """Its own class alone is loaded: a plug-in for other places, or their drivers, may be broken."""
    kind = source.collect.get("from", "database" if source.database is not None else None)
    allowed = case.settings.plugins.get("collectors")
    known = {name for name in entry_points(group=GROUP).names if allowed is None or name in allowed}
    if not isinstance(kind, str) or kind not in known:
        raise SettingsError(
            _("The source '{name}' is collected from '{kind}', which is no kind of place."),
            do=suggest(str(kind), sorted(known)),
            code="unknown_collector",
            name=source.name,
            kind=str(kind),
        )
    return load_plugins(GROUP, Collector, allowed=[kind])[kind]()  # type: ignore[type-abstract]


def _is_spooled(source: SourceSettings) -> bool:
    return is_collected(source) and source.paths == [spool_pattern(source.name)]


def _refuse_unknown(names: Collection[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise InputError(
                _("Nothing that is collected has the name '{name}'."),
                do=suggest(name, known) if known else _("This case collects nothing: its sources are files."),
                code="unknown_source",
                name=name,
            )


def _moved(before: str | None, now: str) -> list[tuple[str, Sentence]]:
    if before in (None, now):
        return []
    text = _("It was collected from {before} before, and from {now} now: make sure that it is the same.")
    return [("place_changed", Sentence(text, {"before": str(before), "now": now}))]


def _foreign(spool: Spool) -> list[tuple[str, Sentence]]:
    text = _("The file {path} stands among what was collected, and was not collected.")
    return [("foreign_file", Sentence(text, {"path": path.name})) for path in spool.foreign()]
