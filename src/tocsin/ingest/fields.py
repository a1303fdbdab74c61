# SPDX-License-Identifier: Apache-2.0
"""A mapping's fields as SQL: where a value stands, then what is done to it.

What goes wrong in a field is a null, never a guess; what no field takes stays in `detail`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.core.errors import SettingsError
from tocsin.core.settings import FieldSettings, Mapping
from tocsin.core.words import _
from tocsin.ingest.times import instant_sql, zoneless_sql
from tocsin.store.query import literal, quote

INSTANTS = ("occurred_at", "recorded_at")
_STEP = re.compile(r'\."[^"]*"|\.[^.\[]+|\[[^\]]*\]')
_KEYS = re.compile(r"^\$((?:\.[A-Za-z_][A-Za-z0-9_-]*)+)$")


def columns_sql(mapping: Mapping, zone: str | None, places: dict[str, str]) -> dict[str, str]:
    """Event column: expression, from the raw text expression of each field (`places`)."""
    found = {name: _value_sql(name, field, zone, places[name]) for name, field in mapping.fields.items()}
    return _with_query(found)


def zoneless_of(mapping: Mapping, zone: str | None, places: dict[str, str]) -> str:
    """True where `occurred_at` is a time without a zone and none was given."""
    field = mapping.fields.get("occurred_at")
    return "false" if field is None else zoneless_sql(places["occurred_at"], field.time or "iso8601", zone)


def _value_sql(name: str, field: FieldSettings, zone: str | None, raw: str) -> str:
    if name == "persons":
        return f"list_filter({raw}, lambda id: id <> '')"
    text = raw if field.strip_prefix is None else _stripped_sql(raw, field.strip_prefix)
    if field.map is not None:
        text = _mapped_sql(text, field)
    elif field.default is not None:
        text = f"coalesce(nullif({text}, ''), {literal(text_of(field.default))})"
    return instant_sql(text, field.time or "iso8601", zone) if name in INSTANTS else text


def _stripped_sql(text: str, prefix: str) -> str:
    stripped = f"substr({text}, {len(prefix) + 1})"
    return f"case when starts_with({text}, {literal(prefix)}) then {stripped} else {text} end"


def _mapped_sql(text: str, field: FieldSettings) -> str:
    cases = " ".join(
        f"when {literal(old)} then {literal(text_of(new))}" for old, new in (field.map or {}).items()
    )
    otherwise = "null" if field.default is None else literal(text_of(field.default))
    return f"case {text} {cases} else {otherwise} end" if cases else otherwise


def text_of(value: object) -> str:
    """A value of a mapping as the log writes it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _with_query(columns: dict[str, str]) -> dict[str, str]:
    """A path keeps no query and no percent sign: both stand in their own column, the query as it was sent."""
    target = columns.get("object")
    if target is None:
        return columns
    query = f"nullif(substr({target}, strpos({target}, '?') + 1), '')"
    in_target = f"case when {_is_path(target)} and contains({target}, '?') then {query} end"
    found = dict(columns)
    found["object"] = decoded_path_sql(target)
    found["query"] = f"coalesce(nullif({found['query']}, ''), {in_target})" if "query" in found else in_target
    return found


def _is_path(text: str) -> str:
    return f"starts_with({text}, '/')"


def decoded_path_sql(target: str) -> str:
    """The percent-decoded path of a request target, without its query (RFC 3986); other texts as they are."""
    path = f"split_part({target}, '?', 1)"
    return (
        f"case when not {_is_path(target)} then {target} "
        f"when not contains({target}, '%') then "
        f"case when contains({target}, '?') then {path} else {target} end "
        f"when not contains({path}, '%') then {path} else {percent_decoded_sql(path)} end"
    )


def percent_decoded_sql(text: str) -> str:
    """Percent-decoded UTF-8; a text whose escapes are not valid stays as it is."""
    return f"coalesce(try(url_decode({text})), {text})"


