# SPDX-License-Identifier: Apache-2.0
"""What is common to requests of one kind: `/v1/patients/{id}/card`; of a query, the names of its parameters.

A segment of a path is an id when it holds two digits side by side, three in all, a sign that no name of a
route has, or is one digit alone: `v1`, `R4` and `oauth2` stay. A file keeps its extension. Values never show.
"""

from __future__ import annotations

from tocsin.store.engine import Engine
from tocsin.store.query import literal

_ID = (
    r"[^/]*(?:[0-9]{2}|[0-9][^/]*[0-9][^/]*[0-9]|[\s@^,=;|<>])[^/]*?"
    r"(\.[A-Za-z]{1,4}[0-9]?)?(/|$)"
)
_DIGIT = r"(^|/)[0-9](/|$)"
_PARAMETERS = 12
"""Names told of one query; a query made of a thousand names is no kind of request."""


def define_templates(engine: Engine) -> None:
    """Give the engine `folded_digits(text)`, `request_template(text)` and `parameter_names(query)`.

    `request_template(folded_digits(text)) = request_template(text)`: a log of millions of paths folds to few
    shapes, and templates are found of those.
    """
    digit, once = literal(_DIGIT), literal(r"\1{id}\2")
    ids = f"regexp_replace(t, {literal(_ID)}, {literal(r'{id}' + chr(92) + '1' + chr(92) + '2')}, 'g')"
    # Neighbours share the slash between them: what the first pass skips, the second takes.
    whole = f"regexp_replace(regexp_replace({ids}, {digit}, {once}, 'g'), {digit}, {once}, 'g')"
    engine.run(f"create or replace temp macro request_template(t) as {whole}")
    engine.run("create or replace temp macro folded_digits(t) as regexp_replace(t, '[0-9]{2,}', '00', 'g')")
    engine.run(f"create or replace temp macro parameter_names(q) as {_names_sql()}")


def _names_sql() -> str:
    name = "case when contains(p, '=') then request_template(split_part(p, '=', 1)) else '{id}' end"
    names = f"list_distinct(list_transform(string_split(q, '&'), lambda p: {name}))"
    return f"case when q is not null then array_to_string(list_sort({names})[:{_PARAMETERS}], '&') end"
