# SPDX-License-Identifier: Apache-2.0
"""A stub of Elasticsearch and OpenSearch, from documentation: both points in time, `_search`, scroll and
`_count`; a range on the time field is the only condition that it understands.
"""

from __future__ import annotations

import json
from typing import Literal

from tests.unit.collect.answering import Asked, Said, said

Flavour = Literal["elasticsearch", "opensearch", "scroll"]
Document = dict[str, object]


def document(
    key: str, at: int, message: str = "", *, index: str = "logs-1", time: str = "@timestamp"
) -> Document:
    """A hit without its sort values."""
    return {"_index": index, "_id": key, "_source": {time: at, "message": message or f"line {key}"}}


class Elastic:
    """One index, and views of it as it stood when they were opened."""

    def __init__(self, documents: list[Document], flavour: Flavour = "elasticsearch") -> None:
        self.documents = documents
        self.flavour = flavour
        self.views: dict[str, list[Document]] = {}
        self.scrolls: dict[str, tuple[list[Document], int]] = {}
        self.flaws: dict[str, object] = {}
        """Members that replace those of a page's answer."""
        self.cut: int | None = None
        self.forgotten = 0
        self.told: int | None = None

    def __call__(self, asked: Asked) -> Said:
        routes = {
            ("POST", "/logs-*/_pit"): self._pit,
            ("POST", "/logs-*/_search/point_in_time"): self._point,
            ("POST", "/_search"): self._search,
            ("POST", "/logs-*/_search"): self._first_scroll,
            ("POST", "/_search/scroll"): self._scroll,
            ("POST", "/logs-*/_count"): self._count,
        }
        if asked.method == "DELETE":
            self.forgotten += 1
            return said({})
        route = routes.get((asked.method, asked.path))
        return said({"error": "no handler"}, 400) if route is None else route(asked)

    def _pit(self, asked: Asked) -> Said:
        if self.flavour != "elasticsearch":
            return said({"error": "no handler found"}, 400)
        return said({"id": self._open(asked)})

    def _point(self, asked: Asked) -> Said:
        if self.flavour != "opensearch":
            return said({"error": "no handler found"}, 405)
        return said({"pit_id": self._open(asked), "_shards": {"total": 1, "failed": 0}})

    def _open(self, asked: Asked) -> str:
        assert asked.param("keep_alive") == "5m"
        self.views[key := f"view-{len(self.views)}"] = list(self.documents)
        return key

    def _search(self, asked: Asked) -> Said:
        body = asked.json
        key = body["pit"]["id"]  # type: ignore[index]
        if key not in self.views:
            return said({"error": {"type": "search_context_missing_exception"}}, 404)
        found = self._matching(self.views[key], body)
        after = body.get("search_after")
        rest = [one for one in found if after is None or one["sort"] > after]  # type: ignore[operator]
        size = body["size"]
        assert isinstance(size, int)
        return self._page(rest[:size], len(found), pit_id=key)

    def _first_scroll(self, asked: Asked) -> Said:
        assert asked.param("scroll") == "5m"
        found = self._matching(self.documents, asked.json)
        self.scrolls["scroll-1"] = (found, 0)
        return self._turn("scroll-1", asked.json["size"])

    def _scroll(self, asked: Asked) -> Said:
        if asked.json["scroll_id"] not in self.scrolls:
            return said({"error": {"type": "search_context_missing_exception"}}, 404)
        return self._turn(str(asked.json["scroll_id"]), 3)

    def _turn(self, key: str, size: object) -> Said:
        assert isinstance(size, int)
        found, done = self.scrolls[key]
        self.scrolls[key] = (found, done + size)
        return self._page(found[done : done + size], len(found), _scroll_id=key)

    def _page(self, hits: list[Document], total: int, **more: object) -> Said:
        answer = {
            "took": 1,
            "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "failed": 0},
            "hits": {"total": {"value": self.told or total, "relation": "eq"}, "hits": hits},
            **more,
            **self.flaws,
        }
        return Said(json.dumps(answer, indent=2).encode(), cut=self.cut)

    def _matching(self, documents: list[Document], body: Document) -> list[Document]:
        sort = body["sort"]
        assert isinstance(sort, list)
        [field] = sort[0]
        kept = [one for one in documents if fits(one, body["query"])]
        by_id = self.flavour == "opensearch"
        keyed = [
            ([one["_source"][field], one["_id"] if by_id else number], one)  # type: ignore[index]
            for number, one in enumerate(kept)
        ]
        return [{**one, "sort": sort} for sort, one in sorted(keyed, key=lambda pair: pair[0])]

    def _count(self, asked: Asked) -> Said:
        query = asked.json["query"]
        return said({"count": sum(fits(one, query) for one in self.documents), "_shards": {"failed": 0}})


def fits(one: Document, query: object) -> bool:
    """Whether a document has its time within the query's bounds, or none where none is asked for."""
    text = json.dumps(query)
    time = one["_source"].get("@timestamp")  # type: ignore[attr-defined]
    if "must_not" in text:
        return time is None
    [bounds] = [c["range"]["@timestamp"] for c in query["bool"]["filter"] if "range" in c]  # type: ignore[index]
    assert bounds["format"] == "epoch_millis"
    return time is not None and bounds.get("gte", 0) <= time < bounds["lt"]
