# SPDX-License-Identifier: Apache-2.0
"""What a table is: columns with type, unit and sensitivity, a grain, and a total order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.terms import Sensitivity

INSTANT = "TIMESTAMP WITH TIME ZONE"
TEXT = "VARCHAR"
TEXTS = "VARCHAR[]"
INTEGER = "BIGINT"
REAL = "DOUBLE"
DATE = "DATE"
YES_NO = "BOOLEAN"


class Layout(StrEnum):
    """How a table lies in the case folder."""

    FILE = "file"
    """`tables/<name>.parquet`."""

    PARTS = "parts"
    """`tables/<name>/…`, named by content."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    type: str
    """DuckDB type; instants are UTC with microseconds."""

    meaning: str
    sensitivity: Sensitivity = Sensitivity.CLEAR


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its columns, and the total order in which it is written."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    layout: Layout = Layout.FILE

    @property
    def column_names(self) -> tuple[str, ...]:
        """In order of writing."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Raises KeyError for a column that the table does not have."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def clear(name: str, kind: str, meaning: str) -> Column:
    """A column that anybody with the case may read."""
    return Column(name, kind, meaning)


def local_id(name: str, kind: str, meaning: str) -> Column:
    """A column that names a person by an organisation's own number."""
    return Column(name, kind, meaning, Sensitivity.LOCAL_ID)


def identity(name: str, kind: str, meaning: str) -> Column:
    """A column that can identify a person outside the organisation."""
    return Column(name, kind, meaning, Sensitivity.IDENTITY)
