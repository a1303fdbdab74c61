# SPDX-License-Identifier: Apache-2.0
"""What the columns of a list are: proposed from their headers and from the shape of their first rows.

A proposal is shown with masked values and confirmed by a person; nothing rests on it before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tocsin.core.words import _

NOTHING: Final = ""

PERSON_ROLES: Final = {
    "person": _("file number of the patient"),
    "family_name": _("family name (at birth)"),
    "used_name": _("name in use"),
    "given_names": _("given names"),
    "sex": _("sex"),
    "birth_date": _("date of birth"),
    "birth_place": _("place of birth"),
    "nir": _("social security number (NIR)"),
    "ins": _("national health identity (INS)"),
    "birth_rank": _("birth rank"),
    "phone": _("telephone"),
    "email": _("e-mail address"),
    "address_lines": _("postal address"),
    "postcode": _("postcode"),
    "city": _("town"),
    "country": _("country"),
    "deceased": _("deceased"),
    "guardian": _("file number of the guardian"),
    "controller": _("practice or establishment"),
}
ACCOUNT_ROLES: Final = {
    "account": _("account (login)"),
    "professional_id": _("RPPS or internal number"),
    "role": _("function"),
    "organisation": _("practice or establishment"),
    "active_from": _("account opened on"),
    "active_until": _("left on"),
}
_HEADS: Final = {
    "person": "dossier|n dossier|no dossier|num dossier|numero dossier|numero de "
    "dossier|ipp|patient|patient id"
    "|id patient|code patient|numero patient|n patient|id|identifiant|identifiant patient|local id|file "
    "number",
    "family_name": "nom de naissance|nom naissance|nom|nom famille|nom de famille|nom patronymique"
    "|birth name|family name|last name|surname",
    "used_name": "nom d usage|nom usage|nom utilise|nom marital|nom d epouse|used name",
    "given_names": "prenom|prenoms|prenom s|prenoms de naissance|first name|given names|given name",
    "sex": "sexe|genre|civilite|sex|gender",
    "birth_date": "ne e le|ne le|nee le|date de naissance|date naissance|naissance|ddn|birth date|date of "
    "birth|dob",
    "birth_place": "lieu de naissance|commune de naissance|insee naissance|code insee|birth place",
    "nir": "nir|nss|n securite sociale|n de securite sociale|numero de securite sociale|numero securite "
    "sociale"
    "|num secu|n secu|securite sociale|immatriculation|social security number",
    "ins": "ins|matricule ins|ins nir|ins c",
    "birth_rank": "rang|rang de naissance|rang gemellaire|birth rank",
    "phone": "telephone|tel|mobile|portable|tel portable|tel mobile|telephone portable|telephone fixe|phone",
    "email": "courriel|email|e mail|mail|adresse electronique|adresse mail|adresse e mail",
    "address_lines": "adresse|adresse postale|rue|voie|adresse 1|address|street",
    "postcode": "code postal|cp|postcode|zip",
    "city": "ville|commune|localite|city|town",
    "country": "pays|country",
    "deceased": "decede|deces|decede e|date de deces|deceased",
    "guardian": "tuteur|representant|representant legal|responsable|guardian",
    "controller": "cabinet|etablissement|structure|site|finess|practice",
    "account": "identifiant|login|compte|utilisateur|user|username|nom d utilisateur|account|id",
    "professional_id": "rpps|n rpps|numero rpps|adeli|numero adeli|professional id",
    "role": "fonction|profession|role|metier|specialite|job",
    "organisation": "cabinet|etablissement|structure|site|finess|service|organisation",
    "active_from": "ouvert le|actif depuis|cree le|date de creation|arrivee|date d "
    "arrivee|debut|depuis|opened|from",
    "active_until": "depart le|date de depart|actif jusqu au|ferme le|date de fin|fin|jusqu "
    "au|sortie|left|until",
}
_SHAPES: Final = (
    ("nir", re.compile(r"[12378] ?\d{2} ?\d{2} ?[\dAB]{2} ?\d{3} ?\d{3}(?: ?\d{2})?")),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    ("phone", re.compile(r"(?:\+33|0)[ .]?[1-9](?:[ .]?\d{2}){4}")),
    ("birth_date", re.compile(r"\d{2}/\d{2}/(?:18|19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}")),
    ("sex", re.compile(r"[MFHI12]|M\.|Mme|masculin|f[ée]minin", re.IGNORECASE)),
    ("postcode", re.compile(r"\d{5}|2[AB]\d{3}")),
)
_ENOUGH = 0.8
_KNOWN_HEADS = {head for heads in _HEADS.values() for head in heads.split("|")}
"""What a header says holds over what the values look like: « ouvert le » is no date of birth."""

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list, and what it is held to be."""

    name: str
    role: str
    """A key of the roles, or NOTHING."""

    masked: tuple[str, ...]
    """Three values, what would name somebody hidden."""


def guess(names: Sequence[str], rows: Sequence[Sequence[str]], roles: dict[str, str]) -> dict[str, str]:
    """Our column: theirs, each once; headers first, then the shape of what stands below."""
    found: dict[str, str] = {}
    for name in names:
        role = next((r for r in roles if r not in found and plain(name) in _HEADS[r].split("|")), None)
        if role is not None:
            found[role] = name
    for at, name in enumerate(names):
        if name in found.values() or plain(name) in _KNOWN_HEADS:
            continue
        values = [row[at] for row in rows if row[at]]
        for role, shape in _SHAPES:
            if role in roles and role not in found and _fits(values, shape):
                found[role] = name
                break
    return {role: found[role] for role in roles if role in found}


def _fits(values: Sequence[str], shape: re.Pattern[str]) -> bool:
    return bool(values) and sum(bool(shape.fullmatch(value)) for value in values) >= _ENOUGH * len(values)


def keys_among(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns that could be a key: a value in each of the rows, never twice."""
    return [
        name
        for at, name in enumerate(names)
        if rows and all(row[at] for row in rows) and len({row[at] for row in rows}) == len(rows)
    ]


def is_nir(values: Sequence[str]) -> bool:
    """Whether these are numbers of social security: a local id that identifies."""
    return _fits([value for value in values if value], _SHAPES[0][1])


def plain(header: str) -> str:
    """A header without case, accents or signs: « N° dossier » is `n dossier`."""
    folded = unicodedata.normalize("NFKD", header.replace("°", " ").lower())
    bare = "".join(c if c.isascii() and c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(bare.split())


def mask(value: str) -> str:
    """Enough to see what kind of thing it is, not whose: the first character and the shape of the rest."""
    shown = []
    for at, character in enumerate(value[:_SHOWN]):
        is_hidden = character.isalnum() and at > 0
        shown.append("•" if is_hidden else character)
    return "".join(shown) + ("…" if len(value) > _SHOWN else "")


def described(names: Sequence[str], rows: Sequence[Sequence[str]], columns: dict[str, str]) -> list[Column]:
    """Each column with its role and three masked values."""
    role_of = {theirs: ours for ours, theirs in columns.items()}
    return [
        Column(name, role_of.get(name, NOTHING), tuple(mask(row[at]) for row in rows[:3]))
        for at, name in enumerate(names)
    ]


def role_named(text: str, labels: dict[str, str]) -> str | None:
    """The role that somebody typed: its label's beginning, or its key; None when it is none."""
    asked = plain(text)
    if asked in ("rien", "nothing", "none", ""):
        return NOTHING
    for role, label in labels.items():
        if asked == plain(role) or plain(label).startswith(asked):
            return role
    return next((role for role, label in labels.items() if asked in plain(label)), None)
