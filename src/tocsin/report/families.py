# SPDX-License-Identifier: Apache-2.0
"""Families of figures, each with the query of the events behind it.

A finder makes the relation `behind` (event_id) for one figure and says which records set aside belong to
it. A figure is named as in the report: list entries by index, or by the account, source or claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.report.counts import LARGEST_SHOWN, put_shares, share_binds
from tocsin.report.declared import DEFAULT, chosen_bases
from tocsin.report.figures import Row, Sheet, load_figure
from tocsin.report.scope_parts import put_accounting, put_accounts, put_claims, put_scope
from tocsin.report.thief_parts import LISTED, put_campaigns

LEVELS: Final = {"floor": 1, "best": 2, "ceiling": 3}


@dataclass(frozen=True, slots=True)
class SetAside:
    """Records set aside that a figure counts."""

    source: str | None = None
    reason: str | None = None
    in_scope: bool = False
    """Only those that a suspect's selector does not exclude."""


IN_SCOPE: Final = SetAside(in_scope=True)

Found = re.Match[str]
Finder = Callable[[Sheet, Found], SetAside | None]


def _make(sheet: Sheet, name: str, **binds: Any) -> None:  # noqa: ANN401  # values of the engine
    """Make `behind` from a named query."""
    sheet.engine.create("behind", load_figure(name), **binds)


def _add(sheet: Sheet, name: str, **binds: Any) -> None:  # noqa: ANN401  # values of the engine
    """Put more events into `behind`."""
    sheet.engine.create("more", load_figure(name), **binds)
    sheet.engine.create("behind", "select * from behind union select * from more")


def _persons(sheet: Sheet, level: str, category: str | None = None, certainty: str | None = None) -> None:
    rank = LEVELS[level]
    _make(sheet, "behind_persons", level=rank, category=category, certainty=certainty, controller=None)


def _ceiling(sheet: Sheet, level: str, category: str | None) -> SetAside | None:
    if level != "ceiling":
        return None
    _add(sheet, "behind_nameless", category=category, with_nameless=True, with_unresolved=True)
    return IN_SCOPE


def _count_persons(sheet: Sheet, found: Found) -> SetAside | None:
    _persons(sheet, found["level"])
    return _ceiling(sheet, found["level"], None)


def _declared(sheet: Sheet, _: Found) -> SetAside | None:
    """On the basis that a person chose."""
    basis = chosen_bases(sheet.case.journal.entries())["persons"]
    _persons(sheet, basis)
    return _ceiling(sheet, basis, None)


def _declared_records(sheet: Sheet, found: Found) -> SetAside | None:
    basis = chosen_bases(sheet.case.journal.entries()).get(f"records:{found['kind']}", DEFAULT)
    return _put_records(sheet, found["kind"], basis)


def _part(sheet: Sheet, found: Found) -> SetAside | None:
    part = found["part"]
    if part == "named":
        _persons(sheet, "ceiling")
        return None
    _make(
        sheet,
        "behind_nameless",
        category=None,
        with_nameless=part == "records_without_person",
        with_unresolved=part == "unresolved",
    )
    return IN_SCOPE if part == "set_aside" else None


def _category(sheet: Sheet, found: Found) -> SetAside | None:
    _persons(sheet, found["level"], found["category"])
    return _ceiling(sheet, found["level"], found["category"])


def _certainty(sheet: Sheet, found: Found) -> None:
    _persons(sheet, "ceiling", certainty=found["certainty"])


def _records(sheet: Sheet, found: Found) -> SetAside | None:
    return _put_records(sheet, found["kind"], found["level"])


def _put_records(sheet: Sheet, kind: str, level: str) -> SetAside | None:
    _make(sheet, "behind_records", record_type=kind, level=LEVELS[level])
    if level != "ceiling":
        return None
    _add(sheet, "behind_unresolved_records", record_type=kind)
    return IN_SCOPE


def _files(sheet: Sheet, found: Found) -> SetAside | None:
    _make(sheet, "behind_files", level=LEVELS[found["level"]])
    return IN_SCOPE if found["level"] == "ceiling" else None


