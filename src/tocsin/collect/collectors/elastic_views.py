# SPDX-License-Identifier: Apache-2.0
"""Three ways to read an index as it stood at one moment: two kinds of point in time, and scroll.

A page that the server itself calls incomplete (a shard that failed, a time limit) is refused whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

import msgspec

from tocsin.collect.answers import decoded, partial
from tocsin.collect.http import Web
from tocsin.core.errors import MachineError, TocsinError
from tocsin.core.words import _

NO_SUCH_API = (400, 404, 405, 501)
NOT_THERE = ("404", "410")
"""Said of a point in time, or of a scroll, that is gone."""

JSON = {"content-type": "application/json", "accept": "application/json"}


class Total(msgspec.Struct):
    """`hits.total`"""

    value: int
    relation: str = "eq"


class _HitHead(msgspec.Struct):
    id: str = msgspec.field(name="_id")
    source: msgspec.Raw = msgspec.field(name="_source", default=msgspec.Raw(b"{}"))
    sort: list[int | float | str | None] = []


@dataclass(frozen=True, slots=True)
class Hit:
    """One document: what is needed of it, and its bytes."""

    id: str
    source: msgspec.Raw
    sort: list[int | float | str | None]
    raw: msgspec.Raw


class _RawHits(msgspec.Struct):
    hits: list[msgspec.Raw]
    total: Total | int | None = None


class _Shards(msgspec.Struct):
    failed: int = 0


class _Found(msgspec.Struct):
    hits: _RawHits
    shards: _Shards = msgspec.field(name="_shards", default_factory=_Shards)
    timed_out: bool = False
    terminated_early: bool = False
    scroll_id: str | None = msgspec.field(name="_scroll_id", default=None)
    pit_id: str | None = None


class _Opened(msgspec.Struct):
    id: str | None = None
    pit_id: str | None = None
    shards: _Shards = msgspec.field(name="_shards", default_factory=_Shards)


class _Counted(msgspec.Struct):
    count: int
    shards: _Shards = msgspec.field(name="_shards", default_factory=_Shards)


@dataclass(frozen=True, slots=True)
class Hits:
    """A page, whole."""

    hits: list[Hit]
    total: Total | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of an index."""

    index: str
    query: dict[str, object]
    time_field: str
    size: int
    keep_alive: str

    @property
    def path(self) -> str:
        """The index in an address."""
        return quote(self.index, safe="*,-_.+:<>")

    def body(self, **more: object) -> bytes:
        """The question, all hits counted."""
        asked = {"query": self.query, "size": self.size, "track_total_hits": True, **more}
        return msgspec.json.encode(asked)

    @staticmethod
    def count(web: Web, index: str, query: dict[str, object], name: str) -> int:
        """Documents that match."""
        path = f"{quote(index, safe='*,-_.+:<>')}/_count"
        answer = web.ask("POST", path, body=msgspec.json.encode({"query": query}), headers=JSON)
        counted = decoded(answer.body, _Counted, name)
        if counted.shards.failed:
            raise partial(name, "_shards.failed")
        return counted.count


class View(ABC):
    """An index as it stood when this was opened."""

    is_begun = False
    """A page was given."""

    def __init__(self, web: Web, ask: Ask, name: str) -> None:
        self.web, self.request, self.name = web, ask, name

    @abstractmethod
    def next_hits(self) -> Hits:
        """The next page; one without hits is the last."""

    @abstractmethod
    def close(self) -> None:
        """Let the server forget it; a failure to do so matters to nobody."""

    def whole(self, body: bytes) -> tuple[_Found, Hits]:
        """The answer, unless it is incomplete."""
        found = decoded(body, _Found, self.name)
        if found.timed_out:
            raise partial(self.name, "timed_out")
        if found.terminated_early:
            raise partial(self.name, "terminated_early")
        if found.shards.failed:
            raise partial(self.name, "_shards.failed")
        self.is_begun = True
        total = Total(found.hits.total) if isinstance(found.hits.total, int) else found.hits.total
        return found, Hits([_hit(raw, self.name) for raw in found.hits.hits], total)

    def forget(self, path: str, body: dict[str, object]) -> None:
        """DELETE, whatever comes of it."""
        with suppress(TocsinError):
            self.web.ask("DELETE", path, body=msgspec.json.encode(body), headers=JSON, once=True)


