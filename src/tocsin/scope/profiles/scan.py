# SPDX-License-Identifier: Apache-2.0
"""Scans files and folders: a profile of each file and of each member of an archive, and totals over all.

Links are not followed, so that nothing is read twice nor outside what was asked.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.plugins import load_plugins
from tocsin.core.progress import Progress, silent
from tocsin.core.words import _
from tocsin.scope.profiles.archives import is_archive, members_of, with_attached
from tocsin.scope.profiles.content import Content, Unreadable, content_of
from tocsin.scope.profiles.counters import Counters
from tocsin.scope.profiles.holding import count_contradictory, count_distinct, keep_found
from tocsin.scope.profiles.hygiene import Decision, decided
from tocsin.scope.profiles.interface import Reader
from tocsin.scope.profiles.possible import PossibleNames
from tocsin.scope.profiles.profile import Profile, profile_content
from tocsin.scope.profiles.taggers.interface import Tagger
from tocsin.store.engine import Engine
from tocsin.store.parts import sha256_of

GROUP: Final = "tocsin.profiles"


@dataclass(slots=True)
class Totals:
    """Over all files of a scan."""

    files: int = 0
    bytes: int = 0
    rows: int = 0
    unreadable: int = 0
    distinct: dict[str, int] = field(default_factory=dict)
    """Kind of identifier, or `persons`, `guardians`, `professionals`: distinct over all files."""

    categories: dict[str, int] = field(default_factory=dict)
    """Category: files that hold it."""

    contradictory_ins: int = 0
    false_keys: int = 0
    possible_names: PossibleNames | None = None
    """In prose, where they were asked for; apart from all that is distinct."""


def load_readers() -> list[Reader]:
    """Those that are installed, in the order in which they are asked."""
    found = load_plugins(GROUP, Reader)  # type: ignore[type-abstract]
    return sorted((reader() for reader in found.values()), key=lambda r: (r.order, r.name))


def scan(
    paths: Sequence[Path],
    *,
    memory: str = "2GiB",
    progress: Progress = silent,
    decisions: Sequence[Decision] = (),
    hashed: bool = False,
    tagger: Tagger | None = None,
    told: Callable[[Profile], None] = lambda _: None,
) -> Totals:
    """Profile what the paths hold; `told` is given each profile as it is made. `hashed` takes the SHA-256 of
    each file, to compare scans by; `decisions` say what persons have confirmed of columns; a `tagger` that is
    ready searches prose for names.

    Raises InputError for a path that is not there, MachineError when the engine lacks memory.
    """
    files = list(find_files(paths))
    readers, totals = load_readers(), Totals()
    alone: Profile | None = None
    with Engine(memory=memory) as engine, Counters(engine, tagger) as counters:
        for number, path in enumerate(files):
            progress("scan", number, len(files))
            used_at = _used_at(path)
            digest = _digest(path) if hashed else None
            for profile in profiles_of(counters, path, readers, decisions):
                profile.path, profile.used_at, profile.sha256 = path, used_at, digest
                _add(totals, profile)
                alone = profile if totals.files == 1 else None
                told(profile)
        progress("scan", len(files), len(files))
        _count_all(counters, totals, alone)
    return totals


def find_files(paths: Sequence[Path]) -> Iterator[Path]:
    """The regular files under the paths, in order of path."""
    for path in paths:
        if not os.path.lexists(path):
            raise InputError(
                _("Nothing is at '{path}'."), do=_("Check the path."), where=path, path=str(path)
            )
        if path.is_dir():
            yield from _walked(path)
        else:
            yield path


def _walked(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


def _used_at(path: Path) -> datetime | None:
    """When the file system says that it was last read, taken before it is read here."""
    try:
        return datetime.fromtimestamp(path.stat().st_atime, UTC)
    except (OSError, ValueError, OverflowError):
        return None


def _digest(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None


def profiles_of(
    counters: Counters,
    path: Path,
    readers: Sequence[Reader],
    decisions: Sequence[Decision] = (),
) -> Iterator[Profile]:
    """One profile, or one for each member of an archive."""
    try:
        content = content_of(path)
        if content.size == 0:
            yield Profile(content.label, "empty", 0, content.changed_at)
            return
        opened = list_members(content)
    except PermissionError:
        yield Profile(str(path), None, None, None, unreadable="not_permitted")
        return
    except Unreadable as error:
        yield Profile(str(path), None, path.stat().st_size, None, unreadable=error.reason)
        return
    for member in opened:
        if isinstance(member, Content):
            confirmed = {
                column: one.category
                for column, one in decided(decisions, member.label, str(path.absolute())).items()
            }
            yield profile_content(counters, member, readers, confirmed)
        else:
            label, why = member
            yield Profile(label, None, None, content.changed_at, unreadable=why.reason)


def list_members(content: Content) -> Iterator[Content | tuple[str, Unreadable]]:
    """Itself and what is attached to it, or the members of the archive that it is. Raises Unreadable."""
    return members_of(content) if is_archive(content) else with_attached(content)


def _add(totals: Totals, profile: Profile) -> None:
    totals.files += 1
    totals.bytes += profile.bytes or 0
    totals.rows += profile.rows
    totals.unreadable += profile.unreadable is not None
    totals.false_keys += profile.false_keys
    if profile.possible_names is not None:
        totals.possible_names = totals.possible_names or PossibleNames()
        totals.possible_names.add(profile.possible_names)
    for name in profile.categories:
        totals.categories[name] = totals.categories.get(name, 0) + 1


def _count_all(counters: Counters, totals: Totals, alone: Profile | None) -> None:
    """What one file alone holds has been counted already."""
    if alone is None:
        keep_found(counters.engine, counters.held)
        totals.distinct = count_distinct(counters.numbers, "all", counters.kinds)
        totals.contradictory_ins = count_contradictory(counters.engine, "ins_found")
    else:
        totals.distinct, totals.contradictory_ins = dict(alone.distinct), alone.contradictory_ins
    totals.categories = dict(sorted(totals.categories.items()))
    if counters.names is not None and totals.possible_names is not None:
        totals.possible_names.distinct = counters.names.count_all()


def is_past_purpose(
    profile: Profile, before: datetime | None, unused: datetime | None = None, until: date | None = None
) -> bool:
    """Whether it holds something of persons and was last changed before the one instant, or neither changed
    nor read since the other. An exceptional flow decides alone: the day after its end, and not before."""
    if not (profile.categories or profile.distinct):
        return False
    if until is not None:
        return datetime.now(UTC).date() > until
    changed, used = profile.changed_at, profile.used_at
    is_old = before is not None and changed is not None and changed < before
    is_unused = (
        unused is not None and changed is not None and used is not None and max(changed, used) < unused
    )
    return is_old or is_unused
