# SPDX-License-Identifier: Apache-2.0
"""One person's notice, as text and as HTML, from one document: what stands in one stands in the other.

The words are files; here they are filled. Values come in cleaned and are escaped whole: a name made of markup
is a name. What was shown is named, never its value.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from tocsin.core.settings import CaseSettings
from tocsin.core.terms import Category
from tocsin.core.words import Words, visible, words
from tocsin.notify.account_use import AccountUse, account_lines
from tocsin.notify.codes import grouped
from tocsin.notify.content import TEMPLATES, read_letter_file, texts_of
from tocsin.notify.document import Block, blocks_of, parts_of
from tocsin.notify.genuine.signing import Prover

_CERTAINTIES: Final = {"taken": "taken", "shown": "shown", "reconstructed": "likely"}
"""Certainty of a disclosure: which list it stands in; all others in that of what nobody can tell."""

_ORDER: Final = tuple(Category)
_BLANKS: Final = re.compile(r"\n{3,}")
_PHONE: Final = re.compile(r"(?<!\w)(?:\+33 ?[1-9]|0[1-9])(?: \d\d){4}(?!\w)|(?<![\w,.])3\d \d\d(?!\w)")
_WIDTH: Final = 72


@dataclass(frozen=True, slots=True)
class Person:
    """What one notice is about."""

    name: str = field(repr=False)
    addressee: str
    controllers: tuple[str, ...]
    categories: tuple[str, ...]
    certainties: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    code: str = field(repr=False)
    why: str = "new"
    """Why there is a notice: the first one, or what moved since."""
    earlier_at: datetime | None = None
    """The day of the last notice that left before; None when there was none."""
    kind: str = "person"
    """person, professional, or account: then `use` says what was done with it."""
    use: AccountUse | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice in its two forms."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    document: str = field(default="", repr=False)
    """What both say: `# ` begins a heading, `- ` an item of a list."""
    proof: str = field(default="", repr=False)


class Writer:
    """Writes the notices of one case, all of one release."""

    def __init__(
        self,
        settings: CaseSettings,
        *,
        never: Sequence[str],
        released_at: datetime,
        prover: Prover | None = None,
    ) -> None:
        self._settings = settings
        self._prover = prover
        self._words: Words = words(settings.notify.language)
        self._said = notice_words(settings.notify.language)
        self._never = tuple(never)
        self._zone = settings.case.zone
        self._alike = self._said_to_all(released_at)

    def write(self, person: Person) -> Letter:
        """Raises nothing for hostile values: they are cleaned and escaped."""
        name = TEMPLATES[self._template_of(person)].format(lang=self._words.lang)
        document = filled(name, self._words.lang, **self._alike, **self._own(person))
        subject = (self._said["account"] if person.use else self._said)["subject"]
        proof = self._prover.prove(person.code) if self._prover else ""
        page = page_holding(self._words.lang, subject, framed(document), proof)
        return Letter(subject, plain(document), page, document, proof)

    def _template_of(self, person: Person) -> str:
        if person.why == "withdrawn":
            return "withdrawn"
        notify = self._settings.notify
        if person.kind == "person":
            return notify.variant
        return person.kind if notify.professionals.variant == "plain" else f"{person.kind}_easy"

    def _said_to_all(self, released_at: datetime) -> dict[str, Any]:
        notify = self._settings.notify
        texts = texts_of(notify)
        return {
            "texts": texts,
            "sender": clean(notify.sender),
            "phone": clean(notify.phone),
            "contact_email": clean(notify.contact_email),
            "dpo": clean(notify.dpo),
            "page": clean(notify.page),
            "reference": clean(self._settings.case.id),
            "date": self._words.day(released_at, self._zone),
        }

    def _own(self, person: Person) -> dict[str, Any]:
        first, last = (self._words.day(at, self._zone) for at in (person.first_at, person.last_at))
        known_as = person.controllers or (texts_of(self._settings.notify).known_as,)
        return {
            "name": clean(person.name),
            "is_represented": person.addressee == "representative",
            "known_through": self._words.listing(clean(name) for name in known_as),
            "several": len(known_as) > 1,
            "data": self._data(person),
            "never": self._labels(c for c in self._never if c not in person.categories),
            "first_day": first,
            "last_day": last,
            "code": grouped(person.code),
            **self._since(person),
            **(
                account_lines(person.use, self._words, self._said["account"], self._zone)
                if person.use
                else {}
            ),
        }

    def _since(self, person: Person) -> dict[str, str]:
        """What a further notice says first: the day of the one before, and what moved since."""
        if person.earlier_at is None:
            return {"earlier_day": "", "since": ""}
        since = self._said["since"].get(person.why, self._said["since"]["other"])
        return {"earlier_day": self._words.day(person.earlier_at, self._zone), "since": since}

    def _data(self, person: Person) -> dict[str, list[str]]:
        """This person's own categories, by how sure it is, who they are before all else; only theirs."""
        found: dict[str, list[str]] = {"taken": [], "shown": [], "likely": [], "maybe": []}
        told = zip(person.categories, person.certainties, strict=True)
        for category, certainty in sorted(told, key=lambda one: _ORDER.index(one[0])):
            own = self._said["professional"] if person.kind == "professional" else {}
            label = own.get(category, self._said["data"][category])
            found[_CERTAINTIES.get(certainty, "maybe")].append(label)
        return found

    def _labels(self, categories: Sequence[str] | Iterator[str]) -> list[str]:
        return [self._said["data"][category] for category in categories]