def objects_sql(value: str, name: str, *, rows: str = "select * from records", text: str = "record") -> str:
    """The rows with a value worked out of their `text`: null for what is not one JSON object.

    `value` is null for no object; of text that is not JSON it may raise. Nearly all records begin with `{`:
    whether they are JSON is then told by reading them once. Bytes that were no UTF-8 stand as `\\xNN`, which
    JSON does not know: their backslash is made one that it does, or a bad byte would hide a record.
    """
    rewritten = rf"replace(replace(replace({text}, '\\', chr(2)), '\x', '\\x'), chr(2), '\\')"
    return f"""
    select
        *,
        case
            when starts_with({text}, '{{') then try({value})
            when try(json_type({text})) = 'OBJECT' then {value}
        end as {name}
    from (
        select * replace (case when mark = 'bad_encoding' then {rewritten} else {text} end as {text})
        from ({rows})
    )"""


def cells_sql(delimiter: str, quoted: str) -> str:
    """The cells of `record` (RFC 4180): a plain split where no quote stands, a careful one elsewhere."""
    plain = f"string_split(record, {literal(delimiter)})"
    if not quoted:
        return plain
    return (
        f"case when not contains(record, {literal(quoted)}) then {plain} "
        f"when {_is_well_quoted_sql(delimiter, quoted)} then {_well_quoted_cells_sql(delimiter, quoted)} "
        f"else {_careful_cells_sql(delimiter, quoted)} end"
    )


def _is_well_quoted_sql(delimiter: str, quoted: str) -> str:
    """Whether each quote opens a cell, closes one or is doubled within one: told without taking any out."""
    d, q, bound = re.escape(delimiter), re.escape(quoted), _bound(delimiter, quoted)
    cell = f"(?:{q}(?:[^{q}{bound}]|{q}{q})*{q}|[^{q}{d}{bound}]*)"
    return f"regexp_full_match(record, {literal(f'{cell}(?:{d}{cell})*')})"


def _well_quoted_cells_sql(delimiter: str, quoted: str) -> str:
    """Quotes split such a record into what is outside and what is inside them, in turn.

    Outside stand delimiters, and nothing where a quote was doubled; between delimiters at both ends the first
    and the last piece are like the others.
    """
    d, q, bound = literal(delimiter), literal(quoted), literal(_bound(delimiter, quoted))
    piece = (
        f"case when place % 2 = 0 then piece when piece = '' then {q} else replace(piece, {d}, {bound}) end"
    )
    pieces = f"list_transform(string_split({d} || record || {d}, {q}), lambda piece, place: {piece})"
    return f"string_split(array_to_string({pieces}, '')[2:-2], {bound})"


def _bound(delimiter: str, quoted: str) -> str:
    """A control character that parts cells and is neither of these."""
    return next(sign for sign in "\x1f\x1e\x1d" if sign not in (delimiter, quoted))


def _careful_cells_sql(delimiter: str, quoted: str) -> str:
    """Cell by cell, a quote that stands where it should not being a sign like any other."""
    d, q = re.escape(delimiter), re.escape(quoted)
    pattern = literal(f"{d}(?:{q}(?:[^{q}]|{q}{q})*{q}[^{d}]*|[^{d}]*)")
    body = "substr(cell, 2)"
    inner = f"replace(substr({body}, 2, length({body}) - 2), {literal(quoted * 2)}, {literal(quoted)})"
    is_quoted = f"regexp_full_match({body}, {literal(f'{q}(?:[^{q}]|{q}{q})*{q}')})"
    return (
        f"list_transform(regexp_extract_all({literal(delimiter)} || record, {pattern}), "
        f"lambda cell: case when {is_quoted} then {inner} else {body} end)"
    )


