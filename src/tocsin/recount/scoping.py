# SPDX-License-Identifier: Apache-2.0
"""What each judged event disclosed, and of whom: in scope = disclosed + nothing shown + unresolved.

One event after another, by the catalogue; an event that no rule covers discloses whom it names,
as `undetermined`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tocsin.recount.catalogue import Match, Rule, find_matches
from tocsin.recount.events import Event, Place
from tocsin.recount.registries import Directory, Row
from tocsin.recount.replay import NoPage, Page, Replayer

NO_SIGHT = {"login": "login", "login_failed": "failure", "logout": "logout"}


@dataclass(frozen=True, slots=True)
class Disclosure:
    event: Place
    registry: str | None
    person: str | None
    record_type: str | None
    record: str | None
    category: str
    certainty: str
    exact: bool
    protection: str
    controller: str | None
    occurred_at: datetime
    action: str | None
    data_from: object
    data_until: object


@dataclass(frozen=True, slots=True)
class NothingShown:
    event: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    event: Place
    reason: str
    bound: int | None
    categories: tuple[str, ...] | None
    """Of its rule; None when no rule covers it, so that it may hold any."""
    record_types: tuple[str, ...]
    names: int = 0
    """Ids that it names and that are nobody's."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person, a record, or a person through a record, that an event names."""

    person: str | None
    record_type: str | None = None
    record: str | None = None
    row: Row | None = None
    certainty: str = "shown"
    exact: bool = True


@dataclass(frozen=True, slots=True)
class PartlyTold:
    """Whom an event showed, and what it may have shown beyond them."""

    disclosures: list[Disclosure]
    rest: Unresolved


Resolution = list[Disclosure] | PartlyTold | NothingShown | Unresolved


class Resolver:
    def __init__(self, rules: list[Rule], directory: Directory, spent_retries: set[Place]) -> None:
        self._rules = rules
        self._directory = directory
        self._spent = spent_retries
        self._replayer = Replayer(directory.registries, directory.records)

    def resolve(self, event: Event) -> Resolution:
        if event.place in self._spent:
            return NothingShown(event.place, "retry")
        if (reason := NO_SIGHT.get(event.text("action") or "")) is not None:
            return NothingShown(event.place, reason)
        matches = find_matches(self._rules, event)
        if not matches:
            return self._without_rule(event)
        answers = [self._by_rule(event, match) for match in matches]
        return _join(event, answers)

    def _without_rule(self, event: Event) -> Resolution:
        if event.outcome == "failure":
            return NothingShown(event.place, "failure")
        named = self._own(event)
        registry = self._registry(event, None)
        known, rest = self._tell_apart(registry, named)
        left = Unresolved(event.place, "no_rule", _least(event.number("items"), rest), None, (), len(named))
        if not known:
            return left
        told = self._disclose(event, registry, known, ("undetermined",), None)
        return PartlyTold(told, left) if rest else told

    def _by_rule(self, event: Event, match: Match) -> Resolution:
        rule = match.rule
        if not rule.categories:
            return NothingShown(event.place, "rule")
        registry = self._registry(event, rule.registry)
        if rule.replay is not None:
            return self._by_replay(event, rule, registry)
        named = self._placed(event, match) if match.has_placeholder else self._own(event)
        known, rest = self._tell_apart(registry, named)
        bound = _least(event.number("items"), rest)
        left = Unresolved(
            event.place, "unknown_content", bound, rule.categories, rule.record_types, len(named)
        )
        if not known:
            return left
        told = self._disclose(event, registry, known, rule.categories, rule)
        return PartlyTold(told, left) if rest else told

    def _by_replay(self, event: Event, rule: Rule, registry: str | None) -> Resolution:
        page = self._replayer.replay(rule, event)
        if isinstance(page, NoPage):
            bound = _least(event.number("items"), len(self._own(event)) or None, page.limit)
            return Unresolved(event.place, page.reason, bound, rule.categories, rule.record_types)
        named = self._on_page(page)
        if not named:
            return NothingShown(event.place, "empty")
        return self._disclose(event, registry, named, rule.categories, rule)

    def _on_page(self, page: Page) -> list[Named]:
        named: list[Named] = []
        for one in page.found:
            certainty = "reconstructed" if one.certain else "reachable"
            exact = page.exact and one.certain
            if one.record is not None and page.record_type is not None:
                through = self._through(page.record_type, one.record, one.person)
                named.extend(
                    Named(each.person, each.record_type, each.record, each.row, certainty, exact)
                    for each in through
                )
            elif one.person is not None:
                named.append(Named(one.person, certainty=certainty, exact=exact))
        return named

    def _placed(self, event: Event, match: Match) -> list[Named]:
        named = [Named(match.person)] if match.person is not None else []
        for record_type, record in match.records:
            named.extend(self._through(record_type, record, match.person or event.text("person")))
        return _each_once(named)

    def _own(self, event: Event) -> list[Named]:
        """The persons and the record that the event itself names."""
        record_type, record = event.text("record_type"), event.text("record")
        named: list[Named] = []
        if record is not None:
            named.extend(self._through(record_type or "", record, event.text("person")))
        through = {one.person for one in named}
        named.extend(Named(person) for person in event.persons if person not in through)
        return named

    def _through(self, record_type: str, record: str, person: str | None) -> list[Named]:
        """The persons of a record; of one that its table does not know, the person named beside it."""
        rows = self._directory.find_records(record_type, record)
        found = [Named(row.text("person"), record_type, record, row) for row in rows if row.text("person")]
        return _each_once(found) or [Named(person, record_type, record)]

    def _tell_apart(self, registry: str | None, named: list[Named]) -> tuple[list[Named], int | None]:
        """Those who are somebody, and how many ids are nobody's: None when there is none.

        A record whose person nothing tells counts unless a person is named beside it.
        """
        known = [one for one in named if self._is_someone(registry, one)]
        strangers = {one.person for one in named if one.person is not None and one not in known}
        owned = [one for one in known if one.row is not None]
        records = {
            (one.record_type, one.record) for one in named if one.record is not None and one.row is None
        }
        unowned = set() if len(known) > len(owned) else records
        return known, len(strangers) + len(unowned) or None

    def _is_someone(self, registry: str | None, named: Named) -> bool:
        """A person whom the table of records names is somebody, whatever the local id looks like."""
        if named.person is None or named.row is not None:
            return named.person is not None
        return self._directory.could_be_person(registry, named.person)

    def _registry(self, event: Event, said: str | None) -> str | None:
        return said or self._directory.find_registry(event.place.source, event.text("person_domain"))

    def _disclose(
        self,
        event: Event,
        registry: str | None,
        named: list[Named],
        categories: tuple[str, ...],
        rule: Rule | None,
    ) -> list[Disclosure]:
        action = event.text("action")
        of_records = self._directory.registry_of_records
        left = action in ("download", "export") and event.outcome == "success"
        return [
            Disclosure(
                event=event.place,
                registry=of_records(one.record_type, registry) if one.row is not None else registry,
                person=one.person,
                record_type=one.record_type,
                record=one.record,
                category=category,
                certainty="taken" if left and one.certainty == "shown" else one.certainty,
                exact=one.exact,
                protection=rule.protection if rule else "clear",
                controller=self._directory.find_controller(
                    event.place.source,
                    of_records(one.record_type, registry) if one.row is not None else registry,
                    one.person,
                    one.row,
                    event.occurred_at,
                ),
                occurred_at=event.occurred_at,
                action=action,
                data_from=_data_date(rule.data_from if rule else None, one.row),
                data_until=_data_date(rule.data_until if rule else None, one.row),
            )
            for one in named
            for category in categories
        ]


