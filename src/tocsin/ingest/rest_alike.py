# SPDX-License-Identifier: Apache-2.0
"""What a mapping leaves over of JSON records that are spelt alike: told from their template, once for all.

To take the mapped keys out of a record and write the rest anew costs more than all else that is done to it.
Of records of one template the rest differs by the unmapped values alone. Where a record is spelt in no known
way, the rest is worked out as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tocsin.ingest.alike_signs import SignReader, Told, is_plain, record_of
from tocsin.ingest.interface import Extraction, as_records
from tocsin.ingest.read.json_templates import Path, Template, path_of, templates_of, within
from tocsin.ingest.read.spellings import Free
from tocsin.store.engine import Engine
from tocsin.store.query import literal

Learn = Callable[[Engine, Extraction, Sequence[str]], Extraction]

MOST_UNMAPPED = 24
"""Values that differ and are not mapped, of all templates: each is taken out of every record."""


def learn_rest(
    paths: Sequence[str], parsed_of: Callable[[Sequence[str], Sequence[str]], str], detail: str
) -> Learn:
    """How to learn from some records: the same extraction, faster for records that are spelt like them.

    `paths` are those of the mapped values, in order of their places in the list `j`; `parsed_of` makes the
    SELECT of more paths, and of the conditions under which a record is spelt in the first, second … way.
    """

    def learn(engine: Engine, extraction: Extraction, texts: Sequence[str]) -> Extraction:
        templates = within(templates_of(texts), MOST_UNMAPPED, paths)
        told = [
            (template, rest)
            for template in templates
            if (rest := _rest_of(engine, extraction, template, paths)) is not None
        ]
        if not told:
            return extraction
        places = _places(told, paths)
        conditions = [template.written_sql(places, "record") for template, _ in told]
        cases = " ".join(
            f"when {number} then {_text_sql(rest, template, places)}"
            for number, (template, rest) in enumerate(told, start=1)
        )
        columns = {**extraction.columns, "detail": f"case alike {cases} else {detail} end"}
        extra = [path_of(path) for path in places if path_of(path) not in paths]
        return replace(extraction, parsed=parsed_of(extra, conditions), columns=columns, is_learnt=True)

    return learn


def _places(told: list[tuple[Template, Told]], paths: Sequence[str]) -> dict[Path, str]:
    """Where each value that differs stands in `j`: the mapped ones first, as before."""
    numbers = {path: number for number, path in enumerate(paths, start=1)}
    places: dict[Path, str] = {}
    for template, _ in told:
        for path in template.paths:
            places[path] = f"j[{numbers.setdefault(path_of(path), len(numbers) + 1)}]"
    return places


def _rest_of(engine: Engine, extraction: Extraction, template: Template, paths: Sequence[str]) -> Told | None:
    """The rest of records of this template; None where one record with signs does not tell it."""
    spelling = template.spelling(dict.fromkeys(template.paths, Free.UNREAD), {})
    if not is_plain(spelling):
        return None
    engine.register("records", as_records([record_of(spelling, 0)]))
    found = engine.value(f"select {extraction.columns['detail']} from ({extraction.parsed})")
    engine.unregister("records")
    rest = SignReader(spelling.values, 0, (True,) * len(spelling.values)).told(
        "" if found is None else str(found)
    )
    unmapped = [number for number, path in enumerate(template.paths) if path_of(path) not in paths]
    return rest if sorted(rest.values) == unmapped else None


def _text_sql(rest: Told, template: Template, places: dict[Path, str]) -> str:
    """The rest as SQL: its own text, and the values where their signs stand."""
    if rest.fixed == ("",):
        return "null"
    parts = [literal(str(rest.fixed[0]))]
    for number, following in zip(rest.values, rest.fixed[1:], strict=True):
        parts += [places[template.paths[number]], literal(str(following))]
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"