def _acts(
    sheet: Sheet,
    level: str = "ceiling",
    account: str | None = None,
    bucket: str | None = None,
    unit: str | None = None,
) -> None:
    """Events in scope; with a unit, only those that disclosed persons or that an account made."""
    _make(
        sheet,
        "behind_acts",
        account=account,
        level=LEVELS[level],
        step=sheet.parts.get("timeline_step", "hour"),
        zone=sheet.case.settings.case.zone,
        bucket=bucket,
        disclosing=unit in ("persons", "new_persons"),
        signed_in=unit == "accounts",
    )


def _accounts(sheet: Sheet, found: Found) -> SetAside | None:
    _acts(sheet, found["level"], unit="accounts")
    return IN_SCOPE if found["level"] == "ceiling" else None


def _account(sheet: Sheet, found: Found) -> None:
    put_accounts(sheet)
    account = _named(sheet.parts["accounts"], found["name"], "account")
    _acts(sheet, account=account, unit=found["unit"])


def _mark(sheet: Sheet, found: Found) -> None:
    _make(sheet, "behind_marked", mark=found["mark"])


def _scope(sheet: Sheet, found: Found) -> SetAside | None:
    fate = found["fate"]
    if fate in ("events", "acts"):
        _acts(sheet)
    else:
        _make(sheet, "behind_fates", fate=fate, reason=None)
    return IN_SCOPE if fate == "set_aside" else None


def _nothing_shown(sheet: Sheet, found: Found) -> None:
    _make(sheet, "behind_fates", fate="nothing_shown", reason=found["reason"])


def _unresolved(sheet: Sheet, found: Found) -> None:
    rows = sheet.ask("unresolved_reasons")
    _make(sheet, "behind_fates", fate="unresolved", reason=_named(rows, found["name"], "reason"))


def _accounting(sheet: Sheet, found: Found) -> SetAside | None:
    put_accounting(sheet)
    source = _named(sheet.parts["accounting"], found["name"], "source")
    events = found["fate"] in ("records", "events")
    _make(sheet, "behind_source", source=source if events else None)
    if found["fate"] == "events":
        return None
    return SetAside(source=source, reason=found["reason"])


def _claim(sheet: Sheet, found: Found) -> None:
    put_claims(sheet)
    _make(sheet, "behind_claim", claim=_named(sheet.parts["claims"], found["name"], "id"))


def _changes(sheet: Sheet, found: Found) -> None:
    _make(sheet, "behind_changes", level=LEVELS[found["level"]])


def _share(sheet: Sheet, found: Found) -> None:
    put_shares(sheet)
    settings = sheet.case.settings.shares
    unit = _named(sheet.parts["shares"], found["name"], "unit")
    [chosen] = [s for at, s in enumerate(settings) if found["name"] in (str(at), s.unit) and s.unit == unit][
        :1
    ]
    _make(sheet, "behind_share", **share_binds(chosen))


def _controller(sheet: Sheet, found: Found) -> None:
    rows = sheet.ask("controllers_largest", most=LARGEST_SHOWN)
    controller = _named(rows, found["name"], "controller")
    level = LEVELS[found["level"]]
    _make(sheet, "behind_persons", level=level, category=None, certainty=None, controller=controller)


def _controllers(sheet: Sheet, _: Found) -> None:
    _persons(sheet, "best")


def _timeline(sheet: Sheet, found: Found) -> None:
    put_scope(sheet)
    bucket = _named(sheet.parts["timeline"], found["name"], "at")
    _acts(sheet, bucket=bucket, unit=found["unit"])


def _witnesses(sheet: Sheet, found: Found) -> None:
    _make(sheet, "behind_witnesses", kind=found["kind"])


def _campaign(sheet: Sheet, found: Found) -> None:
    put_campaigns(sheet)
    rows = [one | {"at": at} for at, one in enumerate(sheet.parts["campaigns"])]
    held = rows[int(_named(rows, found["name"], "at"))]
    account = None if found["account"] is None else _named(held["members"], found["account"], "account")
    _make(sheet, "behind_campaign", campaign=held["campaign"], account=account)


def _split(sheet: Sheet, found: Found) -> None:
    """Some events of each session: those that carry its probability."""
    account = None
    if found["name"] is not None:
        account = _named(sheet.ask("split_accounts", most=LISTED), found["name"], "account")
    of_persons = found["unit"] == "persons" and account is None
    _make(sheet, "behind_split", **{"account": account, "class": found["class"], "of_persons": of_persons})


