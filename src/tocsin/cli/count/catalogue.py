# SPDX-License-Identifier: Apache-2.0
"""The verbs of the catalogue: learn what it lacks, sign a proposed rule, reject one."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from tocsin.cli.count.learned import learned_lines, learned_result
from tocsin.cli.frame.instants import maybe_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.learn.run import Asked, learn
from tocsin.learn.signing import Signature, reject_rule, sign_rule

FILE = click.Path(path_type=Path)


@click.group(name="catalogue")
def catalogue_group() -> None:
    """What each access shows: proposals, and the signatures that make rules of them.

    \b
    Example:
      tocsin catalogue learn my-case
    """


@catalogue_group.command(name="learn")
@CASE
@click.option("--account", help="Look at what this account did, instead of the acts in scope.")
@click.option("--openapi", type=FILE, help="An OpenAPI description of the application (JSON).")
@click.option("--walk", type=FILE, help="A walk recorded on a test person's file (HAR).")
@click.option("--test-person", type=FILE, help="That person's values, by category (JSON).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Templates to propose.")
@answering
@writing
@click.pass_context
def learn_verb(
    context: click.Context,
    case: Path,
    account: str | None,
    openapi: Path | None,
    walk: Path | None,
    test_person: Path | None,
    limit: int,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Propose rules: what was asked for by weight, and what each request may have shown. Nothing counts yet.

    \b
    Example:
      tocsin catalogue learn my-case
      tocsin catalogue learn my-case --walk walk.har --test-person person.json
    """
    output = output_of(context, as_json=as_json, lang=lang)
    if (walk is None) != (test_person is None):
        raise InputError(
            _("A walk needs the test person's values, and they need a walk."),
            do=_("Give --walk and --test-person together."),
            code="usage",
        )
    with open_case(case, by) as opened:
        found = learn(opened, Asked(account, openapi, walk, test_person, limit), output.words)
    for reference in found.not_followed:
        output.warn("not_followed", _("This reference of the description was not followed."), reference)
    for line in learned_lines(output.words, found, limit, str(case)):
        output.say(line)
    output.done("catalogue learn", learned_result(found, limit), case=str(case))


@catalogue_group.command(name="sign")
@CASE
@click.argument("rule")
@click.option("--why", required=True, help="On what basis, in words: what you looked at.")
@click.option("--category", "categories", multiple=True, help="What it shows, instead of the proposal.")
@click.option("--shows-nothing", is_flag=True, help="It shows nobody's data.")
@click.option("--since", help="It holds from this instant on (ISO 8601 with its zone).")
@answering
@writing
@click.pass_context
def sign_verb(
    context: click.Context,
    case: Path,
    rule: str,
    why: str,
    categories: tuple[str, ...],
    shows_nothing: bool,
    since: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Put your name to a proposed rule: it moves into the catalogue. Run the case again to apply it.

    \b
    Example:
      tocsin catalogue sign my-case r-1a2b3c4d --by "A. Martin" --why "Looked at the screen on 12 June"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    _refuse_nameless(by)
    if categories and shows_nothing:
        raise InputError(
            _("A rule shows something, or nothing."),
            do=_("Give --category or --shows-nothing, not both."),
            code="usage",
        )
    chosen = () if shows_nothing else (categories or None)
    with open_case(case, by) as opened:
        signed = sign_rule(opened, rule, Signature(why, chosen, maybe_instant(since)))
    words = output.words
    output.say(
        words.text(
            _("Signed. Uncovered: {before} of {events} acts before ({share_before}), {after} now ({share})."),
            before=signed.before.uncovered,
            events=signed.before.events,
            share_before=words.share(signed.before.share),
            after=signed.after.uncovered,
            share=words.share(signed.after.share),
        )
    )
    again = f"tocsin run {visible(shlex.quote(str(case)))}"
    output.say(words.text(_("The catalogue applies at the next run: {command}"), command=again))
    result = {
        "rule": rule,
        "categories": signed.rule.categories,
        "signed_by": signed.rule.signed_by,
        "signed_at": signed.rule.signed_at,
        "version": signed.rule.version,
        "catalogue_version": signed.version,
        "before": {"events": signed.before.uncovered, "share": signed.before.share},
        "after": {"events": signed.after.uncovered, "share": signed.after.share},
    }
    output.done("catalogue sign", result, case=str(case))


@catalogue_group.command(name="reject")
@CASE
@click.argument("rule")
@click.option("--why", required=True, help="Why it is wrong, in words.")
@answering
@writing
@click.pass_context
def reject_verb(
    context: click.Context,
    case: Path,
    rule: str,
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Reject a proposed rule: it is not proposed again, and its acts stay uncovered.

    \b
    Example:
      tocsin catalogue reject my-case r-1a2b3c4d --by "A. Martin" --why "Two screens share this path"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    _refuse_nameless(by)
    with open_case(case, by) as opened:
        reject_rule(opened, rule, why)
    output.say(output.words.text(_("Rejected: it will not be proposed again.")))
    output.done("catalogue reject", {"rule": rule}, case=str(case))


def _refuse_nameless(by: str | None) -> None:
    """A signature is a named person's: the name of the system's account is not enough."""
    if not by or not by.strip():
        raise InputError(
            _("A rule is signed by a named person."),
            do=_('Give your name: --by "…".'),
            code="no_signer",
        )
