# SPDX-License-Identifier: Apache-2.0
"""What collectors over HTTP share: settings as a struct, the digest of what is asked, the server."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from typing import Generic, TypeVar

import msgspec

from tocsin.collect.asked import Reach, check_reach, read_asked
from tocsin.collect.http import Web
from tocsin.collect.interface import Collector
from tocsin.core.settings.inputs import SourceSettings

R = TypeVar("R", bound=Reach)

HOW = frozenset(one.encode_name for one in msgspec.structs.fields(Reach)) - {"from", "url"}
"""Keys that say how a place is reached: another value does not change which records come."""


class HttpCollector(Collector, Generic[R]):
    """A collector whose place answers over HTTP."""

    keys: type[R]
    """The struct of its keys in `collect`."""

    auth: str = "optional"
    """How the secret is shown where the settings do not say: `optional` is basic or bearer, if there is one.
    """

    also_how: frozenset[str] = frozenset()
    """More keys that do not change which records come: the size of a page."""

    def asked(self, source: SourceSettings) -> R:
        """The keys of `collect`; raises SettingsError."""
        return read_asked(source, self.keys)

    def question(self, source: SourceSettings) -> str:
        """See `Collector.question`: also the instant from which on is asked."""
        kept = {k: v for k, v in source.collect.items() if k not in HOW | self.also_how}
        since = source.period.from_ if source.period is not None else None
        return hashlib.sha256(msgspec.json.encode([kept, since], order="sorted")).hexdigest()

    def check(self, source: SourceSettings) -> None:
        """See `Collector.check`."""
        asked = self.asked(source)
        check_reach(source, asked)
        self.check_asked(source, asked)

    @abstractmethod
    def check_asked(self, source: SourceSettings, asked: R) -> None:
        """Raise SettingsError for what the kind itself does not take."""

    def web(self, source: SourceSettings, asked: R) -> Web:
        """Its server."""
        return Web(source, asked, self.auth, self.around.folder)
