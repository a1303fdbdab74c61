# SPDX-License-Identifier: Apache-2.0
"""Which files are ones read before: the same, grown, renamed, compressed or copied. Content alone tells.

A file whose content begins with a known file's continues it; what another file contains from its beginning
is not read twice. Nothing here looks at names or dates, but to choose between files of the same content.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.interface import Sample
from tocsin.ingest.planned import Covered, KnownFile, PlannedFile, SourcePlan
from tocsin.ingest.prefixes import Prefixes, measure_content

HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Match:
    file: PlannedFile
    row: KnownFile
    is_longer: bool
    """There is more behind what was read."""


def place_files(
    files: list[PlannedFile], rows: list[KnownFile], prefixes: Prefixes | None = None
) -> SourcePlan:
    """What becomes of a source's files, given what was read of it before (rows that are not duplicates)."""
    plan = SourcePlan()
    by_row: dict[int, list[_Match]] = {}
    new: list[PlannedFile] = []
    for file in files:
        match = _match(file, rows, prefixes)
        if match is None:
            new.append(file)
        else:
            by_row.setdefault(match.row.file_number, []).append(match)
    for number in sorted(by_row):
        new += _place_matches(plan, by_row[number])
    _place_new(plan, sorted(new, key=lambda file: file.path))
    _settle_covered(plan)
    _warn_of_changes(plan, rows, set(by_row))
    return plan


def _match(file: PlannedFile, rows: list[KnownFile], prefixes: Prefixes | None) -> _Match | None:
    """The longest known content that the file begins with; an empty one is known by its path."""
    candidates = [row for row in rows if _may_begin_with(file, row)]
    if not candidates:
        return None
    sizes = {row.bytes for row in candidates}
    digests, size_read = (prefixes.measure if prefixes else measure_content)(file.stream, sizes)
    found = [row for row in candidates if digests.get(row.bytes) == row.sha256]
    if prefixes and not found:
        digests, size_read = measure_content(file.stream, sizes)
        found = [row for row in candidates if digests.get(row.bytes) == row.sha256]
    if not found:
        return None
    row = max(found, key=lambda row: (row.bytes, row.path == file.path, -row.file_number))
    return _Match(file, row, is_longer=size_read > row.bytes)


def _may_begin_with(file: PlannedFile, row: KnownFile) -> bool:
    if not row.bytes:
        return row.path == file.path
    has_head = len(file.sample.head) >= min(row.bytes, HEAD_BYTES)
    return has_head and head_digest(file.sample, row.bytes) == row.head_sha256


def _place_matches(plan: SourcePlan, matches: list[_Match]) -> list[PlannedFile]:
    """Place the files that begin with a known file's content; those that only begin alike are given back."""
    row = matches[0].row
    longer, contained = find_covered([match.file for match in matches if match.is_longer])
    same = [match.file for match in matches if not match.is_longer]
    plan.covered += contained
    if not longer:
        keeper = _first_choice(same, row)
        others = [file for file in same if file is not keeper]
        if keeper.options_digest != row.options:
            heir = replace(keeper, known=row)
            plan.to_read.append(heir)
            plan.covered += [Covered(file, heir) for file in others]
        else:
            plan.standing.append((keeper, replace(row, path=keeper.path)))
            plan.standing += [(file, replace(row, path=file.path, duplicate=True)) for file in others]
        return []
    chosen = _first_choice(longer, row)
    heir = _continued(chosen, row)
    plan.to_read.append(heir)
    plan.covered += [Covered(file, heir) for file in same]
    apart = [file for file in longer if file is not chosen]
    if row.bytes:
        text = Sentence(
            _("It begins with the same {bytes} bytes as {path}, then differs: it is a file apart."),
            {"bytes": row.bytes, "path": heir.path},
        )
        plan.warnings += [("forked", text, file.path) for file in apart]
    return apart


def _first_choice(files: list[PlannedFile], row: KnownFile) -> PlannedFile:
    return min(files, key=lambda file: (file.path != row.path, file.path))


def _continued(file: PlannedFile, row: KnownFile) -> PlannedFile:
    is_whole = row.complete_bytes == row.bytes and file.form.cutter(file.sample, file.options).continues
    return replace(file, known=row, from_start=not is_whole or file.options_digest != row.options)


