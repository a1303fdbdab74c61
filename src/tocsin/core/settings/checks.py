# SPDX-License-Identifier: Apache-2.0
"""What a settings file must hold beyond the kinds of its values: names, references, zones, ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.core.errors import InputError, Sentence, SettingsError, Where
from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.catalogue import Catalogue
from tocsin.core.settings.frozen import Period
from tocsin.core.settings.mapping import Mapping as LogMapping
from tocsin.core.settings.place import Key, Place, places_of
from tocsin.core.settings.spans import parse_span
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _

_SIZE = re.compile(r"^\s*\d+(?:\.\d+)?\s*[KMGT]?i?B?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """A TOML file that was parsed, and where each of its keys stands."""

    path: Path
    text: str = field(repr=False)
    raw: Mapping[str, object] = field(repr=False)

    @cached_property
    def _places(self) -> dict[tuple[Key, ...], Place]:
        return places_of(self.text)

    def where(self, at: tuple[Key, ...]) -> Where:
        """The line of a key; of the nearest one above it that stands in the file."""
        while at and at not in self._places:
            at = at[:-1]
        return Where(str(self.path), *self._places[at]) if at else Where(str(self.path))

    def value(self, at: tuple[Key, ...]) -> object:
        """What the file sets a key to; null when it does not."""
        found: object = self.raw
        for key in at:
            if isinstance(found, dict):
                found = found.get(key)
            elif isinstance(found, list) and isinstance(key, int):
                found = found[key]
            else:
                return None
        return found

    def error(
        self, at: tuple[Key, ...], what: str, *, do: str | Sentence = "", code: str = "", **values: str | int
    ) -> SettingsError:
        """An error at a key."""
        return SettingsError(what, do=do, where=self.where(at), code=code, **values)


def check_case(read: Settings, settings: CaseSettings) -> None:
    """Raise SettingsError for a name used twice, a reference to nothing, a wrong zone, range or period."""
    for kind in ("sources", "registries", "records", "relations", "history", "files"):
        _refuse_same_name(read, kind, [item.name for item in getattr(settings, kind)])
    _check_zone(read, ("case", "zone"), settings.case.zone)
    for number, source in enumerate(settings.sources):
        _check_zone(read, ("sources", number, "zone"), source.zone)
    _check_references(read, settings)
    _check_whose_ids(read, settings)
    _check_ranges(read, settings)
    _check_retentions(read, settings)
    for at, period in _periods(settings):
        _check_period(read, at, period)


def check_catalogue(read: Settings, catalogue: Catalogue) -> None:
    """Raise SettingsError for a category that does not exist, or a period that ends before it begins."""
    known = [category.value for category in Category]
    for number, rule in enumerate(catalogue.shows):
        if rule.data_period is not None:
            _check_period(read, ("shows", number, "data_period"), rule.data_period)
        for index, category in enumerate(rule.categories):
            if category not in known:
                raise read.error(
                    ("shows", number, "categories", index),
                    _("'{category}' is not a category."),
                    do=suggest(category, known),
                    code="unknown_category",
                    category=category,
                )


def check_mapping(read: Settings, mapping: LogMapping) -> None:
    """Raise SettingsError for a zone that does not exist."""
    _check_zone(read, ("zone",), mapping.zone)


def _refuse_same_name(read: Settings, kind: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise read.error(
                (kind, number, "name"),
                _("Two [[{kind}]] are named '{name}'."),
                do=_("Give each its own name."),
                code="same_name",
                kind=kind,
                name=name,
            )


def _check_zone(read: Settings, at: tuple[Key, ...], zone: str | None) -> None:
    if zone is None:
        return
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise read.error(
            at,
            _("'{zone}' is not a time zone."),
            do=_("Write it as Europe/Paris or UTC."),
            code="bad_zone",
            zone=zone,
        ) from None


def _check_references(read: Settings, settings: CaseSettings) -> None:
    sources = [source.name for source in settings.sources]
    registries = [registry.name for registry in settings.registries]
    for at, name, known in _references(settings, sources, registries):
        if name not in known:
            table = "sources" if known is sources else "registries"
            raise read.error(
                at,
                _("'{name}' is named here, and [[{table}]] has no such name."),
                do=suggest(name, known) if known else _("Add it under [[{table}]]."),
                code="unknown_name",
                name=name,
                table=table,
            )


def _references(
    settings: CaseSettings, sources: list[str], registries: list[str]
) -> Iterator[tuple[tuple[Key, ...], str, list[str]]]:
    for kind in ("registries", "records", "files"):
        for number, item in enumerate(getattr(settings, kind)):
            for index, name in enumerate(item.sources):
                yield (kind, number, "sources", index), name, sources
    for number, record in enumerate(settings.records):
        if record.registry is not None:
            yield ("records", number, "registry"), record.registry, registries
    for kind in ("files", "relations", "accounts"):
        for number, item in enumerate(getattr(settings, kind)):
            if item.registry is not None:
                yield (kind, number, "registry"), item.registry, registries
    for number, known in enumerate(settings.known):
        if known.source is not None:
            yield ("known", number, "source"), known.source, sources


def _check_whose_ids(read: Settings, settings: CaseSettings) -> None:
    """With several registries one number may be two persons: whoever names persons says of which."""
    if len(settings.registries) < 2:
        return
    for kind in ("relations", "accounts"):
        for number, item in enumerate(getattr(settings, kind)):
            # Messages name the authority of each number themselves; columns do not.
            if item.registry is None and {"person", "may_see"} & set(item.columns):
                raise read.error(
                    (kind, number),
                    _("[[{kind}]] names persons and does not say of which registry."),
                    do=_('Write registry = "…" there: one of {names}.'),
                    code="no_registry",
                    kind=kind,
                    names=", ".join(registry.name for registry in settings.registries),
                )


def _check_ranges(read: Settings, settings: CaseSettings) -> None:
    shares: list[tuple[tuple[Key, ...], float | None]] = [
        (("limits", "set_aside"), settings.limits.set_aside),
        (("detect", "threshold"), settings.detect.threshold),
        *((("known", number, "p"), known.p) for number, known in enumerate(settings.known)),
    ]
    for at, share in shares:
        if share is not None and not 0 <= share <= 1:
            raise read.error(at, _("'{key}' lies between 0 and 1."), key=str(at[-1]))
    for number, relation in enumerate(settings.relations):
        if relation.cancelled and "status" not in relation.columns:
            raise read.error(
                ("relations", number, "cancelled"), _("Which rows are cancelled is told by a column status.")
            )
        if relation.days_around < 0:
            raise read.error(("relations", number, "days_around"), _("A number of days is not negative."))
    if not _SIZE.match(settings.limits.memory):
        raise read.error(
            ("limits", "memory"),
            _("'{text}' is not a size."),
            do=_("Write it as 4GiB."),
            text=settings.limits.memory,
        )


def _check_retentions(read: Settings, settings: CaseSettings) -> None:
    texts: list[tuple[tuple[Key, ...], str | None]] = [
        *((("sources", n, "retention"), source.retention) for n, source in enumerate(settings.sources)),
        *(
            (("preserve", "holders", n, "retention"), holder.retention)
            for n, holder in enumerate(settings.preserve.holders)
        ),
    ]
    for at, text in texts:
        if text is None:
            continue
        try:
            parse_span(text)
        except InputError as error:
            raise read.error(at, error.what_id, do=error.do_id, code=error.code, text=text) from None
    for key in ("margin_days", "answer_hours"):
        if getattr(settings.preserve, key) < 0:
            raise read.error(("preserve", key), _("'{key}' is not negative."), key=key)


def _periods(settings: CaseSettings) -> Iterator[tuple[tuple[Key, ...], Period]]:
    for number, source in enumerate(settings.sources):
        if source.period is not None:
            yield ("sources", number, "period"), source.period
    for number, history in enumerate(settings.history):
        if history.period is not None:
            yield ("history", number, "period"), history.period
    for number, share in enumerate(settings.shares):
        yield ("shares", number, "of"), share.of
    for kind in ("known", "operations"):
        for number, item in enumerate(getattr(settings, kind)):
            yield (kind, number, "until"), Period(from_=item.from_, until=item.until)


def _check_period(read: Settings, at: tuple[Key, ...], period: Period) -> None:
    if period.from_ is not None and period.until is not None and period.until <= period.from_:
        raise read.error(
            at,
            _("This period ends before it begins."),
            do=_("`until` is after `from`, and does not belong to the period."),
            code="empty_period",
        )
