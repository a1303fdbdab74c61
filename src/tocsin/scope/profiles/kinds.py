# SPDX-License-Identifier: Apache-2.0
"""Kinds of identifiers as SQL on a column of text: cleaned, by form and key, and as prose hides them.

Each test is one expression over all the rows of a batch. `keys.py` says the same one value at a time, and
tests hold the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.store.query import literal

NIR_FORM = r"[1-478][0-9]{2}(?:0[1-9]|1[0-2]|[2-3][0-9]|4[0-2]|[5-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{6}"
_NIR_SPACED = (
    r"[1-478][ .-]?[0-9]{2}[ .-]?(?:0[1-9]|1[0-2]|[2-3][0-9]|4[0-2]|[5-9][0-9])[ .-]?(?:[0-9]{2}|2[ABab])"
    r"[ .-]?[0-9]{3}[ .-]?[0-9]{3}[ .-]?[0-9]{2}"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value."""

    name: str
    category: str
    cleaned: str
    """SQL of `{v}`: as it is compared."""

    form: str
    """Regular expression that a cleaned value matches whole."""

    holds: str | None
    """SQL of a cleaned `{c}` of the form: whether its key is right; null where there is no key."""

    in_text: str | None
    """Regular expression of the value in prose; null where prose alone cannot tell it."""

    names: str
    """Whom it names: person, professional, or nobody."""

    bare: str | None = None
    """SQL of `{v}` without spaces, hyphens and full stops: the same as `cleaned` of the whole value; null
    where that spares nothing."""


def _luhn(length: int) -> str:
    """Sum of the digits, every second from the right doubled, SQL over `{c}`."""
    terms = []
    for place in range(1, length + 1):
        digit = f"(ascii(substr({{c}}, {place}, 1)) - 48)"
        doubled = (length - place) % 2 == 1
        terms.append(f"({digit} * 2 - case when {digit} > 4 then 9 else 0 end)" if doubled else digit)
    return f"(({' + '.join(terms)}) % 10 = 0)"


# A letter stands in one place of a NIR alone, so that every A and B may be replaced.
KEY_HOLDS = (
    "(try_cast(substr({c}, 14) as bigint)"
    " = 97 - try_cast(replace(replace(left({c}, 13), '2A', '19'), '2B', '18') as bigint) % 97)"
)
"""Of `{c}`, fifteen characters of the form of a NIR: whether the key is right."""

_NIR_HOLDS = f"case when length({{c}}) = 15 then {KEY_HOLDS} end"
_SIGNS = (
    "list_transform(string_split(substr({c}, 5) || left({c}, 4), ''),"
    " lambda s: case when s > '9' then (ascii(s) - 55)::varchar else s end)"
)
# Nearly every French account is digits alone: F is 15 and R is 27.
_IBAN_DIGITS = (
    "case when regexp_full_match({c}, 'FR[0-9]+') then substr({c}, 5) || '1527' || substr({c}, 3, 2)"
    f" else array_to_string({_SIGNS}, '') end"
)


def _remainder(digits: str) -> str:
    """Of up to 68 digits modulo 97, in steps that fit in 18."""
    rest = f"substr({digits}, 1, 16)::bigint % 97"
    for start in range(17, 69, 16):
        rest = f"(({rest})::varchar || substr({digits}, {start}, 16))::bigint % 97"
    return f"({rest})"