def _near(sheet: Sheet, found: Found) -> None:
    _make(sheet, "behind_near", in_scope=found["side"] == "in_scope")


def _named(rows: list[Row], name: str, key: str) -> str:
    """The name of a row given by its index or by its name; raises InputError when there is none."""
    names = [str(row[key]) for row in rows]
    if name in names:
        return name
    if name.isascii() and name.isdigit() and int(name) < len(names):
        return names[int(name)]
    raise InputError(
        _("The report has no such row."), do=_("It has {n}, from 0 on."), code="no_such_figure", n=len(names)
    )


_LEVEL: Final = r"(?P<level>floor|best|ceiling)"

_SPLIT: Final = (
    r"split(?:\.accounts\.(?P<name>.+?))?\.(?P<unit>sessions|persons|hard_facts)"
    r"(?:\.(?P<class>confirmed|likely|possible|excluded))?"
)

FAMILIES: Final[tuple[tuple[str, Finder], ...]] = (
    (rf"counts\.persons\.{_LEVEL}", _count_persons),
    (r"declared\.persons(?:\.value)?", _declared),
    (r"declared\.records:(?P<kind>.+?)(?:\.value)?", _declared_records),
    (
        r"counts\.persons\.ceiling_parts\.(?P<part>named|records_without_person|unresolved|set_aside|gaps)",
        _part,
    ),
    (rf"counts\.records:(?P<kind>.+)\.{_LEVEL}", _records),
    (rf"counts\.files\.{_LEVEL}", _files),
    (rf"counts\.accounts\.{_LEVEL}", _accounts),
    (rf"categories\.(?P<category>.+)\.persons\.{_LEVEL}", _category),
    (r"certainties\.(?P<certainty>\w+)", _certainty),
    (r"(?P<mark>not_in_registry|test_identities|false_keys|unreadable)(?:\.persons)?", _mark),
    (
        r"scope\.(?P<fate>events|acts|disclosed|nothing_shown|unresolved|set_aside|uncovered)(?:\.\w+)?",
        _scope,
    ),
    (r"nothing_shown\.(?P<reason>.+)", _nothing_shown),
    (r"unresolved\.(?P<name>[^.]+)(?:\.(?:events|bound))?", _unresolved),
    (
        r"accounting\.(?P<name>.+)\.(?P<fate>records|events|set_aside)(?:_reasons\.(?P<reason>.+))?",
        _accounting,
    ),
    (r"accounts\.(?P<name>.+?)(?:\.(?P<unit>persons|events|sessions|p|rank))?", _account),
    (r"campaigns\.(?P<name>\d+)(?:\.members\.(?P<account>.+?))?(?:\.\w+)?", _campaign),
    (_SPLIT, _split),
    (r"claims\.(?P<name>.+?)(?:\.exceptions(?:_count)?)?", _claim),
    (rf"modifications\.records\.{_LEVEL}", _changes),
    (r"shares\.(?P<name>\d+|records:.+?)(?:\.(?:count|share))?", _share),
    (rf"controllers\.largest\.(?P<name>.+)\.persons\.{_LEVEL}", _controller),
    (r"controllers\.count", _controllers),
    (r"witnesses\.(?P<kind>acts|settled|contradicted|out_of_scope)", _witnesses),
    (r"clocks\.near_boundary\.(?P<side>in_scope|outside)", _near),
    (r"timeline\.(?P<name>.+?)(?:\.(?P<unit>events|persons|new_persons))?", _timeline),
)
"""A figure's path as a pattern, and its finder; the first that fits is taken."""

EXAMPLES: Final = (
    "counts.persons.floor",
    "counts.persons.best",
    "counts.persons.ceiling",
    "counts.files.best",
    "counts.accounts.best",
    "declared.persons.value",
    "not_in_registry",
    "test_identities",
    "false_keys",
    "unreadable.persons",
    "scope.events",
    "scope.acts",
    "scope.disclosed",
    "scope.nothing_shown",
    "scope.unresolved",
    "scope.set_aside",
    "scope.uncovered.events",
    "modifications.records.floor",
    "controllers.count",
)
"""Figures that every report has, to suggest one for a name mistyped."""
