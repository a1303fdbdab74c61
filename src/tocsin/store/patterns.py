# SPDX-License-Identifier: Apache-2.0
"""The patterns of a catalogue: globs on any column, paths with placeholders on `object`.

A pattern becomes a cheap test first (equality, or its fixed beginning and end) and a regular expression
(RE2, linear in the text) only where that is not enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.store.query import literal

_TOKEN = re.compile(r"\{(?P<kind>person|file|record:(?P<record>[^{}]+))\}|(?P<deep>\*\*)|(?P<one>\*)")
_LOOKS_LIKE_PLACEHOLDER = re.compile(r"\{(?:person|file|record)[^{}]*\}")
_GLOB = re.compile(r"[*?]|\[[^\]]+\]")


class PatternError(ValueError):
    """A pattern that means nothing; `str` says why, without naming anybody."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A part of the path that names someone or something."""

    kind: str
    """person, record or file."""

    record_type: str | None
    group: int
    """Of the regular expression, from 1."""

    segment: int | None
    """Its place between slashes, from 1, where that is fixed and it fills the segment."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    text: str
    regex: str | None
    """Null when the pattern is a plain text."""

    prefix: str
    """What every match begins with."""

    suffix: str
    """What every match ends with."""

    placeholders: tuple[Placeholder, ...] = ()


def compile_object(text: str) -> Pattern:
    """Compile a pattern on `object`; raises PatternError.

    `{person}`, `{record:name}` and `{file}` match one segment (of at least one character), `*` stays
    within a segment, `**` does not.
    """
    pieces: list[str] = []
    placeholders: list[Placeholder] = []
    fixed: list[str] = []
    depth: int | None = 1
    end = 0
    for token in _TOKEN.finditer(text):
        between = text[end : token.start()]
        _refuse_placeholder(between)
        fixed.append(between)
        pieces.append(re.escape(between))
        depth = None if depth is None else depth + between.count("/")
        whole = _fills_segment(text, token.start(), token.end())
        if token["kind"]:
            kind = token["kind"].split(":")[0]
            segment = depth if whole else None
            placeholders.append(Placeholder(kind, token["record"], len(placeholders) + 1, segment))
            pieces.append("([^/]+)")
        elif token["deep"]:
            pieces.append(".*")
            depth = None
        else:
            pieces.append("[^/]+" if whole else "[^/]*")
        end = token.end()
    _refuse_placeholder(text[end:])
    if not fixed:
        return Pattern(text, None, text, text)
    return Pattern(text, "".join([*pieces, re.escape(text[end:])]), fixed[0], text[end:], tuple(placeholders))


def compile_glob(text: str) -> Pattern:
    """Compile a selector on another column: exact, or with `*`, `?` and `[…]` over the whole value."""
    found = list(_GLOB.finditer(text))
    if not found:
        return Pattern(text, None, text, text)
    pieces: list[str] = []
    end = 0
    for token in found:
        pieces += [re.escape(text[end : token.start()]), _glob_piece(token[0])]
        end = token.end()
    regex = "".join([*pieces, re.escape(text[end:])])
    return Pattern(text, regex, text[: found[0].start()], text[found[-1].end() :])


def condition_sql(column: str, pattern: Pattern, *, or_exact: bool = False) -> str:
    """The test that a column's value matches; null does not.

    `or_exact` lets a text that looks like a glob (an agent with brackets) match itself as well.
    """
    if pattern.regex is None:
        return f"{column} = {literal(pattern.text)}"
    tests = []
    if pattern.prefix:
        tests.append(f"starts_with({column}, {literal(pattern.prefix)})")
    if pattern.suffix:
        tests.append(f"ends_with({column}, {literal(pattern.suffix)})")
    tests.append(f"regexp_full_match({column}, {literal(pattern.regex)}, 's')")
    every = " and ".join(tests)
    return f"({column} = {literal(pattern.text)} or ({every}))" if or_exact else f"({every})"


def extraction_sql(column: str, pattern: Pattern, placeholder: Placeholder) -> str:
    """What stands at a placeholder of a value that matches."""
    if placeholder.segment is not None:
        return f"split_part({column}, '/', {placeholder.segment})"
    assert pattern.regex is not None  # noqa: S101  # a pattern with a placeholder has one
    return f"regexp_extract({column}, {literal('^' + pattern.regex + '$')}, {placeholder.group}, 's')"


def _fills_segment(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in ("", "/") and text[end : end + 1] in ("", "/")


def _refuse_placeholder(between: str) -> None:
    found = _LOOKS_LIKE_PLACEHOLDER.search(between)
    if found:
        raise PatternError(f"'{found[0]}' is no placeholder: write {{person}}, {{record:name}} or {{file}}")


def _glob_piece(token: str) -> str:
    if token == "*":  # noqa: S105  # a wildcard
        return ".*"
    if token == "?":  # noqa: S105  # a wildcard
        return "."
    inside = token[1:-1]
    negated = inside.startswith("!")
    body = re.sub(r"([\\\[\]^])", r"\\\1", inside[1:] if negated else inside)
    return f"[{'^' if negated else ''}{body}]"
