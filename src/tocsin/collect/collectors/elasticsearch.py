# SPDX-License-Identifier: Apache-2.0
"""Elasticsearch and OpenSearch: documents in order of time, over a point in time, else by scrolling.

From documentation: Elasticsearch "Paginate search results", "Open a point in time", "Scroll"; OpenSearch
"Point in Time". No page depends on the 10,000 window: none is asked for by `from`. Each hit is kept as the
bytes it came in.

A position is an instant and the documents taken at that instant, so that it holds when the point in time is
gone, and for a document that stands in two indices.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tocsin.collect.answers import digest, one_line, read_position, written_position
from tocsin.collect.asked import Reach, misfit
from tocsin.collect.collectors.elastic_views import NOT_THERE, Ask, Hit, Hits, View, open_view
from tocsin.collect.collectors.over_http import HttpCollector
from tocsin.collect.http import Web
from tocsin.collect.interface import Page
from tocsin.collect.windows import check_settle, last_instant, total_differs
from tocsin.core.errors import InputError, MachineError, Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

MOST_HITS = 10_000
"""`index.max_result_window`, as it is unless somebody changed it."""

MOST_AT_ONCE = 50_000
"""Documents of one millisecond that a position can hold."""

NANOSECONDS_FROM = 10**15
"""A sort value above is nanoseconds (`date_nanos`), below milliseconds; both since 1970."""


class Elastic(Reach, frozen=True, kw_only=True):
    """`collect = { from = "elasticsearch", … }`"""

    index: str
    """Index, alias, data stream or pattern."""

    query: dict[str, object] = {}
    """Query DSL, beside the bounds of time; absent: all."""

    time_field: str = "@timestamp"
    page: int = 1000
    """Documents of a page, at most 10,000."""

    settle: int = 300
    """Seconds that a document may take to be searchable: what is younger is left for the next run."""

    keep_alive: str = "5m"

    @property
    def conditions(self) -> list[dict[str, object]]:
        """What beside the bounds of time is asked for."""
        return [self.query] if self.query else []


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """Where to go on: at this millisecond, but for what is taken of it."""

    at: int
    seen: dict[str, str]
    """Digest of `_id`: digest of `_source`."""

    held: int
    """Documents of this millisecond, with those that stood twice."""

    taken: int
    """Documents so far, with those that stood twice."""


class Elasticsearch(HttpCollector[Elastic]):
    """A search engine."""

    kind = "elasticsearch"
    title = "Elasticsearch or OpenSearch (point in time, or scroll)"
    keys = Elastic
    also_how = frozenset({"page", "keep_alive", "settle"})

    def check_asked(self, source: SourceSettings, asked: Elastic) -> None:
        """See `HttpCollector.check_asked`."""
        if not 1 <= asked.page <= MOST_HITS:
            raise misfit(source, "page", _("Write a number from 1 to 10000."))
        if not asked.index or any(sign in asked.index for sign in "/?#\\ "):
            raise misfit(source, "index", _("Write the name of an index, an alias or a pattern."))
        check_settle(source, asked.settle)

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`."""
        asked = self.asked(source)
        before = read_position(position, Position, source.name)
        with self.web(source, asked) as web:
            walk = _Walk(source, asked, web, before)
            yield from walk.pages()