@dataclass(frozen=True, slots=True)
class JsonPlaces:
    """A JSON mapping, compiled."""

    paths: list[str]
    """Of the values in the list `j`, in its order."""

    places: dict[str, str]
    """Each field's raw expression."""

    rest: str
    """What no field took, where the record is an object."""

    detail: str
    """The rest as the column of that name."""

    twice: str
    """Whether an object in which a value is looked for has a key twice."""

    def parsed(self, more: Sequence[str] = (), alike: Sequence[str] = ()) -> str:
        """The SELECT; `more` paths stand behind the others in `j`.

        A record for which the first, second … condition of `alike` holds has that number, and no `rest`: it
        is spelt as a template is, which has no key twice.
        """
        # One parse for all paths: a third faster than json_transform, and it says the same of every value.
        parse = f"json_extract_string(record, [{', '.join(map(literal, [*self.paths, *more]))}])"
        objects = objects_sql(parse if self.paths else "json_type(record)", "j")
        if not alike:
            return f"""
    select
        *,
        case when is_object then {self.rest} end as rest,
        case when is_object then {self.twice} end as is_twice
    from (
        select *, j is not null as is_object
        from ({objects}
        )
    )"""
        cases = " ".join(f"when {condition} then {number}" for number, condition in enumerate(alike, start=1))
        return f"""
    select
        *,
        case when is_object and alike = 0 then {self.rest} end as rest,
        case when is_object and alike = 0 then {self.twice} end as is_twice
    from (
        select
            *,
            j is not null as is_object,
            case when j is null or contains(record, '\\') then 0 {cases} else 0 end as alike
        from ({objects}
        )
    )"""


def json_places(mapping: Mapping) -> JsonPlaces:
    """Where a mapping's fields stand in JSON records."""
    tree: dict[str, object] = {}
    paths: list[str] = []
    places: dict[str, str] = {}
    for name, field in mapping.fields.items():
        places[name] = _json_place(name, field, tree, paths)
    skip = mapping.skip
    if skip is not None and skip.path is not None:
        places["[skip]"] = f"json_extract_string(case when is_object then record end, {literal(skip.path)})"
    read = [field.path for field in mapping.fields.values()] + [None if skip is None else skip.path]
    twice = twice_sql([path for path in read if path is not None])
    return JsonPlaces(paths, places, _rest_sql(tree), _detail_sql(tree), twice)


def twice_sql(paths: Sequence[str], text: str = "record") -> str:
    """Whether a key stands twice in an object on the way to one of these values of a JSON text.

    Readers differ on which of the two holds: whoever can write into a log could hide behind that.
    """
    found = dict.fromkeys(prefix for path in paths for prefix in _objects_of(path))
    return " or ".join(_is_twice_sql(prefix, text) for prefix in found) or "false"


def _objects_of(path: str) -> list[str]:
    """The paths that a path goes through, from the top."""
    return ["$", *("$" + path[1 : step.end()] for step in _STEP.finditer(path, 1))][:-1]


def _is_twice_sql(path: str, text: str) -> str:
    keys = f"json_keys({text})" if path == "$" else f"json_keys({text}, {literal(path)})"
    if "*" in path:
        return f"coalesce(list_bool_or(list_transform({keys}, lambda k: list_unique(k) < len(k))), false)"
    return f"coalesce(list_unique({keys}) < len({keys}), false)"


def _json_place(name: str, field: FieldSettings, tree: dict[str, object], paths: list[str]) -> str:
    if field.const is not None:
        return const_sql(name, field.const)
    if field.path is None:
        raise SettingsError(
            _("The field '{name}' of a JSON mapping has no path."), do=_('Write path = "$.key".'), name=name
        )
    found = _KEYS.match(field.path)
    keys = found[1][1:].split(".") if found else []
    if name == "persons":
        return _list_sql(field)
    if keys and (place := _planted(tree, paths, keys)) is not None:
        return place
    return f"json_extract_string(case when is_object then record end, {literal(field.path)})"


def const_sql(name: str, value: object) -> str:
    """A constant of a mapping, as the column's own kind."""
    return f"[{literal(text_of(value))}]" if name == "persons" else literal(text_of(value))


