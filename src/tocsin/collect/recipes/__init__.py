# SPDX-License-Identifier: Apache-2.0
"""Ready queries over the audit views of databases: `collect = { from = "database", recipe = "…" }`.

A recipe gives a log's rows with the view's own column names, for the log format of the recipe's name. Each is
a .sql file whose head says what it reads, by which right, and its watermark.
"""

from __future__ import annotations

import re
from importlib.resources import files

from tocsin.core.errors import SettingsError
from tocsin.core.settings.case import SourceSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _

_WATERMARK = re.compile(r"^-- watermark: (\S+)$", re.MULTILINE)
_PLACE = re.compile(r":files\b")


def known_recipes() -> list[str]:
    """Names, in order."""
    return sorted(file.name[:-4] for file in files(__name__).iterdir() if file.name.endswith(".sql"))


def query_of(source: SourceSettings) -> tuple[str, str | None]:
    """The query and the watermark of a source: its own, or of the recipe that it names.

    Raises SettingsError for a recipe that does not exist, or one beside a query, or neither.
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
    if recipe not in known_recipes():
        raise SettingsError(
            _("There is no recipe '{name}'."),
            do=suggest(str(recipe), known_recipes()),
            code="unknown_recipe",
            name=str(recipe),
        )
    text = (files(__name__) / f"{recipe}.sql").read_text("utf-8")
    found = _WATERMARK.search(text)
    query = _with_files(text, source)
    return query, source.watermark or (found[1] if found else None)


def _with_files(text: str, source: SourceSettings) -> str:
    """The pattern of the audit files, where the recipe asks for one, as a text of SQL."""
    if not _PLACE.search(text.split("\n\n", 1)[-1]):
        return text
    given = source.collect.get("files")
    if not isinstance(given, str) or not given:
        raise SettingsError(
            _("This recipe reads files of the server, and the source '{name}' does not say which."),
            do=_('Write files = "D:\\\\audit\\\\*.sqlaudit" in `collect`, as the server sees them.'),
            code="no_files",
            name=source.name,
        )
    literal = given.replace("'", "''")
    return _PLACE.sub(lambda _found: f"N'{literal}'", text)