class _Walk:
    """One run."""

    def __init__(self, source: SourceSettings, asked: Elastic, web: Web, before: Position | None) -> None:
        since = source.period.from_ if source.period is not None else None
        self._name = source.name
        self._asked = asked
        self._web = web
        self._since = None if since is None else int(since.timestamp() * 1000)
        self._until = int(last_instant(source, asked.settle).timestamp() * 1000)
        self._at = before.at if before is not None else self._since
        self._seen: dict[str, str] = dict(before.seen) if before is not None else {}
        self._held = before.held if before is not None else 0
        self._known = self._held
        self._taken = before.taken if before is not None else 0

    def pages(self) -> Iterator[Page]:
        """All pages up to now, then one without records that compares the totals."""
        if self._at is not None and self._at >= self._until:
            return
        ask = self._ask(self._at)
        view = open_view(self._web, ask, self._name)
        came, told = 0, -1
        try:
            while (hits := self._next(view)).hits:
                came += len(hits.hits)
                told = hits.total.value if hits.total and hits.total.relation == "eq" else told
                yield self._page(hits.hits)
        finally:
            view.close()
        if came and told >= 0 and told != came:
            yield self._said(total_differs(told, came))
        yield self._said(*self._behind())

    def _next(self, view: View) -> Hits:
        """The next hits, unless the point in time is gone."""
        try:
            return view.next_hits()
        except InputError as error:
            if not view.is_begun or error.values.get("status") not in NOT_THERE:
                raise
            # What was opened did not last: the next run opens another one and goes on behind what was taken.
            raise MachineError(
                _("The point in time of the source '{name}' did not last."),
                do=_("What was brought stands. Run again; raise keep_alive if it happens again."),
                code="expired",
                name=self._name,
            ) from None

    def _ask(self, since: int | None) -> Ask:
        return Ask(
            index=self._asked.index,
            query={"bool": {"filter": [*self._asked.conditions, self._bounds(since, self._until)]}},
            time_field=self._asked.time_field,
            size=self._asked.page,
            keep_alive=self._asked.keep_alive,
        )

    def _bounds(self, since: int | None, until: int) -> dict[str, object]:
        bounds: dict[str, object] = {"lt": until, "format": "epoch_millis"}
        if since is not None:
            bounds["gte"] = since
        return {"range": {self._asked.time_field: bounds}}

    def _page(self, hits: list[Hit]) -> Page:
        """The hits that do not stand yet."""
        lines: list[bytes] = []
        twice = changed = again = 0
        for hit in hits:
            at = _milliseconds(hit, self._name)
            if self._at is None or at > self._at:
                self._at, self._seen, self._held, self._known = at, {}, 0, 0
            key, content = digest(hit.id.encode()), digest(bytes(hit.source))
            if self._seen.get(key) == content:
                # Taken by an earlier run, or the same document in another index.
                again += self._known > 0
                self._held += self._known == 0
                self._known = max(0, self._known - 1)
                twice += 1
                continue
            self._held += 1
            changed += key in self._seen
            self._seen[key] = content
            lines.append(one_line(hit.raw))
        self._refuse_crowd()
        self._taken += len(hits) - again
        repeated = twice - again
        notes = []
        if repeated:
            text = _("Documents that stood twice under one `_id`, and are taken once: {n}.")
            notes.append(("repeated", Sentence(text, {"n": repeated})))
        if changed:
            text = _(
                "Documents that stood twice under one `_id` with different contents, and are all kept: {n}."
            )
            notes.append(("changed", Sentence(text, {"n": changed})))
        return Page(b"".join(lines), self._position(), len(lines), notes=tuple(notes), repeated=repeated)

    def _refuse_crowd(self) -> None:
        if len(self._seen) > MOST_AT_ONCE:
            raise InputError(
                _("More than {most} documents of the source '{name}' carry the same millisecond."),
                do=_("Give a finer time_field, or narrow the query."),
                code="same_instant",
                most=MOST_AT_ONCE,
                name=self._name,
            )

    def _position(self) -> str:
        return written_position(
            Position(at=self._at or 0, seen=self._seen, held=self._held, taken=self._taken)
        )

    def _said(self, *notes: tuple[str, Sentence]) -> Page:
        return Page(b"", self._position(), 0, notes=notes)

    def _behind(self) -> list[tuple[str, Sentence]]:
        """What the place holds now up to where was collected, against what was taken; what has no time."""
        notes = []
        timeless = self._count({"bool": {"must_not": [{"exists": {"field": self._asked.time_field}}]}})
        if timeless:
            text = _("Documents without {field}, which were not brought: {n}.")
            notes.append(("timeless", Sentence(text, {"n": timeless, "field": self._asked.time_field})))
        held = self._count(self._bounds(self._since, self._until))
        if held != self._taken:
            text = _(
                "The place now holds {held} documents up to here, and {taken} were taken: some came late, or "
                "were removed since."
            )
            notes.append(("late_or_removed", Sentence(text, {"held": held, "taken": self._taken})))
        return notes

    def _count(self, condition: dict[str, object]) -> int:
        query: dict[str, object] = {"bool": {"filter": [*self._asked.conditions, condition]}}
        return Ask.count(self._web, self._asked.index, query, self._name)


def _milliseconds(hit: Hit, name: str) -> int:
    value = hit.sort[0] if hit.sort else None
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if not isinstance(value, int):
        raise InputError(
            _("The time_field of the source '{name}' is no date in this index."),
            do=_("Give the field of type date by which documents are ordered."),
            code="no_date",
            name=name,
        )
    return value // 1_000_000 if abs(value) >= NANOSECONDS_FROM else value
