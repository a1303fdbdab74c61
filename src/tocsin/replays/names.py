# SPDX-License-Identifier: Apache-2.0
"""Names for people who do not exist: common French names, put together by chance.

No given name begins with or shares a word with another, so that two children of a household can never
be taken for one. Folded forms are those of old software: capitals without accents.
"""

from __future__ import annotations

import unicodedata


def _listed(text: str) -> list[str]:
    return [name.replace("_", " ") for name in text.split()]


_SIMPLE = _listed("""
Bénard Hamel Lefèvre Durand Moreau Petit Roche Fabre Zeller Étienne d'Ornano Weber Nguyễn Garnier Chevalier
Rousseau Blanc Guérin Muller Henry Roussel Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine
Robin Masson Sanchez Noël Dufour Blanchard Brunet Giraud Riviere Arnaud Rolland Caron Aubert Roy Fernandez
Colin Vidal Picard Renaud Lemoine Gaillard Barbier Lucas Charpentier Rey Leroux Baron Maillard Bertin
Carpentier Bailly Renault Da_Silva Marchal Cousin Poirier Adam Germain Gay Pons Ménard Benoît Lacroix
Le_Gall Le_Roux Klein Hoarau Payet Traoré Diallo Benali Haddad Cohen Lévy Pereira Martins Costa Ferreira
Monnier Prévost Perrot Daniel Gonçalves Tessier Langlois Delmas Pasquier Hébert Mallet Lamy Verdier Guyot
Rivet Charrier Boulanger Joubert Delorme Vasseur Hubert Le_Goff Cordier Grondin Besson Tanguy Ollivier
""")

_WOMEN = _listed("""
Hélène Aurélie Inès Simone Zoé Thérèse Camille Léa Manon Chloé Emma Jade Alice Lina Rose Anna Mila
Ambre Julia Nina Jeanne Lucie Éva Sarah Nour Fatima Aïcha Mariam Yasmine Sofia Clara Élise Marion Marguerite
Perrine Nathalie Isabelle Sylvie Catherine Josiane Monique Jacqueline Odette Ginette Yvette Denise Colette
Brigitte Martine Véronique Sandrine Céline Virginie Stéphanie Laetitia Mathilde Margaux Agathe
Anne-Sophie Marie-Noëlle Ève-Line
""")

_MEN = _listed("""
Michel Karim Otto Paul Louis Théo Hugo Lucas Gabriel Arthur Jules Adam Raphaël Léo Nathan Ethan Noah Liam
Mohamed Ibrahim Youssef Amine Malik Samir Pierre Jacques Philippe Alain Bernard Daniel Patrick Gérard
Christian Thierry Laurent Nicolas Frédéric Olivier Sébastien Julien Guillaume Romain Maxime Antoine Alexandre
Quentin Clément Valentin Baptiste Étienne François Roger Marcel Raymond Fernand Yves Loïc
Jean-Loup Marc-Aurèle Karl-Heinz
""")


def fold(text: str) -> str:
    """Write a name as old software does: capitals, no accents, no marks."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.upper().replace("-", " ").replace("'", " ")


def _double(simple: list[str], step: int) -> list[str]:
    return [f"{name}-{simple[(at * 7 + step) % len(simple)]}" for at, name in enumerate(simple)]


FAMILY_NAMES: list[str] = [*_SIMPLE * 3, *_double(_SIMPLE, 3), *_double(_SIMPLE, 29)]
"""Simple names thrice, so that double ones are two in five."""

GIVEN_NAMES: dict[str, list[str]] = {"F": _WOMEN, "M": _MEN}
