# SPDX-License-Identifier: Apache-2.0
"""The shape of a mapping: a log described without code."""

from __future__ import annotations

from typing import Literal

from tocsin.core.settings.frozen import Frozen

Scalar = str | int | float | bool


class FieldSettings(Frozen, frozen=True, kw_only=True):
    """One event column: where it stands in the record, then what is done to it, in this order."""

    path: str | None = None
    column: str | int | None = None
    between: list[str] | None = None
    regex: str | None = None
    const: Scalar | None = None
    time: str | None = None
    strip_prefix: str | None = None
    map: dict[str, Scalar] | None = None
    default: Scalar | None = None


class SkipSettings(Frozen, frozen=True, kw_only=True):
    """[skip]: records that are not events. `in` lists the values of the field."""

    path: str | None = None
    column: str | int | None = None
    regex: str | None = None
    in_: list[Scalar] = []


class SampleSettings(Frozen, frozen=True, kw_only=True):
    """[[sample]]: the mapping tests itself."""

    text: str
    events: list[dict[str, object]] = []


class Mapping(Frozen, frozen=True, kw_only=True):
    """mapping.toml"""

    reader: Literal["json-lines", "json-array", "csv", "lines"]
    zone: str | None = None
    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"
    fields: dict[str, FieldSettings]
    skip: SkipSettings | None = None
    sample: list[SampleSettings] = []
