# SPDX-License-Identifier: Apache-2.0
"""What `tocsin scan --names` says of possible names in prose: how many, and how often the tagger is right."""

from __future__ import annotations

from tocsin.cli.frame.output import Output
from tocsin.core.words import _
from tocsin.scope.profiles.possible import PossibleNames
from tocsin.scope.profiles.taggers.interface import Tagger


def names_object(found: PossibleNames | None) -> dict[str, int] | None:
    """For `--json`; null where they were not asked for."""
    if found is None:
        return None
    return {"texts": found.texts, "mentions": found.mentions, "distinct": found.distinct}


def tagger_object(tagger: Tagger) -> dict[str, object]:
    """Which tagger, and what was measured of it."""
    return {"tagger": tagger.name, "recall": tagger.recall, "precision": tagger.precision}


def say_mentions(output: Output, found: PossibleNames | None) -> None:
    """Of one file; nothing where there are none."""
    if found is None or not found.mentions:
        return
    output.say(
        output.words.text(
            _("  possible names in prose: {mentions} mentions, {distinct} distinct; they count nobody"),
            mentions=found.mentions,
            distinct=found.distinct,
        )
    )


def say_names(output: Output, found: PossibleNames | None, tagger: Tagger) -> None:
    """Over all files, with what was measured of the tagger."""
    words, held = output.words, found or PossibleNames()
    output.say()
    output.say(
        words.text(
            _("Possible names in prose: {mentions} mentions in {texts} texts, {distinct} distinct."),
            mentions=held.mentions,
            texts=held.texts,
            distinct=held.distinct,
        )
    )
    output.say(
        words.text(
            _(
                "  On made-up letters, the tagger '{name}' finds {recall} of the names, and {precision} of"
                " what it gives are names."
            ),
            name=tagger.name,
            recall=words.share(tagger.recall),
            precision=words.share(tagger.precision),
        )
    )
    output.say(words.text(_("  A possible name identifies nobody: it is in no count of persons.")))
