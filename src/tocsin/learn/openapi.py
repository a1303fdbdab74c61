# SPDX-License-Identifier: Apache-2.0
"""What the replies of an API declare, from its OpenAPI 3 or Swagger 2 description in JSON or YAML.

Property names of the schemas of successful replies become categories by `core/field_names.toml`. A `$ref`
is followed within the file alone, to a bounded depth; a remote one is named and not fetched.
(OpenAPI Specification 3.1.0, §4.8; Swagger 2.0.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.field_names import field_of
from tocsin.core.json_file import Tree, dict_of, list_of, read_json, text_of
from tocsin.core.words import _
from tocsin.core.yaml_file import read_yaml
from tocsin.learn.basis import Basis, Evidence
from tocsin.learn.paths import describes, may_be, segments_of, segments_of_url
from tocsin.learn.templates import Template

METHODS: Final = ("get", "head", "post", "put", "patch", "delete")
DEEPEST: Final = 12
"""Of schemas within schemas."""

MOST_SCHEMAS: Final = 20_000
"""Visited for one request: a description may refer to itself in many ways."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    segments: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    """(where a property stands, its category), of the replies that succeed."""

    unknown: int
    """Properties whose names the dictionary does not know."""


@dataclass(slots=True)
class Description:
    """An API as its description tells it."""

    operations: list[Operation] = field(default_factory=list)
    not_followed: list[str] = field(default_factory=list)
    """Remote or broken references, as written."""


def read_openapi(path: Path) -> Description:
    """Read a description, JSON or YAML. Raises InputError for what is none, and as their readers do."""
    is_yaml = path.suffix.lower() in (".yaml", ".yml")
    tree = dict_of(read_yaml(path) if is_yaml else read_json(path))
    if not (text_of(tree.get("openapi")) or text_of(tree.get("swagger"))) or not dict_of(tree.get("paths")):
        raise InputError(
            _("This is no OpenAPI description: it has no version or no paths."),
            do=_("Give a file that begins with openapi 3 or swagger 2.0."),
            where=path,
            code="not_openapi",
        )
    return _Reading(tree).description()


def declared_by(description: Description, template: Template) -> list[Basis]:
    """What the operations that describe a template declare; of several paths that fit, the most precise."""
    fitting = [
        (precision, operation)
        for operation in description.operations
        if may_be(template.action, operation.method)
        and (precision := describes(operation.segments, template.segments)) is not None
    ]
    best = max((precision for precision, _operation in fitting), default=None)
    found = [place for precision, one in fitting if precision == best for place in one.fields]
    return [Basis(category, Evidence.OPENAPI, where) for where, category in dict.fromkeys(found)]


class _Reading:
    """One pass over a description."""

    def __init__(self, tree: dict[str, Tree]) -> None:
        self._tree = tree
        self._lost: dict[str, None] = {}
        self._left = 0

    def description(self) -> Description:
        found = Description()
        for base in self._bases():
            for path, item in dict_of(self._tree.get("paths")).items():
                for method in METHODS:
                    operation = dict_of(self._resolved(item).get(method))
                    if operation:
                        found.operations.append(
                            self._operation(method, [*base, *segments_of(path)], operation)
                        )
        found.not_followed = list(self._lost)
        return found

    def _bases(self) -> list[list[str]]:
        """What stands before each path: of `servers`, or `basePath`; and nothing, as behind a gateway."""
        urls = [text_of(dict_of(server).get("url")) for server in list_of(self._tree.get("servers"))]
        bases = [segments_of_url(url) for url in urls if url]
        base_path = text_of(self._tree.get("basePath"))
        if base_path:
            bases.append(segments_of(base_path))
        unique = dict.fromkeys(tuple(base) for base in [*bases, []])
        return [list(base) for base in unique]

    def _operation(self, method: str, segments: list[str], operation: dict[str, Tree]) -> Operation:
        self._left = MOST_SCHEMAS
        named = [
            place
            for status, reply in dict_of(operation.get("responses")).items()
            if status.startswith("2") or status.lower() == "default"
            for schema in _schemas_of(self._resolved(reply))
            for place in self._properties(schema, (), 0, ())
        ]
        known = [(where, kind.category) for where, name in named if (kind := field_of(name)) is not None]
        return Operation(method, tuple(segments), tuple(dict.fromkeys(known)), len(named) - len(known))

    def _properties(
        self, schema: Tree, at: tuple[str, ...], depth: int, above: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        """(path, name) of each property within a schema, through references, lists and alternatives."""
        if not isinstance(schema, dict) or depth > DEEPEST or self._left <= 0:
            return
        self._left -= 1
        reference = text_of(dict_of(schema).get("$ref"))
        if reference is not None and reference in above:
            return
        within = above if reference is None else (*above, reference)
        held = self._resolved(schema)
        for name, inner in dict_of(held.get("properties")).items():
            yield ".".join(("$", *at, name)), name
            yield from self._properties(inner, (*at, name), depth + 1, within)
        for key in ("items", "additionalProperties"):
            yield from self._properties(held.get(key), (*at, "[]"), depth + 1, within)
        for key in ("allOf", "anyOf", "oneOf"):
            for one in list_of(held.get(key)):
                yield from self._properties(one, at, depth + 1, within)

    def _resolved(self, tree: Tree) -> dict[str, Tree]:
        """What a reference stands for, within this file; a chain of them is followed a few steps."""
        for _step in range(DEEPEST):
            reference = text_of(dict_of(tree).get("$ref"))
            if reference is None:
                return dict_of(tree)
            tree = self._target(reference)
        return {}

    def _target(self, reference: str) -> Tree:
        found: Tree = self._tree
        if not reference.startswith("#/"):
            self._lost[reference] = None
            return None
        for part in reference[2:].split("/"):
            found = dict_of(found).get(part.replace("~1", "/").replace("~0", "~"))
        if found is None:
            self._lost[reference] = None
        return found


def _schemas_of(reply: dict[str, Tree]) -> list[Tree]:
    """The schemas of a reply: of each kind of content (OpenAPI 3), or its own (Swagger 2)."""
    contents = [dict_of(content).get("schema") for content in dict_of(reply.get("content")).values()]
    return [schema for schema in (*contents, reply.get("schema")) if schema is not None]
