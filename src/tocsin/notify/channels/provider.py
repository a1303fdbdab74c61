# SPDX-License-Identifier: Apache-2.0
"""Notices handed to a firm over HTTP: one interface for all, which an adapter of a few lines speaks to each.

    PUT  {url}/batches/{batch}   {"term": …, "letters_sha256": …, "letters": base64 PDF,
                                  "items": [{"reference", "lines", "first_page", …}]}
    of text messages            {"term": …, "from": …, "items": [{"reference", "phone", "text", "segments"}]}
         → 200 {"items": [{"reference", "state": "accepted" | "rejected", "code"}]}
    POST {url}/states            {"references": […]} → 200 {"items": [{"reference", "state", "code"}]}

`PUT` twice is once: the batch's name is that of its references. States: accepted, delivered, returned,
rejected, unknown (never taken). A timeout after the firm took a batch leaves it in doubt, and `POST /states`
is asked before anything is sent again. Codes are the firm's; nothing else of its answers is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from tocsin.core.errors import MachineError
from tocsin.core.one_host import Answer, NoAnswerError, OneHost
from tocsin.core.words import _
from tocsin.notify.interface import Channel, Fate, Handed, Notice
from tocsin.notify.printed.letters import Letters

FATES: Final = {
    "accepted": Fate.ACCEPTED,
    "delivered": Fate.DELIVERED,
    "returned": Fate.BOUNCED,
    "rejected": Fate.BOUNCED,
    "unknown": Fate.ABSENT,
}
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_CODE: Final = re.compile(r"[^\w.-]")
_PAGE: Final = 1_000


class Firm(Channel):
    """One firm; what a batch holds is its kind's."""

    takes_whole_batches = True
    section: str
    """Of case.toml."""

    def __init__(self, host: OneHost, token: str) -> None:
        self._host = host
        self._headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """One batch. What the firm does not answer for stays in doubt. Raises MachineError when refused."""
        if not notices:
            return
        by_reference = {reference_of(notice.message_id): notice.message_id for notice in notices}
        batch = hashlib.sha256("\n".join(by_reference).encode()).hexdigest()[:32]
        try:
            answer = self._ask("PUT", f"batches/{batch}", self.batch(notices))
        except NoAnswerError:  # taken or not: asked before anything is sent again
            yield from (Handed(one, Fate.UNKNOWN) for one in by_reference.values())
            return
        if answer.status in _BUSY:
            yield from (Handed(one, Fate.DEFERRED, str(answer.status)) for one in by_reference.values())
            return
        for item in self._items(answer):
            message_id = by_reference.pop(str(item.get("reference")), None)
            if message_id is not None:
                yield Handed(message_id, FATES.get(str(item.get("state")), Fate.UNKNOWN), _code(item))
        yield from (Handed(one, Fate.UNKNOWN) for one in by_reference.values())

    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        """What the firm says of each; what it does not speak of stays unknown."""
        found = dict.fromkeys(message_ids, Fate.UNKNOWN)
        held = {reference_of(one): one for one in message_ids}
        references = list(held)
        for start in range(0, len(references), _PAGE):
            asked = {"references": references[start : start + _PAGE]}
            try:
                answer = self._ask("POST", "states", asked)
            except NoAnswerError:
                continue  # unknown, until the next time somebody asks
            for item in self._items(answer) if answer.status not in _BUSY else ():
                message_id = held.get(str(item.get("reference")))
                if message_id is not None:
                    found[message_id] = FATES.get(str(item.get("state")), Fate.UNKNOWN)
        return found

    @abstractmethod
    def batch(self, notices: Sequence[Notice]) -> dict[str, object]:
        """What is told of these notices: with `items`, one each."""

    def _ask(self, method: str, path: str, told: object) -> Answer:
        return self._host.ask(method, path, body=json.dumps(told).encode(), headers=self._headers)

    def _items(self, answer: Answer) -> list[dict[str, Any]]:
        """Of an answer that was one. Raises MachineError for a refusal: nothing of the batch was taken."""
        if answer.status != 200:
            raise MachineError(
                _("The firm refuses ({status})."),
                do=_("Check the address of [{section}] and its token; nothing was taken."),
                code="provider_refuses",
                status=answer.status,
                section=self.section,
            )
        return _items(answer)


class Provider(Firm):
    """Letters."""

    name = "provider"
    kind = "post"
    section = "notify.post"

    def __init__(self, host: OneHost, token: str, letters: Letters) -> None:
        super().__init__(host, token)
        self._letters = letters

    def close(self) -> None:
        """Let the process that makes the pages end."""
        self._letters.close()

    def batch(self, notices: Sequence[Notice]) -> dict[str, object]:
        """One PDF, and the pages of each."""
        pages, places = self._letters.print(notices)
        items = [
            {
                "reference": place.reference,
                "lines": notice.lines,
                "first_page": place.first,
                "last_page": place.last,
            }
            for notice, place in zip(notices, places, strict=True)
        ]
        return {
            "term": self._letters.destroy_by,
            "letters_sha256": hashlib.sha256(pages).hexdigest(),
            "letters": base64.b64encode(pages).decode(),
            "items": items,
        }


def _items(answer: Answer) -> list[dict[str, Any]]:
    try:
        items = json.loads(answer.body)["items"]
    except (ValueError, KeyError, TypeError):
        return []  # an answer that cannot be read is none: what became of the batch is asked later
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _code(item: Mapping[str, object]) -> str:
    return _CODE.sub("", str(item.get("code") or ""))[:40]


def reference_of(message_id: str) -> str:
    """The notice that a Message-ID of ours stands for."""
    return message_id.strip("<>").partition("@")[0]