def page_of(lang: str, title: str, document: str, proof: str = "") -> str:
    """A document as a page of its own, which fetches and runs nothing."""
    return page_holding(lang, title, marked_up(document), proof)


def page_holding(lang: str, title: str, body: Markup, proof: str = "") -> str:
    """The same page around what is marked up already."""
    css = read_letter_file("notice.css")
    return _page_template().render(
        lang=lang,
        title=title,
        proof=proof,
        css=Markup(css),  # noqa: S704  # our own file
        css_digest=b64encode(sha256(css.encode()).digest()).decode(),
        body=body,
    )


def with_whole_numbers(document: str) -> str:
    """A telephone number is never cut by the end of a line."""
    return _PHONE.sub(lambda found: found[0].replace(" ", "\u00a0"), document)


def clean(text: str) -> str:
    """On one line, with nothing in it that cannot be seen."""
    return visible(" ".join(text.split()))


def plain(document: str) -> str:
    """The document to be read as it is: headings underlined, lines of 72 characters."""
    lines: list[str] = []
    for line in document.split("\n"):
        if line.startswith("# "):
            lines += [line[2:], "-" * min(len(line) - 2, _WIDTH)]
        else:
            indent = "  " if line.startswith("- ") else ""
            lines += textwrap.wrap(
                line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            ) or [""]
    return "\n".join(lines) + "\n"


def marked_up(document: str) -> Markup:
    """The same as HTML: headings, lists, paragraphs; everything escaped."""
    return Markup("\n").join(map(_marked_up, blocks_of(document)))


def framed(document: str) -> Markup:
    """A notice as HTML: what to do stands in a frame, which is seen before anything is read."""
    before, todo, *rest = (
        Markup("\n").join(map(_marked_up, part)) for part in parts_of(list(blocks_of(document)))
    )
    frame = Markup("<section>\n{}\n</section>").format(todo) if todo else Markup("")
    return Markup("\n").join([before, frame, *rest])


def _marked_up(block: Block) -> Markup:
    if block.kind == "heading":
        return Markup("<h2>{}</h2>").format(block.lines[0])
    if block.kind == "paragraph":
        return Markup("<p>{}</p>").format(Markup("<br>\n").join(map(escape, block.lines)))
    items = Markup("").join(Markup("<li>{}</li>").format(item) for item in block.lines)
    return Markup("<ul>{}</ul>").format(items)


@cache
def notice_words(lang: str) -> Mapping[str, Any]:
    """Of our own files: subject, names of data, what stands on paper alone."""
    return tomllib.loads(read_letter_file(f"words.{lang}.toml"))


def letterhead(settings: CaseSettings) -> dict[str, object]:
    """Who writes, whom to ask and about which case: the values that all letters of the sender share."""
    notify = settings.notify
    return {
        "texts": texts_of(notify),
        "sender": clean(notify.sender),
        "phone": clean(notify.phone),
        "contact_email": clean(notify.contact_email),
        "dpo": clean(notify.dpo),
        "reference": clean(settings.case.id),
    }


def filled(template: str, lang: str, /, **values: object) -> str:
    """A document of ours with its values: at most one empty line in a row, numbers kept whole."""
    return with_whole_numbers(_BLANKS.sub("\n\n", _template(template, lang).render(**values)).strip())


@cache
def _template(name: str, lang: str) -> Template:
    environment = Environment(
        autoescape=False,  # noqa: S701  # a document in plain text; marked_up escapes it whole
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    source = read_letter_file(name)
    return environment.from_string(_with_french_spaces(source) if lang == "fr" else source)


def _with_french_spaces(source: str) -> str:
    """Of our own sentences: what stands before a colon stays with it."""
    return re.sub(r" (?=[:;?!»])", "\u00a0", source)


@cache
def _page_template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(read_letter_file("page.html.j2"))