class PointInTime(View):
    """`search_after` over a point in time."""

    def __init__(self, web: Web, ask: Ask, name: str, key: str, tie: str | None) -> None:
        super().__init__(web, ask, name)
        self._key = key
        self._tie = tie
        self._after: list[int | float | str | None] | None = None

    def next_hits(self) -> Hits:
        """See `View.next_hits`."""
        sort: list[object] = [{self.request.time_field: "asc"}]
        sort += [] if self._tie is None else [{self._tie: "asc"}]
        more: dict[str, object] = {
            "pit": {"id": self._key, "keep_alive": self.request.keep_alive},
            "sort": sort,
        }
        if self._after is not None:
            more["search_after"] = self._after
        answer = self.web.ask("POST", "_search", body=self.request.body(**more), headers=JSON)
        found, hits = self.whole(answer.body)
        self._key = found.pit_id or self._key
        if hits.hits:
            self._refuse_standstill(hits.hits[-1].sort)
            self._after = hits.hits[-1].sort
        return hits

    def _refuse_standstill(self, after: list[int | float | str | None]) -> None:
        if after == self._after or not after:
            raise MachineError(
                _("The place of the source '{name}' gives the same page again and again."),
                do=_("What was brought stands. Tell those who run the place."),
                code="same_page",
                name=self.name,
            )

    def close(self) -> None:
        """See `View.close`."""
        if self._tie is None or self._tie == "_shard_doc":
            self.forget("_pit", {"id": self._key})
        else:
            self.forget("_search/point_in_time", {"pit_id": [self._key]})


class Scroll(View):
    """The scroll API. Asking again moves on, so that what is lost on the way is left to the next run."""

    def __init__(self, web: Web, ask: Ask, name: str) -> None:
        super().__init__(web, ask, name)
        self._key: str | None = None

    def next_hits(self) -> Hits:
        """See `View.next_hits`."""
        alive = self.request.keep_alive
        if self._key is None:
            body = self.request.body(sort=[{self.request.time_field: "asc"}])
            path = f"{self.request.path}/_search"
            answer = self.web.ask("POST", path, params=[("scroll", alive)], body=body, headers=JSON)
        else:
            again = msgspec.json.encode({"scroll": alive, "scroll_id": self._key})
            answer = self.web.ask("POST", "_search/scroll", body=again, headers=JSON, once=True)
        found, hits = self.whole(answer.body)
        self._key = found.scroll_id or self._key
        return hits

    def close(self) -> None:
        """See `View.close`."""
        if self._key is not None:
            self.forget("_search/scroll", {"scroll_id": [self._key]})


def open_view(web: Web, ask: Ask, name: str) -> View:
    """The first way that the server knows: Elasticsearch 7.10's, OpenSearch 2.4's, scroll."""
    ways = ((f"{ask.path}/_pit", "_shard_doc"), (f"{ask.path}/_search/point_in_time", "_id"))
    for path, tie in ways:
        answer = web.ask(
            "POST", path, params=[("keep_alive", ask.keep_alive)], headers=JSON, allowed=NO_SUCH_API
        )
        if answer.status >= 300:
            continue
        opened = decoded(answer.body, _Opened, name)
        key = opened.id or opened.pit_id
        if opened.shards.failed:
            raise partial(name, "_shards.failed")
        if key is not None:
            return PointInTime(web, ask, name, key, tie)
    return Scroll(web, ask, name)


def _hit(raw: msgspec.Raw, name: str) -> Hit:
    head = decoded(bytes(raw), _HitHead, name)
    return Hit(head.id, head.source, head.sort, raw)
