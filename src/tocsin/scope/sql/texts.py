# SPDX-License-Identifier: Apache-2.0
"""Statements cut into a template and its literals, set-based: millions of statements, few templates.

The tokens of a text are taken by one regular expression (RE2, linear): strings and numbers leave a mark, and
comments a space. A text that holds a mark of its own is not cut.
"""

from __future__ import annotations

from tocsin.store.query import literal

TEXT_MARK, WHOLE_MARK, NUMBER_MARK = "\x01", "\x02", "\x03"
MARKS = TEXT_MARK + WHOLE_MARK + NUMBER_MARK

_COMMENT = r"--[^\n]*|/\*(?:[^*]|\*+[^*/])*\*+/"
_DOLLARS = r"\$\$(?:[^$]|\$[^$])*\$\$"
_ESCAPED = r"[eE]'(?:[^'\\]|\\.|'')*'"
_PLAIN = r"'(?:[^']|'')*'"
_WITHOUT_ESCAPE = r"'(?:[^'\\]|'')*'"
_WITH_ESCAPE = r"'(?:[^'\\]|\\.|'')*'"
_NUMBER = r"\d+\.\d+(?:[eE][+-]?\d+)?|\d+"
_BIND = r"[$:@]\w+|::"
_WORDS = r"(?:[A-Za-z_\x{80}-\x{10FFFF}][\w$]*|[\s(),=<>*+.;|!&^~%#{}\]?]+)+"
_ANY = r"(?s:.)"

_OF_DIALECT = {
    "mysql": (_COMMENT, "#[^\\n]*", _WITHOUT_ESCAPE, _WITH_ESCAPE, r'"(?:[^"\\]|\\.|"")*"', "`[^`]*`"),
    "tsql": (_COMMENT, _PLAIN, r'"(?:[^"]|"")*"', r"\[[^\]]*\]"),
    "postgres": (_COMMENT, _DOLLARS, _ESCAPED, _PLAIN, r'"(?:[^"]|"")*"'),
}
_USUAL = (_COMMENT, _PLAIN, r'"(?:[^"]|"")*"')


def tokens_pattern(dialect: str) -> str:
    """The regular expression of a dialect's tokens, in order of precedence."""
    own = _OF_DIALECT.get(dialect, _USUAL)
    return "|".join((*own, _BIND, _NUMBER, _WORDS, _ANY))


def cut_sql(statements: str, dialect: str) -> str:
    """Of a relation (event_id, rule, query, …): `template` and `literals` in the place of `query`."""
    pattern = literal(tokens_pattern(dialect))
    # A string with a backslash stands in the template as it is: each dialect reads it in its own way.
    is_text = "token[1] = '''' and not (contains(token, '\\'))" if dialect == "mysql" else "token[1] = ''''"
    is_number = "token[1] between '0' and '9'"
    comment = "starts_with(token, '--') or starts_with(token, '/*')"
    comment += " or starts_with(token, '#')" if dialect == "mysql" else ""
    mark = (
        f"case when {is_text} then chr(1)"
        f" when {is_number} then case when contains(token, '.') then chr(3) else chr(2) end"
        f" when {comment} then ' ' else token end"
    )
    inner = "replace(substr(token, 2, length(token) - 2), '''''', '''')"
    return (
        "select * exclude (query, tokens),\n"
        f"    case when query is null or regexp_matches(query, '[\\x01-\\x03]') then null\n"
        f"        else trim(array_to_string(list_transform(tokens, lambda token: {mark}), ''))\n"
        "    end as template,\n"
        f"    list_transform(list_filter(tokens, lambda token: ({is_text}) or ({is_number})),\n"
        f"        lambda token: case when {is_text} then {inner} else token end) as literals\n"
        f"from (select *, regexp_extract_all(query, {pattern}) as tokens from ({statements}))"
    )


def binds_sql(origin: str) -> str:
    """The values of `$1, $2 …` over an event `e`, a list of texts; null where the log has none.

    pgAudit writes them as CSV; PostgreSQL as `parameters: $1 = 'a', $2 = NULL`; Oracle as ` #1(3):abc`.
    """
    kind, _, place = origin.partition(":")
    text = f"e.{place}" if kind == "event" else f"try(json_extract_string(e.detail, {literal(place)}))"
    csv = (
        f'list_transform(regexp_extract_all({text} || \',\', \'("(?:[^"]|"")*"|[^,]*),\', 1), lambda v:'
        " case when v[1] = '\"' then replace(substr(v, 2, length(v) - 2), '\"\"', '\"') else v end)"
    )
    named = (
        f"list_transform(regexp_extract_all({text}, '\\$\\d+ = (''(?:[^'']|'''')*''|NULL)', 1), lambda v:"
        " case when v = 'NULL' then null else replace(substr(v, 2, length(v) - 2), '''''', '''') end)"
    )
    oracle = f"regexp_extract_all({text}, ' #\\d+\\(\\d+\\):((?s:.)*?)(?: #\\d+\\(\\d+\\):|$)', 1)"
    return (
        f"case when {text} is null then null\n"
        f"    when regexp_matches({text}, '\\$1 = (''|NULL)') then {named}\n"
        f"    when regexp_matches({text}, '^ ?#1\\(\\d+\\):') then {oracle}\n"
        f"    else {csv} end"
    )
