# SPDX-License-Identifier: Apache-2.0
"""Finds plug-ins by entry point: log formats, detectors, resolvers, replays.

The built-in ones are registered in the same way as those of third parties. Loading runs their code, so a
group's names may be narrowed by `[plugins]` in case.toml; nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from tocsin.core.errors import MachineError
from tocsin.core.words import _

Base = TypeVar("Base")


def load_plugins(
    group: str, base_class: type[Base], *, allowed: Collection[str] | None = None
) -> dict[str, type[Base]]:
    """The classes registered under a group, by name, in order of name.

    `allowed` keeps those names alone. Raises MachineError for one that cannot be loaded, that is not a
    subclass of `base_class`, or whose name is registered twice.
    """
    found: dict[str, type[Base]] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        if allowed is not None and entry.name not in allowed:
            continue
        loaded = _load(entry, base_class)
        if found.get(entry.name, loaded) is not loaded:
            raise MachineError(
                _("Two plug-ins of {group} are named '{name}'."),
                do=_("Uninstall one of them."),
                group=group,
                name=entry.name,
            )
        found[entry.name] = loaded
    return found


def _load(entry: EntryPoint, base_class: type[Base]) -> type[Base]:
    try:
        loaded = entry.load()
    except Exception as error:  # a third party's module may fail in any way; the plug-in is named
        raise MachineError(
            _("The plug-in '{name}' of {group} cannot be loaded ({kind})."),
            do=_("Reinstall or uninstall it."),
            group=entry.group,
            name=entry.name,
            kind=type(error).__name__,
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, base_class)):
        raise MachineError(
            _("The plug-in '{name}' of {group} is not a {kind}."),
            do=_("Reinstall or uninstall it."),
            group=entry.group,
            name=entry.name,
            kind=base_class.__name__,
        )
    return loaded
