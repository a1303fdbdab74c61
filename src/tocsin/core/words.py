# SPDX-License-Identifier: Apache-2.0
"""Words for people, in French and English.

The English sentence is the key; the catalogues in `locale/fr/LC_MESSAGES/`, one a part of the product, hold
the French one and are read as they are, so that nothing compiled has to be kept in step. Numbers, dates,
lengths of time and lists follow the language. Here are no sentences: they stand where they are said, marked
with `_`, and in the catalogues.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_group_symbol

from tocsin.core.errors import InputError, MachineError, Phrase
from tocsin.core.filling import fill

LANGUAGES: Final = ("fr", "en")
DEFAULT_LANGUAGE: Final = "fr"

_LOCALES: Final = {"fr": Locale("fr", "FR"), "en": Locale("en", "GB")}
_CLOCKS: Final = {"fr": "HH\u00a0'h'\u00a0mm", "en": "HH:mm"}
_PERCENTS: Final = {"fr": "\u202f%", "en": "%"}
_LARGEST_DECIMAL: Final = 1e15
_MINUTE: Final = timedelta(minutes=1)
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

# C0 and C1 controls, zero-width and bidirectional marks, line separators, lone surrogates, tags.
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def _(msgid: str) -> str:
    """Marks a sentence for the catalogue where it is said long before it is shown."""
    return msgid


def visible(text: str) -> str:
    """Text from outside, its control and invisible characters spelt out: an escape becomes `\\x1b`.

    A terminal then obeys nothing, a page shows what was there, and no name can turn another one round.
    """
    return _UNSEEN.sub(lambda found: _spell(ord(found[0])), text)


def _spell(point: int) -> str:
    if point <= 0xFF:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def pick_language(flag: str | None, environ: Mapping[str, str]) -> str:
    """The language to speak: the flag, else the locale's, else French.

    Raises `InputError` for a flag that names a language nobody wrote.
    """
    if flag is not None:
        language = flag.lower().split("_")[0].split("-")[0]
        if language not in LANGUAGES:
            raise InputError(
                _("There is no such language: {language}."),
                do=_("Use --lang fr or --lang en."),
                language=repr(visible(flag)),
            )
        return language
    known = (language for language in _locale_languages(environ) if language in LANGUAGES)
    return next(known, DEFAULT_LANGUAGE)


def _locale_languages(environ: Mapping[str, str]) -> list[str]:
    """Languages asked for, in gettext's order; under the C locale LANGUAGE is not read, as gettext has it."""
    locale = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    if not locale or locale.split(".")[0] in {"C", "POSIX"}:
        return []
    asked = [*environ.get("LANGUAGE", "").split(":"), locale]
    return [re.split(r"[_.@-]", name)[0].lower() for name in asked]


