# SPDX-License-Identifier: Apache-2.0
"""The figures of R9 that the product must establish alone: the account, the persons, and how each is told.

Every act is named in the trace, so that floor, best and ceiling are one figure once somebody has decided. The
notices are rehearsed: nothing leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tocsin.replays.expecting import account, accounting, claim, part, persons, readings, scope, value
from tocsin.replays.interface import Expected

_CLAIMS = (
    ("no:contact.phone", "No telephone number was read", "Aucun numéro de téléphone n’a été lu"),
    ("no:contact.email", "No e-mail address was read", "Aucune adresse électronique n’a été lue"),
    ("no:finance.bank", "No bank detail was read", "Aucune donnée bancaire n’a été lue"),
    ("no:credential.password", "No password was read", "Aucun mot de passe n’a été lu"),
)
_WAYS = {
    "email": ("To tell by e-mail", "À prévenir par courriel"),
    "post": ("To tell by post", "À prévenir par courrier"),
    "none": ("No way to reach them", "Aucun moyen de les joindre"),
    "suppressed": ("Not to be written to", "À ne pas prévenir par écrit"),
}
_BOXES = {
    "delivered": ("Rehearsed: delivered", "Répétition : remis"),
    "failed": ("Rehearsed: failed", "Répétition : en échec"),
    "public": ("Rehearsed: told by the public notice", "Répétition : avis public"),
    "suppressed": ("Rehearsed: not written to", "Répétition : non prévenus par écrit"),
    "no_route": ("Rehearsed: still without a way", "Répétition : encore sans moyen"),
    "not_released": ("Rehearsed: not released", "Répétition : sans accord d’envoi"),
}


def expect(truth: Mapping[str, object]) -> list[Expected]:
    """List what the report and the rehearsal must say of this truth."""
    name = str(value(truth, "account"))
    return [
        account(name, "illegitimate"),
        *persons(truth),
        *readings(truth),
        *scope(truth),
        *(claim(name, en, fr, "proven", "not_observed") for name, en, fr in _CLAIMS),
        claim(
            "no:id.nir",
            "The claim that no NIR was read",
            "L’affirmation qu’aucun NIR n’a été lu",
            "contradicted",
        ),
        Expected(
            "not_in_registry",
            value(truth, "not_in_registry"),
            "Persons absent from the registry",
            "Personnes absentes du registre",
        ),
        *_notices(part(truth, "notices")),
        *accounting(truth),
    ]


def _notices(told: Mapping[str, object]) -> Iterator[Expected]:
    """Whom to tell by which way and why; then where each stands when nothing waits any more."""
    yield Expected("notices.to_inform", value(told, "to_inform"), "Persons to inform", "Personnes à informer")
    yield Expected("notices.through", value(told, "through"), "Told through others", "Prévenus par un tiers")
    ways = part(told, "ways")
    for channel, (en, fr) in _WAYS.items():
        for reason, many in part(ways, channel).items():
            figure = f"notices.ways.{channel}.{reason}"
            yield Expected(figure, int(str(many)), f"{en}: {reason}", f"{fr} : {reason}")
        yield Expected(
            f"notices.reasons.{channel}", len(part(ways, channel)), f"{en}, reasons", f"{fr}, motifs"
        )
    for box, (en, fr) in _BOXES.items():
        yield Expected(f"notices.balance.{box}", value(part(told, "balance"), box), en, fr)
    yield Expected(
        "notices.balance.is", "closed", "Rehearsed: the balance", "Répétition : le bilan des envois"
    )
