# SPDX-License-Identifier: Apache-2.0
"""Sentences of French letters and remarks with the persons that stand in them, to measure a tagger of names.

Nobody in them exists. Beside the names stand what is written alike and names nobody: towns, establishments,
diseases and signs that bear a physician's name, medicines, software, months.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from tocsin.scope.profiles.taggers.interface import Tagger

FAMILIES: Final = (
    *("Martin", "Lefèvre", "Nguyen", "Ben Amar", "Le Gall", "Dos Santos", "Petit", "Hérault", "Diallo"),
    *("Moreau", "Kowalski", "Traoré", "Benali", "Vandenberghe", "Garcia", "Roux", "Boulanger", "Châtelain"),
    *("Perrin", "Lœuil", "Haddad", "Schneider", "Le Bihan", "Rousselot", "Da Silva", "Tran", "Caillaud"),
)
GIVEN: Final = (
    *("Jean-Luc", "Zoé", "Aïcha", "Ève", "Paul", "Maëlys", "Théo", "Inès", "Noël", "Anne", "Mamadou"),
    *("Françoise", "Yanis", "Marie-Odile", "Loïc", "Fatoumata", "Gérard", "Solène", "Huy", "Krzysztof"),
)
FULL: Final = (
    "Je vous remercie de m'avoir adressé {civil} {given} {family}, {age} ans, pour des douleurs lombaires.",
    "Compte rendu de consultation de {civil} {given} {family}, domiciliée à Montluçon.",
    "Le patient {given} {family} a été hospitalisé au CHU de Rennes du 3 au 9 mars.",
    "Cher confrère, j'ai revu ce jour {given} {family} qui présente une maladie de Parkinson.",
    "{given} {family} a été vue aux urgences de l'hôpital Saint-Antoine pour une chute.",
    "Contact : {given} {family} (fille), à prévenir en cas d'aggravation.",
    "Absence de signe de Babinski chez {given} {family}, revu en avril.",
    "Suite au décès de {given} {family}, le dossier est archivé.",
    "Ordonnance remise à {given} {family} : Doliprane 1 g trois fois par jour.",
    "Demande de {given} {family}, locataire à Brive-la-Gaillarde, reçue par courriel.",
)
SHORT: Final = (
    "{civil} {family} est adressée pour bilan d'une anémie.",
    "J'ai reçu {civil} {family} en consultation de cardiologie.",
    "Appel de la mère de {given} : fièvre depuis deux jours.",
    "Dr {family}, service de néphrologie, CHU de Nantes.",
    "Vu avec le docteur {family} : arrêt du Kardégic avant le geste.",
    "Merci de rappeler Madame {family} au sujet de son traitement.",
)
LISTED: Final = (
    "{FAMILY} {given}, chambre 12, régime sans sel",
    "rdv {family} {given} reporté",
    "{given} {family}",
    "Patient : {FAMILY} {given} - IRM cérébrale",
)
NOBODY: Final = (
    "Score de Glasgow à 15, signe de Lasègue négatif, maladie de Crohn connue.",
    "Transfert à la clinique Pasteur de Toulouse prévu en janvier.",
    "Traitement : Levothyrox, Xarelto, Ventoline à la demande.",
    "Maladie d'Alzheimer débutante, test de Folstein à 22.",
    "Pas de retour du laboratoire Cerba, relancer lundi.",
    "Consultation d'anesthésie à l'hôpital Lariboisière, Paris.",
    "Sonde de Foley posée, position de Trendelenburg.",
    "Logiciel Excel, export du serveur Mercure, fichier de septembre.",
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the names in it, as they stand there."""

    text: str
    names: tuple[str, ...]
    manner: str
    """full, short, listed or nobody."""


def make_sentences(count: int, seed: int = 7) -> list[Sentence]:
    """As many sentences; three in twelve name nobody."""
    draw = random.Random(seed)  # noqa: S311  # to be reproducible
    manners = (
        "full",
        "full",
        "full",
        "full",
        "short",
        "short",
        "short",
        "listed",
        "listed",
        *("nobody",) * 3,
    )
    return [_sentence(draw, draw.choice(manners)) for _ in range(count)]


@dataclass(slots=True)
class Measured:
    """How a tagger did on sentences."""

    stood: int = 0
    found: int = 0
    told: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """Of the names that stand there, those that were found whole."""
        return self.found / max(1, self.stood)

    @property
    def precision(self) -> float:
        """Of what was told, what is a name or a part of one."""
        return self.right / max(1, self.told)


def measure(tagger: Tagger, sentences: list[Sentence]) -> dict[str, Measured]:
    """By manner, and `all`."""
    measured: dict[str, Measured] = {}
    for one, told in zip(sentences, tagger.names_in([s.text for s in sentences]), strict=True):
        for key in (one.manner, "all"):
            so_far = measured.setdefault(key, Measured())
            so_far.stood += len(one.names)
            so_far.found += sum(any(name in given for given in told) for name in one.names)
            so_far.told += len(told)
            so_far.right += sum(any(name in given or given in name for name in one.names) for given in told)
    return measured


def _sentence(draw: random.Random, manner: str) -> Sentence:
    shapes = {"full": FULL, "short": SHORT, "listed": LISTED, "nobody": NOBODY}[manner]
    shape, given, family = draw.choice(shapes), draw.choice(GIVEN), draw.choice(FAMILIES)
    said = {"given": given, "family": family, "FAMILY": family.upper()}
    text = shape.format(
        civil=draw.choice(("M.", "Mme", "Madame", "Monsieur")), age=draw.randrange(19, 98), **said
    )
    return Sentence(text, tuple(_names(shape, said)), manner)


def _names(shape: str, said: dict[str, str]) -> list[str]:
    """The name as one where its parts stand side by side."""
    for whole in ("{given} {family}", "{FAMILY} {given}", "{family} {given}"):
        if whole in shape:
            return [whole.format(**said)]
    return [said[part] for part in ("given", "family") if f"{{{part}}}" in shape]
