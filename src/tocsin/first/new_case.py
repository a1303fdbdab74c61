# SPDX-License-Identifier: Apache-2.0
"""From a first look to a case: a `case.toml` with the logs as they were read and the accounts looked at.

What it holds of an account is what its author holds, under the author's name; nothing is overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import SourceSettings, load_case
from tocsin.core.words import _
from tocsin.first.facts import Look

FILE = "case.toml"


@dataclass(frozen=True, slots=True)
class NewCase:
    """What the new case rests on."""

    folder: Path
    sources: list[SourceSettings]
    look: Look
    by: str
    lang: str


def refuse_standing_case(folder: Path) -> None:
    """Raise InputError where a case would be overwritten; to be asked before logs are read for hours."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            _("This is a file, not a folder."),
            do=_("Choose another folder."),
            where=folder,
            code="not_a_folder",
        )
    if (folder / FILE).exists():
        raise InputError(
            _("There is a case here already."),
            do=_("Choose another folder."),
            where=folder,
            code="case_exists",
        )


def write_case(new: NewCase) -> Path:
    """Write `case.toml`, read back by the loader of settings before it takes its name.

    Raises InputError for a path that is not UTF-8 text, and what `refuse_standing_case` raises.
    """
    refuse_standing_case(new.folder)
    new.folder.mkdir(parents=True, exist_ok=True)
    trial, final = new.folder / f".{FILE}.part", new.folder / FILE
    text = case_text(new)
    try:
        trial.write_text(text, "utf-8")
        load_case(trial)
        with final.open("x", encoding="utf-8") as file:
            file.write(text)
    except UnicodeEncodeError:
        raise InputError(
            _("A path or an account is not UTF-8 text, and case.toml holds no other."),
            do=_("Rename the file, or write case.toml by hand."),
            where=new.folder,
        ) from None
    except FileExistsError:
        refuse_standing_case(new.folder)
        raise
    except SettingsError as error:
        error.where = type(error.where)(str(final), error.where.line, error.where.column)
        raise
    finally:
        trial.unlink(missing_ok=True)
    return final


def case_text(new: NewCase) -> str:
    """The file in the author's language, its paths relative to the case where they lie within it."""
    environment = Environment(
        loader=PackageLoader("tocsin.first"),
        autoescape=False,  # noqa: S701  # TOML: every value goes through `toml`
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["toml"] = toml_text
    environment.filters["instant"] = _toml_instant
    return environment.get_template(f"{new.lang}-case.toml.j2").render(
        name=new.folder.resolve().name or "case",
        look=new.look,
        by=new.by,
        sources=[_described(source, new.folder) for source in new.sources],
    )


def _described(source: SourceSettings, folder: Path) -> dict[str, object]:
    return {
        "name": source.name,
        "paths": _within(source.paths, folder),
        "format": source.format or ("mapped" if source.mapping else source.name),
        "zone": source.zone,
        "before": source.before,
        "mapping": None if source.mapping is None else _within([source.mapping], folder)[0],
    }


def _within(paths: Iterable[str], folder: Path) -> list[str]:
    root = folder.resolve()
    resolved = [Path(path).resolve() for path in paths]
    return [str(path.relative_to(root)) if path.is_relative_to(root) else str(path) for path in resolved]


def toml_text(value: object) -> str:
    """A text, or a list of texts, as TOML writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(toml_text(item) for item in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")


def _toml_instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
