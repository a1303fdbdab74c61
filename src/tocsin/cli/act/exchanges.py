# SPDX-License-Identifier: Apache-2.0
"""`tocsin preserve CASE asked`, `receipt`, `refused`, `custody`: what was asked for, and what came of it.

Each is a deed of the group in `preserve.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tocsin.cli.frame.instants import now_or, read_instant
from tocsin.cli.frame.moments import moment_of
from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.terms import Custody
from tocsin.core.words import Words, _, visible
from tocsin.preserve import phrases, told
from tocsin.preserve.record import record_asked, record_custody, record_receipt, record_refusal
from tocsin.preserve.run import look
from tocsin.store.case import Case

NOW = click.option("--now", help="Take this instant for now (ISO 8601 with its zone), else the machine's.")
AT = click.option("--at", help="When: 03:12, or ISO 8601 with its zone; now when not given.")
SOURCE = click.option(
    "--source", required=True, help="A source of case.toml, or a kind of log that it lacks."
)
FROM_WHOM = click.option("--from-whom", required=True, help="Who answered: name and organisation.")


@click.command()
@click.option(
    "--source", "sources", required=True, multiple=True, help="What was asked for; may be repeated."
)
@click.option("--to-whom", required=True, help="Who was asked: name and organisation.")
@AT
@click.option("--due", help="Until when an answer is due (ISO 8601 with its zone).")
@NOW
@answering
@writing
@click.pass_context
def asked(
    context: click.Context,
    sources: tuple[str, ...],
    to_whom: str,
    at: str | None,
    due: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that a letter was sent.

    \b
    Example:
      tocsin preserve my-case asked --source identity_provider --to-whom "ANS" --at 14:30
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        moment = moment_of(opened, at, now)
        until = None if due is None else read_instant(due)
        record_asked(opened, sources, to_whom=to_whom, at=moment, due=until)
        _recorded(output, opened, "asked", sources, now)


@click.command()
@SOURCE
@FROM_WHOM
@click.option("--sha256", "digests", multiple=True, help="A hash as the sender told it; may be repeated.")
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file as it arrived: its hash is taken, and compared with --sha256 when that is given.",
)
@AT
@click.option("--note", default="", help="In words: by what means, sealed or not, what is lacking.")
@NOW
@answering
@writing
@click.pass_context
def receipt(
    context: click.Context,
    source: str,
    from_whom: str,
    digests: tuple[str, ...],
    files: tuple[Path, ...],
    at: str | None,
    note: str,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record logs that came in, with their hash.

    \b
    Example:
      tocsin preserve my-case receipt --source host --from-whom "Acme Hosting" --file host-logs.tar.zst
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        moment = moment_of(opened, at, now)
        record_receipt(
            opened, source, from_whom=from_whom, at=moment, digests=digests, files=files, note=note
        )
        _recorded(output, opened, "receipt", [source], now)


@click.command()
@SOURCE
@FROM_WHOM
@click.option("--why", required=True, help="The reason that was given.")
@AT
@NOW
@answering
@writing
@click.pass_context
def refused(
    context: click.Context,
    source: str,
    from_whom: str,
    why: str,
    at: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that a holder will not, or cannot, answer.

    \b
    Example:
      tocsin preserve my-case refused --source database --from-whom "Acme" --why "No query log is kept"
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        record_refusal(opened, source, from_whom=from_whom, at=moment_of(opened, at, now), why=why)
        _recorded(output, opened, "refused", [source], now)


@click.command()
@click.option("--source", required=True, help="A source of case.toml.")
@click.option(
    "--is",
    "answer",
    required=True,
    type=click.Choice([one.value for one in Custody]),
    help="What was answered.",
)
@FROM_WHOM
@click.option("--why", required=True, help="On what the answer rests.")
@AT
@NOW
@answering
@writing
@click.pass_context
def custody(
    context: click.Context,
    source: str,
    answer: str,
    from_whom: str,
    why: str,
    at: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record who could have altered a source, as its holder answered; write it in case.toml too.

    \b
    Example:
      tocsin preserve my-case custody --source gateway --is outside --from-whom "Acme" --why "Write-only"
    """
    output, case = output_of(context, as_json=as_json, lang=lang), context.meta["case"]
    with open_case(case, by) as opened:
        moment = moment_of(opened, at, now)
        record_custody(opened, source, custody=Custody(answer), from_whom=from_whom, at=moment, why=why)
        held = next(one.custody for one in opened.settings.sources if one.name == source)
        if held != answer:
            output.say(_toml_advice(output.words, source, answer))
        _recorded(output, opened, "custody", [source], now)


def _toml_advice(words: Words, source: str, answer: str) -> str:
    return words.text(
        _('Now write custody = "{value}" under the source {source} in case.toml, and run the case again.'),
        value=answer,
        source=visible(source),
    )


def _recorded(output: Output, case: Case, deed: str, subjects: Sequence[str], now: str | None) -> None:
    """What stands now, and the end of the verb."""
    state = look(case, now_or(now))
    exchanges = [state.correspondence.exchanges[s] for s in subjects if s in state.correspondence.exchanges]
    for exchange in exchanges:
        line = phrases.status_phrase(output.words, exchange, state.now, case.settings.case.zone)
        output.say(f"{visible(exchange.subject)} – {visible(line)}")
    result = {"requests": [told.exchange_object(one, state.now) for one in exchanges]}
    output.done(f"preserve {deed}", result, case=str(case.folder))


DEEDS = (asked, receipt, refused, custody)
