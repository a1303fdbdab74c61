# SPDX-License-Identifier: Apache-2.0
"""The last resolver: an access that showed something, of which nothing tells whose it was.

`no_rule` for an access that the catalogue does not know, `unknown_content` for one whose rule names nobody
(a file whose lines are not held, a list without names). Only the logged number of items bounds them.
"""

from __future__ import annotations

from typing import ClassVar

from tocsin.scope.catalogue import NO_RULE, CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver


class UnknownContent(Resolver):
    """Answers for whatever the others left."""

    name: ClassVar[str] = "unknown_content"
    order: ClassVar[int] = 1000

    def accepts(self, rule: CompiledRule) -> bool:  # noqa: ARG002  # every rule
        return True

    def answer(self, question: Question) -> Answer:  # noqa: ARG002  # the same for all
        return Answer(
            unknown=(
                "select event_id, rule,\n"
                f"    case when rule = {NO_RULE} then 'no_rule' else 'unknown_content' end as reason,\n"
                "    null::bigint as bound\n"
                "from asked"
            )
        )
