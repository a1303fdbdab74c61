# SPDX-License-Identifier: Apache-2.0
"""Libraries that only some need: loaded where they are used, and the extra that brings them named."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from tocsin.core.errors import InputError
from tocsin.core.words import _


def load_extra(name: str, *, extra: str) -> ModuleType:
    """The module; raises InputError with the line that installs it."""
    try:
        return import_module(name)
    except ImportError:
        raise InputError(
            _("This needs the package '{name}', which is not installed."),
            do=_("Install it: pip install 'tocsin[{extra}]'."),
            code="missing_extra",
            name=name.partition(".")[0],
            extra=extra,
        ) from None