def split_persons_sql(text: str, field: FieldSettings) -> str:
    """Local ids that stand in one text, between spaces, commas, semicolons or bars."""
    parts = f"string_split_regex({text}, '[ ,;|]+')"
    if field.strip_prefix is None:
        return parts
    return f"list_transform({parts}, lambda id: {_stripped_sql('id', field.strip_prefix)})"


def _list_sql(field: FieldSettings) -> str:
    path = literal(field.path or "")
    value = f"json_extract(case when is_object then record end, {path})"
    if "[*]" in (field.path or ""):
        texts = f"json_extract_string(case when is_object then record end, {path})"
    else:
        alone = f"[json_extract_string(case when is_object then record end, {path})]"
        texts = (
            f"case coalesce(json_type({value}), 'NULL') "
            f"when 'ARRAY' then from_json({value}, '[\"VARCHAR\"]') when 'NULL' then null else {alone} end"
        )
    if field.strip_prefix is None:
        return texts
    return f"list_transform({texts}, lambda id: {_stripped_sql('id', field.strip_prefix)})"


def _planted(tree: dict[str, object], paths: list[str], keys: list[str]) -> str | None:
    """Where the value at these keys stands in `j`; they are added to what is taken from a record.

    None when they clash with others that differ from them by case alone.
    """
    node = tree
    for key in keys[:-1]:
        following = node.setdefault(key, {})
        if not isinstance(following, dict) or _clashes(node, key):
            return None
        node = following
    if keys[-1] not in node and not _clashes(node, keys[-1]):
        paths.append(".".join(["$", *map(quote, keys)]))
        node[keys[-1]] = f"j[{len(paths)}]"
    place = node.get(keys[-1])
    return place if isinstance(place, str) else None


def _clashes(node: dict[str, object], key: str) -> bool:
    return any(other != key and other.lower() == key.lower() for other in node)


def _rest_sql(tree: dict[str, object]) -> str:
    """What no field took: the record less the mapped keys (a JSON merge patch, RFC 7396)."""
    # An empty key is never mapped; it makes the patch an object to which each piece adds with a comma.
    simple = {"": None, **{key: None for key, node in tree.items() if not isinstance(node, dict)}}
    patch = literal(json.dumps(simple, ensure_ascii=False)[:-1])
    for key, node in tree.items():
        if isinstance(node, dict):
            piece = f", {json.dumps(key, ensure_ascii=False)}: {json.dumps(_nulls(node), ensure_ascii=False)}"
            path = literal(f"$.{json.dumps(key, ensure_ascii=False)}")
            # A value found within it tells that it is an object; else the text is asked.
            found = " or ".join(f"{leaf} is not null" for leaf in _leaves(node))
            is_object = f"case when {found} then true else json_type(record, {path}) = 'OBJECT' end"
            patch += f" || case when {is_object} then {literal(piece)} else '' end"
    return f"json_merge_patch(record, {patch} || '}}')"


def _leaves(node: dict[str, object]) -> list[str]:
    found: list[str] = []
    for inner in node.values():
        found += _leaves(inner) if isinstance(inner, dict) else [str(inner)]
    return found


def _detail_sql(tree: dict[str, object]) -> str:
    """The rest as text, without the objects that the fields emptied; null when nothing is left."""
    rest = "rest::varchar"
    for key, node in tree.items():
        if isinstance(node, dict):
            name = json.dumps(key, ensure_ascii=False)
            emptied = (
                f"contains({rest}, {literal(name + ':{}')}) "
                f"and json_extract({rest}, {literal(f'$.{name}')})::varchar = '{{}}'"
            )
            without = f"json_merge_patch({rest}, {literal(f'{{{name}:null}}')})::varchar"
            rest = f"case when {emptied} then {without} else {rest} end"
    return f"nullif({rest}, '{{}}')"


def _nulls(node: dict[str, object]) -> dict[str, object]:
    return {key: _nulls(inner) if isinstance(inner, dict) else None for key, inner in node.items()}
