# SPDX-License-Identifier: Apache-2.0
"""The first look as one page for people, in French and English: the report's looks, no script, no network.

Every value is escaped, and control characters are spelt out: a name taken from a log stays a name.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from itertools import groupby

from markupsafe import Markup

from tocsin.core.words import LANGUAGES, Words, words
from tocsin.first import sentences, vocabulary
from tocsin.first.asked import COMMON
from tocsin.first.brief import brief
from tocsin.first.facts import AccountLook, Look
from tocsin.first.picture import draw_picture
from tocsin.first.sentences import Speaker
from tocsin.first.terminal import shared_by
from tocsin.report.html import LANGUAGE_NAMES, style_sheet
from tocsin.report.phrases import phrase
from tocsin.report.templating import page_environment

SHOWN = 25
"""Rows of a table; `--json` has more."""

SHOWN_WHOLE = 12
"""Rows that need no unfolding."""


def look_page(look: Look, *, lang: str, logs: list[str], command: str) -> str:
    """The whole page; `lang` is shown first. `command` makes the case, and is shown as it is to be typed."""
    css = style_sheet() + files("tocsin.first").joinpath("templates/first.css").read_text("utf-8")
    return (
        page_environment("tocsin.first")
        .get_template("look.html.j2")
        .render(
            lang=lang,
            title=", ".join(found.account for found in look.accounts),
            language_names=LANGUAGE_NAMES,
            css=Markup(css),  # noqa: S704  # our own files, read whole; nothing from outside is in them
            css_digest=b64encode(sha256(css.encode()).digest()).decode(),
            tongues=[
                {"lang": code, "body": _body(words(code), look, logs, command)}
                for code in sorted(LANGUAGES, key=lambda one: one != "fr")
            ],
        )
    )


def _body(spoken: Words, look: Look, logs: list[str], command: str) -> Markup:
    speaker = Speaker(spoken, look.zone)
    said = {
        "lang": spoken.lang,
        "look": look,
        "logs": logs,
        "command": command,
        "speaker": speaker,
        "words": spoken,
        "t": spoken.text,
        "tn": spoken.plural,
        "num": spoken.number,
        "share": lambda part, whole: spoken.share(round(part / whole, 4) if whole else 0.0),
        "instant": speaker.instant,
        "name": lambda table, code: phrase(spoken, table, code),
        "shared_by": lambda accounts: shared_by(spoken, accounts),
        "unit": lambda length: _column_phrase(spoken, length),
        "briefs": {found.account: _brief(speaker, look, found) for found in look.accounts},
        "pictures": {found.account: draw_picture(look, found) for found in look.accounts},
        "capital": lambda text: text[:1].upper() + text[1:],
        "sentences": sentences,
        "vocabulary": vocabulary,
        "common": COMMON,
        "shown": SHOWN,
        "shown_whole": SHOWN_WHOLE,
    }
    return Markup(page_environment("tocsin.first").get_template("look-body.html.j2").render(said))  # noqa: S704  # escaped there


def _brief(speaker: Speaker, look: Look, found: AccountLook) -> list[tuple[str, list[object]]]:
    facts = brief(speaker, look, found)
    return [(label, list(lines)) for label, lines in groupby(facts, key=lambda fact: fact.label)]


def _column_phrase(spoken: Words, length: timedelta) -> str:
    return sentences.duration(spoken, length)