def _data_date(said: object, row: Row | None) -> object:
    return said if said is not None else row.ours.get("at") if row is not None else None


def _each_once(named: list[Named]) -> list[Named]:
    first: dict[tuple[str | None, str | None, str | None], Named] = {}
    for one in named:
        first.setdefault((one.person, one.record_type, one.record), one)
    return list(first.values())


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _join(event: Event, answers: list[Resolution]) -> Resolution:
    """One answer from rules that hold together."""
    if len(answers) == 1:
        return answers[0]
    parts = [one for one in answers if isinstance(one, PartlyTold)]
    unresolved = [one for one in answers if isinstance(one, Unresolved)] + [one.rest for one in parts]
    disclosed = [row for one in answers if isinstance(one, list) for row in one]
    disclosed += [row for one in parts for row in one.disclosures]
    if unresolved:
        bounds = [one.bound for one in unresolved if one.bound is not None]
        categories = tuple({name for one in unresolved for name in one.categories or ()})
        types = tuple({name for one in unresolved for name in one.record_types})
        bound = sum(bounds) if len(bounds) == len(unresolved) else None
        bound = _least(bound, event.number("items"))
        names = sum(one.names for one in unresolved)
        left = Unresolved(event.place, unresolved[0].reason, bound, categories, types, names)
        return PartlyTold(list(dict.fromkeys(disclosed)), left) if disclosed else left
    return list(dict.fromkeys(disclosed)) or answers[0]


@dataclass(frozen=True, slots=True)
class Scope:
    disclosures: list[Disclosure]
    nothing_shown: list[NothingShown]
    unresolved: list[Unresolved]
    partly: list[Unresolved]
    """What events that disclosed somebody may have shown beyond."""


def resolve_all(resolver: Resolver, events: Iterable[Event]) -> Scope:
    scope = Scope([], [], [], [])
    for event in events:
        answer = resolver.resolve(event)
        if isinstance(answer, NothingShown):
            scope.nothing_shown.append(answer)
        elif isinstance(answer, Unresolved):
            scope.unresolved.append(answer)
        elif isinstance(answer, PartlyTold):
            scope.disclosures.extend(answer.disclosures)
            scope.partly.append(answer.rest)
        else:
            scope.disclosures.extend(answer)
    return scope