# Of a French account all digits, 29 digits as whole numbers: 10^17 is 38 and 10^6 is 27 modulo 97.
_FRENCH_REST = (
    "(substr({c}, 5, 12)::bigint % 97 * 38 + substr({c}, 17, 11)::bigint % 97 * 27"
    " + 152700 + substr({c}, 3, 2)::bigint) % 97 = 1"
)
_IBAN_HOLDS = (
    f"case when regexp_full_match({{c}}, 'FR[0-9]{{25}}') then {_FRENCH_REST}"
    f" else list_transform([{_IBAN_DIGITS}], lambda digits: {_remainder('digits')})[1] = 1 end"
)
_ALNUM = (
    "case when regexp_full_match({v}, '[0-9A-Z]+') then {v}"
    " else regexp_replace(upper({v}), '[^0-9A-Z]', '', 'g') end"
)
_DIGITS = "regexp_replace({v}, '[^0-9]', '', 'g')"
_UNSIGNED = "replace(replace(replace({v}, ' ', ''), '.', ''), '-', '')"
_BARE = f"upper({_UNSIGNED})"
_FIRST = "split_part({v}, '^', 1)"
_PREFIXED = r"regexp_replace(translate({v}, ' .-()/+', ''), '^(?:00330?|330?|0)([1-9][0-9]{8})$', '0\1')"
_PHONE = (
    "case when regexp_full_match({v}, '0[1-9](?:[ .-]?[0-9]{2}){4}')"
    f" then {_UNSIGNED} else {_PREFIXED} end"
)
_BARE_PHONE = f"case when regexp_full_match({{v}}, '0[1-9][0-9]{{8}}') then {{v}} else {_PREFIXED} end"

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "nir",
            "id.nir",
            _BARE,
            NIR_FORM + "(?:[0-9]{2})?",
            _NIR_HOLDS,
            _NIR_SPACED,
            "person",
            bare="upper({v})",
        ),
        Kind(
            "ins",
            "id.ins",
            _BARE.replace("{v}", _FIRST),
            NIR_FORM + "(?:[0-9]{2})?",
            _NIR_HOLDS,
            None,
            "person",
            bare=f"upper({_FIRST})",
        ),
        Kind(
            "email",
            "contact.email",
            "lower({v})",
            r"[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}",
            None,
            r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
            "person",
        ),
        Kind(
            "phone",
            "contact.phone",
            _PHONE,
            r"0[1-9][0-9]{8}",
            None,
            r"(?:(?:\+|\b00)33[ .-]?(?:\(0\))?[ .-]?|\b0)[1-9](?:[ .-]?[0-9]{2}){4}\b",
            "person",
            bare=_BARE_PHONE,
        ),
        Kind(
            "iban",
            "finance.bank",
            _ALNUM,
            r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}",
            _IBAN_HOLDS,
            r"\b[A-Z]{2}[0-9]{2}(?:[ ]?[0-9A-Z]{4}){2,7}(?:[ ]?[0-9A-Z]{1,3})?\b",
            "nobody",
        ),
        Kind("rpps", "professional.id", _DIGITS, r"[18][0-9]{10}", _luhn(11), None, "professional"),
        Kind("finess", "professional.id", _BARE, r"[0-9](?:[0-9]|[AB])[0-9]{7}", None, None, "nobody"),
        Kind(
            "adeli",
            "professional.id",
            _BARE,
            r"[0-9](?:[0-9]|[AB])[0-9]{7}",
            None,
            None,
            "professional",
        ),
        Kind(
            "postcode",
            "contact.address",
            "{v}",
            r"(?:0[1-9]|[1-8][0-9]|9[0-578])[0-9]{3}",
            None,
            None,
            "nobody",
        ),
    )
}
"""In the order in which a column without a telling name is tried."""

# FINESS numbers of Corsica hold a letter whose part in the key nobody documents: their key is not weighed.
FINESS_KEY = f"case when regexp_full_match({{c}}, '[0-9]{{9}}') then {_luhn(9)} end"
WITH_WORD = r"(?i:\b(?:nir|n\.i\.r|ins|nss|s[ée]cu(?:rit[ée])?(?: sociale)?|matricule)\b[^0-9\n]{0,24})"
"""Before a number whose key is wrong: it is then still meant as one."""


def cleaned_sql(kind: Kind, value: str) -> str:
    """The value as it is compared."""
    return kind.cleaned.replace("{v}", value)


def fits_sql(kind: Kind, cleaned: str) -> str:
    """Whether a cleaned value has the form."""
    return f"regexp_full_match({cleaned}, {literal(kind.form)})"


def holds_sql(kind: Kind, cleaned: str) -> str:
    """Whether the key of a cleaned value of the form is right; true where there is none to weigh."""
    test = FINESS_KEY if kind.name == "finess" else kind.holds
    return "true" if test is None else f"coalesce({test.replace('{c}', cleaned)}, true)"


def date_sql(value: str) -> str:
    """A date as people and programs write it, alone or before a time; null for anything else."""
    slashed = f"regexp_full_match({value}, '[0-9]{{2}}/[0-9]{{2}}/[0-9]{{4}}([T ].*)?')"
    return (
        f"case when contains({value}, '/') and {slashed}"
        f" then try_strptime(left({value}, 10), '%d/%m/%Y')::date"
        f" when regexp_full_match({value}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ].*)?')"
        f" then try_cast(left({value}, 10) as date)"
        f" when regexp_full_match({value}, '[0-9]{{2}}[/.-][0-9]{{2}}[/.-][0-9]{{4}}([ T].*)?')"
        f" then try_strptime(regexp_replace(left({value}, 10), '[.-]', '/', 'g'), '%d/%m/%Y')::date"
        f" when regexp_full_match({value}, '(19|20)[0-9]{{6}}([0-9]{{6}})?')"
        f" then try_strptime(left({value}, 8), '%Y%m%d')::date end"
    )
