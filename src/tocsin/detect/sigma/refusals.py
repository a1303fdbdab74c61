# SPDX-License-Identifier: Apache-2.0
"""Why a rule does not run: said by name, for the rule as a whole; no half of a rule is ever run."""

from __future__ import annotations

from tocsin.core.errors import Sentence


class RefusedError(Exception):
    """A construct that cannot be run here; `said` is the reason in words."""

    def __init__(self, msgid: str, **values: str | int) -> None:
        super().__init__(msgid)
        self.said = Sentence(msgid, values)
