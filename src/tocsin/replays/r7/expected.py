# SPDX-License-Identifier: Apache-2.0
"""The figures of R7 that the product must establish alone, the account included: nobody names it.

Every act is named in the trace and every page is known, so that floor, best and ceiling are one figure once
somebody has decided.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.replays.expecting import account, accounting, claim, persons, readings, scope, value
from tocsin.replays.interface import Expected

_CLAIMS = (
    ("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue"),
    ("no:credential.password", "No password was read", "Aucun mot de passe n’a été lu"),
)


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report must say of this truth."""
    name = str(value(truth, "account"))
    return [
        account(name, "illegitimate"),
        Expected(
            f"accounts.{name}.rank",
            1,
            "Its rank among the accounts found",
            "Son rang parmi les comptes trouvés",
        ),
        *persons(truth),
        *readings(truth),
        *scope(truth),
        *(claim(name, en, fr, "proven", "not_observed") for name, en, fr in _CLAIMS),
        claim(
            "no:health.document",
            "The claim that no document was read",
            "L’affirmation qu’aucun document n’a été lu",
            "contradicted",
        ),
        Expected("controllers.count", 1, "Practices concerned", "Cabinets concernés"),
        Expected("not_in_registry", 0, "Persons absent from the registry", "Personnes absentes du registre"),
        *accounting(truth),
    ]
