# SPDX-License-Identifier: Apache-2.0
"""A template made a tree: what is around its query is taken away, its marks become parameters.

A mark that does not stand where a value may stand (an order by position, an interval) is fixed: the template
is then split by the values that stood there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tocsin.scope.sql.texts import MARKS, TEXT_MARK, WHOLE_MARK


class Refused(ValueError):  # noqa: N818  # a statement is refused, nothing went wrong
    """A statement that is not run again; `str` is the reason, as it stands in `unresolved`."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A template's query."""

    query: exp.Query
    shape: str
    """query, copy (all rows left) or cursor (nothing tells how many rows were fetched)."""

    literals: tuple[str, ...]
    """The kind of each literal: text, whole or number."""

    fixed: tuple[int, ...]
    """The literals, from 0, whose values are part of the template."""


_COPY_QUERY = re.compile(r"^copy\s*\((?P<query>.*)\)\s*to\s", re.IGNORECASE | re.DOTALL)
_COPY_TABLE = re.compile(
    r"^copy\s+(?P<table>[^\s(]+)\s*(?:\((?P<columns>[^()]*)\))?\s*to\s", re.IGNORECASE | re.DOTALL
)
_CURSOR = re.compile(
    r"^declare\s+\S+\s+(?:[a-z]+\s+)*?cursor\s+(?:with(?:out)?\s+hold\s+)?for\s+(?P<query>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_PREPARED = re.compile(r"^prepare\s+\S+?\s*(?:\([^()]*\))?\s+as\s+(?P<query>.*)$", re.IGNORECASE | re.DOTALL)
_TABLE = re.compile(r"^table\s+(?P<table>[^\s;]+)$", re.IGNORECASE)
_OUTFILE = re.compile(r"\sinto\s+(?:out|dump)file\s+\S+", re.IGNORECASE)
_PLACE = re.compile(r"(?<![:\w]):(\d+)\b")
PLACE = "place_of_bind_"
"""`:1` is not read by the parser: it is given a name."""

_NUMBERS = 7_770_000_000
_NAMED = re.compile(r"^⟦(\d+)⟧$")
_MOST_CHARACTERS = 100_000

PLACES = (
    exp.And,
    exp.Between,
    exp.Case,
    exp.Cast,
    exp.Coalesce,
    exp.Concat,
    exp.DPipe,
    exp.EQ,
    exp.Fetch,
    exp.GT,
    exp.GTE,
    exp.If,
    exp.ILike,
    exp.In,
    exp.LT,
    exp.LTE,
    exp.Like,
    exp.Limit,
    exp.Lower,
    exp.NEQ,
    exp.Neg,
    exp.Nullif,
    exp.Offset,
    exp.Paren,
    exp.TryCast,
    exp.Tuple,
    exp.Upper,
)
"""Where a literal is a value of the call; elsewhere it is part of the template."""


def parse_template(text: str, dialect: str, fixed: Mapping[int, str] | None = None) -> Statement:
    """Parse a template, with the values of its fixed literals when they are known.

    Raises Refused when it is not one select, or cannot be parsed.
    """
    if len(text) > _MOST_CHARACTERS:
        raise Refused("sql_too_long")
    marked, kinds = _named_marks(text.strip().rstrip("; \n\t"))
    inner, shape = _unwrap(_PLACE.sub(rf":{PLACE}\1", marked))
    tree = _parse(inner, dialect)
    return Statement(tree, shape, tuple(kinds), _name_values(tree, fixed or {}))


def index_of(node: exp.Expr) -> int | None:
    """The literal that a node stands for, from 0."""
    if not isinstance(node, exp.Literal):
        return None
    if node.is_string:
        found = _NAMED.match(node.this)
        return int(found[1]) if found else None
    whole = str(node.this).partition(".")[0]
    number = int(whole) - _NUMBERS if whole.isdigit() else -1
    return number if 0 <= number < _MOST_CHARACTERS else None


def parse_definition(text: str, dialect: str) -> exp.Query:
    """The query of a view; raises Refused."""
    return _parse(text.strip().rstrip("; \n\t"), dialect)


def _parse(text: str, dialect: str) -> exp.Query:
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
    except (SqlglotError, RecursionError, ValueError):
        raise Refused("sql_not_parsed") from None
    if len(trees) != 1:
        raise Refused("several_statements" if trees else "sql_not_parsed")
    tree = trees[0]
    if not isinstance(tree, exp.Query) or tree.args.get("into"):
        raise Refused("sql_not_parsed" if isinstance(tree, exp.Command) else "not_a_query")
    return tree


def _named_marks(text: str) -> tuple[str, list[str]]:
    pieces: list[str] = []
    kinds: list[str] = []
    for piece in re.split(f"([{MARKS}])", text):
        if len(piece) != 1 or piece not in MARKS:
            pieces.append(piece)
            continue
        number = len(kinds)
        if piece == TEXT_MARK:
            kinds.append("text")
            pieces.append(f"'⟦{number}⟧'")
        else:
            kinds.append("whole" if piece == WHOLE_MARK else "number")
            pieces.append(f"{_NUMBERS + number}" + ("" if piece == WHOLE_MARK else ".5"))
    return "".join(pieces), kinds


def _unwrap(text: str) -> tuple[str, str]:
    text = _OUTFILE.sub(" ", text)
    for pattern, shape in ((_COPY_QUERY, "copy"), (_CURSOR, "cursor"), (_PREPARED, "query")):
        found = pattern.match(text)
        if found:
            return found["query"], shape
    found = _COPY_TABLE.match(text)
    if found:
        return f"select {found['columns'] or '*'} from {found['table']}", "copy"
    found = _TABLE.match(text)
    return (f"select * from {found['table']}", "query") if found else (text, "query")


def _name_values(tree: exp.Query, fixed: Mapping[int, str]) -> tuple[int, ...]:
    """Put fixed values in the tree; gives the literals that have to be fixed and are not yet."""
    wanting = []
    for node in list(tree.find_all(exp.Literal)):
        number = index_of(node)
        if number is None:
            continue
        if number in fixed:
            said = fixed[number]
            node.replace(exp.Literal.string(said) if node.is_string else exp.Literal.number(said))
        elif not isinstance(node.parent, PLACES) or (
            isinstance(node.parent, exp.Cast) and not isinstance(node.parent.parent, PLACES)
        ):
            wanting.append(number)
    return tuple(wanting)
