# SPDX-License-Identifier: Apache-2.0
"""Ready queries over the audit views of databases: `collect = { from = "database", recipe = "…" }`.

A recipe gives rows with the view's own column names; the log format of its name, where there is one, reads
them. Each is a .sql file whose head says what it reads, by which right, its watermark and its overlap.
"""

from __future__ import annotations

import re
from importlib.resources import files

from tocsin.core.errors import SettingsError
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _

_HEAD = re.compile(r"^-- (watermark|overlap|dialect): (.+)$", re.MULTILINE)
_FILES = re.compile(r":files\b")


def known_recipes() -> list[str]:
    """Names, in order."""
    return sorted(file.name[:-4] for file in files(__name__).iterdir() if file.name.endswith(".sql"))


def read_recipe(name: str) -> tuple[dict[str, str], str]:
    """What its head says, and its query; raises SettingsError for a recipe that does not exist."""
    if name not in known_recipes():
        raise SettingsError(
            _("There is no recipe '{name}'."),
            do=suggest(name, known_recipes()),
            code="unknown_recipe",
            name=name,
        )
    head, _blank, query = (files(__name__) / f"{name}.sql").read_text("utf-8").partition("\n\n")
    return dict(_HEAD.findall(head)), query.strip()


def query_of(source: SourceSettings) -> tuple[str, str | None]:
    """The query and the watermark of a source: its own, or of the recipe that it names.

    Raises SettingsError for a recipe beside a query, or neither.
    """
    recipe = source.collect.get("recipe")
    if (recipe is None) == (source.query is None):
        raise SettingsError(
            _("The source '{name}' needs a query, or a recipe; one of them."),
            do=_('Write query = "select …".'),
            code="no_query",
            name=source.name,
        )
    if recipe is None:
        return source.query or "", source.watermark
    head, query = read_recipe(str(recipe))
    return _with_files(query, source), source.watermark or head.get("watermark")


def overlap_of(source: SourceSettings) -> object:
    """The overlap of a source: its own, else that of its recipe."""
    given = source.collect.get("overlap")
    recipe = source.collect.get("recipe")
    return given if given is not None or recipe is None else read_recipe(str(recipe))[0].get("overlap")


def _with_files(query: str, source: SourceSettings) -> str:
    """The pattern of the audit files, where the recipe asks for one, as a text of SQL."""
    if not _FILES.search(query):
        return query
    given = source.collect.get("files")
    if not isinstance(given, str) or not given:
        raise SettingsError(
            _("This recipe reads files of the server, and the source '{name}' does not say which."),
            do=_("Write files = 'D:\\audit\\*.sqlaudit' in `collect`, as the server sees them."),
            code="no_files",
            name=source.name,
        )
    literal = given.replace("'", "''")
    return _FILES.sub(lambda _found: f"N'{literal}'", query)