@dataclass(frozen=True)
class Words:
    """One language: sentences, numbers, instants. Ask `words(language)` for it."""

    lang: str
    """`fr` or `en`."""

    _catalogue: NullTranslations = field(repr=False)

    @property
    def locale(self) -> Locale:
        """Babel's locale, for what is not offered here."""
        return _LOCALES[self.lang]

    def text(self, msgid: str, /, **values: str | int) -> str:
        """The sentence in this language, its `{placeholders}` filled; whole numbers are written its way.

        `{n:hole|holes}` is the word that agrees with `n`, where a sentence has several numbers.

        Raises `MachineError` when a placeholder has no value: a sentence with a hole is worse than none.
        """
        return self._fill(self._catalogue.gettext(msgid) if msgid else "", values)

    def told(self, msgid: str, values: Mapping[str, str | int]) -> str:
        """A sentence of an error or a warning; without values its braces stand for themselves."""
        if not msgid:
            return ""
        if not values:
            return self._catalogue.gettext(msgid)
        said = {n: self._catalogue.gettext(v) if isinstance(v, Phrase) else v for n, v in values.items()}
        try:
            return self.text(msgid, **said)
        except MachineError:
            return self._catalogue.gettext(msgid)  # an error is told, even with a hole in it

    def plural(self, one: str, many: str, n: int, /, **values: str | int) -> str:
        """The singular or the plural sentence; `{n}` is the number."""
        return self._fill(self._catalogue.ngettext(one, many, n), {"n": n, **values})

    def number(self, value: float) -> str:
        """`6 128` in French with a narrow space that does not break, `6,128` in English."""
        if isinstance(value, int):
            return f"{value:,}".replace(",", get_group_symbol(self.locale))
        if abs(value) >= _LARGEST_DECIMAL:
            return f"{value:g}"
        return str(format_decimal(value, format="#,##0.######", locale=self.locale))

    def share(self, value: float) -> str:
        """A share of one as a percentage: 0.0002 is `0,02 %`; what is not all never reads 100."""
        percent = value * 100
        digits = 2 if percent == 0 or abs(percent) >= 1 else _decimals_for_two_digits(percent)
        if 99.99 < percent < 100:
            return "> " + self._percent(99.99, 2)
        return self._percent(percent, digits)

    def day(self, at: datetime, zone: str) -> str:
        """`21 juillet 2020`, `1er juillet 2020`, as the calendar of that zone has it."""
        date = local_time(at, zone).date()
        pattern = "d'er' MMMM y" if self.lang == "fr" and date.day == 1 else "d MMMM y"
        return str(format_date(date, pattern, locale=self.locale))

    def clock(self, at: datetime, zone: str) -> str:
        """`11 h 02`, `11:02`."""
        local = local_time(at, zone)
        return str(format_time(local.time(), _CLOCKS[self.lang], locale=self.locale))

    def instant(self, at: datetime, zone: str) -> str:
        """`21 juillet 2020 à 11 h 02`."""
        return self.text(_("{day} at {clock}"), day=self.day(at, zone), clock=self.clock(at, zone))

    def elapsed(self, length: timedelta) -> str:
        """`2 d 3 h 12 min`, whole minutes only; the sign is the caller's."""
        days, rest = divmod(abs(length) // _MINUTE, 24 * 60)
        hours, minutes = divmod(rest, 60)
        parts = [
            self.text(_("{n} d"), n=days) if days else "",
            self.text(_("{n} h"), n=hours) if hours or days else "",
            self.text(_("{n} min"), n=minutes),
        ]
        return " ".join(part for part in parts if part)

    def listing(self, items: Iterable[str]) -> str:
        """`a, b et c`."""
        return str(format_list(list(items), locale=self.locale))

    def _percent(self, percent: float, digits: int) -> str:
        """`12,5 %` with at most that many decimals."""
        return (
            str(format_decimal(percent, format="#,##0." + "#" * digits, locale=self.locale))
            + _PERCENTS[self.lang]
        )

    def _fill(self, sentence: str, values: Mapping[str, str | int]) -> str:
        spoken = {name: self.number(v) if isinstance(v, int) else v for name, v in values.items()}
        try:
            return fill(sentence, spoken, self.lang)
        except (KeyError, IndexError, ValueError) as missing:
            raise MachineError(
                _("The sentence {sentence} cannot be filled."), code="missing_word", sentence=repr(sentence)
            ) from missing


def local_time(at: datetime, zone: str) -> datetime:
    """In that zone; in UTC where its hour lies beyond the calendar, whose last day logs write for "never"."""
    try:
        return at.astimezone(ZoneInfo(zone))
    except OverflowError:
        return at


def _decimals_for_two_digits(percent: float) -> int:
    """Decimals that keep two significant digits of a figure below one."""
    exponent = int(f"{percent:e}".split("e")[1])
    return 1 - exponent


@cache
def words(lang: str) -> Words:
    """The words of `fr` or `en`, read once."""
    if lang == "en":
        return Words(lang, NullTranslations())
    whole = Catalog(lang)
    folder = files("tocsin").joinpath("locale", lang, "LC_MESSAGES")
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".po"):
            _add(whole, source, lang)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Words(lang, GNUTranslations(compiled))


def _add(whole: Catalog, source: Traversable, lang: str) -> None:
    with source.open("rb") as text:
        for message in read_po(text, locale=lang, abort_invalid=True):
            if message.id:
                whole[message.id] = message
