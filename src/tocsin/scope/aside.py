# SPDX-License-Identifier: Apache-2.0
"""Whom records that were set aside name by their path, where that and what selects the rule were read whole.

A record that names one person or record stands for no more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tocsin.core.tables import TABLES
from tocsin.scope.catalogue import CompiledRule
from tocsin.store.engine import Engine
from tocsin.store.patterns import Placeholder, extraction_sql

NOBODY: Final = "select 0 as file_number, 0::bigint as byte_offset, 0 as item, '' as named where false"


def find_named_aside(engine: Engine, rules: Sequence[CompiledRule]) -> None:
    """Make `named_aside` (file_number, byte_offset, item, named): a row for each that a path names."""
    kept = set(TABLES["set_aside"].column_names)
    parts = [
        _rule_sql(rule, placeholder)
        for rule in rules
        if {name for name, _ in rule.selectors} <= kept
        for placeholder in rule.placeholders
        if placeholder.kind != "file"
    ]
    engine.create("named_aside", "\nunion\n".join(parts) or NOBODY)


def _rule_sql(rule: CompiledRule, placeholder: Placeholder) -> str:
    assert rule.path is not None  # noqa: S101  # it has placeholders
    return (
        "select e.file_number, e.byte_offset, e.item,\n"
        f"    {extraction_sql('e.object', rule.path, placeholder)} as named\n"
        f"from set_aside as e\nwhere {rule.condition()}"
    )
