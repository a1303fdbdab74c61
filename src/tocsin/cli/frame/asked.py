# SPDX-License-Identifier: Apache-2.0
"""Which person a user asks for: identifiers come from standard input, a NIR never from arguments."""

from __future__ import annotations

import sys

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.report.person import find_by_number
from tocsin.store.case import Case


def asked_persons(case: Case, local: str | None, nir: str | None) -> list[tuple[str, str]]:
    """Registry and local id of whom the user asks for; those who share a NIR are several persons."""
    if nir is not None:
        if nir != "-":
            raise InputError(
                _("A NIR is never given as an argument."),
                do=_("Use --nir - and type it."),
                code="identifier_argument",
            )
        named = find_by_number(case, sys.stdin.readline().strip())
        if not named:
            raise InputError(_("No registry of the case has this number."), code="no_such_person")
        return named
    if local is None or ":" not in local:
        raise InputError(
            _("Which person?"), do=_("Use --local REGISTRY:ID, or --nir - and type it."), code="usage"
        )
    registry, local_id = local.split(":", 1)
    registries = [one.name for one in case.settings.registries]
    if registry not in registries:
        raise InputError(
            _("There is no registry '{name}'."),
            do=_("Known: {known}."),
            code="no_registry",
            name=registry,
            known=", ".join(registries),
        )
    return [(registry, sys.stdin.readline().strip() if local_id == "-" else local_id)]
