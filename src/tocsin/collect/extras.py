# SPDX-License-Identifier: Apache-2.0
"""Libraries that only those who collect over the network have: loaded at their use, else their extra named."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from tocsin.core.errors import InputError
from tocsin.core.words import _


def load_extra(name: str) -> ModuleType:
    """The module; raises InputError with the line that installs it."""
    try:
        return import_module(name)
    except ImportError:
        raise InputError(
            _("Collecting over the network needs the extra 'collect'."),
            do=_("Install it: pip install 'tocsin[collect]'."),
            code="no_extra",
        ) from None
