# SPDX-License-Identifier: Apache-2.0
"""What the page says of a rebuilt past: how many persons are counted through it, and how wrong it is."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.words import Words, _
from tocsin.report.reading import History, Report
from tocsin.report.sentences import span_phrase


def past_lines(words: Words, report: Report) -> Iterator[str]:
    """A line for each past that was rebuilt."""
    for history in report.histories:
        persons = words.plural(
            "One person is counted through the past of “{of}”, rebuilt: {span}.",
            "{n} persons are counted through the past of “{of}”, rebuilt: {span}.",
            history.persons,
            of=history.of,
            span=span_phrase(words, history, report.zone),
        )
        yield f"{persons} {_error(words, history)}"


def _error(words: Words, history: History) -> str:
    error = history.error
    if error is None:
        return words.text(_("Its error could not be measured."))
    return words.text(
        _(
            "Measured error: {wrong} of {compared} rows differ from the copies held out ({share});"
            " of those held for known, {known_wrong} of {known}."
        ),
        wrong=error.wrong,
        compared=error.compared,
        share=words.share(error.share),
        known_wrong=error.known_wrong,
        known=error.known,
    )