def _place_new(plan: SourcePlan, new: list[PlannedFile]) -> None:
    """New files, less those that another file contains from its beginning."""
    standing = [file for file, row in plan.standing if not row.duplicate]
    kept, covered = find_covered(new, [*plan.to_read, *standing])
    plan.to_read += kept
    plan.covered += covered


def _settle_covered(plan: SourcePlan) -> None:
    """What a covered file covers is covered by that one's own; by a file with nothing new, it stands too."""
    covering = {pair.file.path: pair.by for pair in plan.covered}
    rows = {file.path: row for file, row in plan.standing if not row.duplicate}
    settled = []
    for pair in plan.covered:
        by = pair.by
        while by.path in covering:
            by = covering[by.path]
        if by.path in rows:
            row = replace(rows[by.path], path=pair.file.path, duplicate=True)
            plan.standing.append((pair.file, row))
        else:
            settled.append(Covered(pair.file, by))
    plan.covered = settled


def find_covered(
    files: list[PlannedFile], standing: Iterable[PlannedFile] = ()
) -> tuple[list[PlannedFile], list[Covered]]:
    """The files that stand, and those that a standing one contains from its beginning; order of path decides.

    Empty files stand: nothing contains them that says so.
    """
    others = list(standing)
    kept = [file for file in files if not file.sample.head]
    covered: list[Covered] = []
    by_head: dict[bytes, list[PlannedFile]] = {}
    for file in (file for file in files if file.sample.head and not file.sample.whole):
        by_head.setdefault(file.sample.head, []).append(file)
    for head, alike in by_head.items():
        rivals = [other for other in others if other.sample.head == head]
        stand, contained = _by_size(alike, rivals) if len(alike) + len(rivals) > 1 else (alike, [])
        kept += stand
        covered += contained
    small = [file for file in files if file.sample.head and file.sample.whole]
    stand, contained = _by_head(small, [*kept, *others])
    kept += stand
    covered += contained
    return sorted(kept, key=lambda f: f.path), sorted(covered, key=lambda c: c.file.path)


def _by_size(alike: list[PlannedFile], rivals: list[PlannedFile]) -> tuple[list[PlannedFile], list[Covered]]:
    """Of large files that begin alike: each is compared with the longer ones, at its own size."""
    sizes = {id(file): measure_content(file.stream, ())[1] for file in (*alike, *rivals)}
    kept: list[PlannedFile] = []
    covered: list[Covered] = []
    for file in sorted(alike, key=lambda f: (-sizes[id(f)], f.path)):
        size = sizes[id(file)]
        own = measure_content(file.stream, {size})[0].get(size)
        longer = [other for other in (*rivals, *kept) if sizes[id(other)] >= size]
        by = next(
            (other for other in longer if measure_content(other.stream, {size})[0].get(size) == own), None
        )
        if by is None:
            kept.append(file)
        else:
            covered.append(Covered(file, by))
    return kept, covered


def _by_head(small: list[PlannedFile], others: list[PlannedFile]) -> tuple[list[PlannedFile], list[Covered]]:
    """Of files that are no longer than their sample: the head of another one tells."""
    heads = sorted((other.sample.head, at) for at, other in enumerate(others))
    standing = list(others)
    kept: list[PlannedFile] = []
    covered: list[Covered] = []
    for file in sorted(small, key=lambda f: (-len(f.sample.head), f.path)):
        place = bisect_left(heads, (file.sample.head, -1))
        if place < len(heads) and heads[place][0].startswith(file.sample.head):
            covered.append(Covered(file, standing[heads[place][1]]))
        else:
            insort(heads, (file.sample.head, len(standing)))
            standing.append(file)
            kept.append(file)
    return kept, covered


def _warn_of_changes(plan: SourcePlan, rows: list[KnownFile], matched: set[int]) -> None:
    left = {row.path: row for row in rows if row.file_number not in matched}
    for file in plan.to_read:
        if file.known is None and file.path in left:
            text = Sentence(
                _(
                    "It no longer begins with the {bytes} bytes that were read from it: the events read then "
                    "stand, and what it holds now is read as a new file."
                ),
                {"bytes": left[file.path].bytes},
            )
            plan.warnings.append(("file_changed", text, file.path))


def head_digest(sample: Sample, size: int) -> str:
    """SHA-256 of the first bytes, HEAD_BYTES at most."""
    return hashlib.sha256(sample.head[: min(size, HEAD_BYTES)]).hexdigest()
