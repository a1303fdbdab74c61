# SPDX-License-Identifier: Apache-2.0
"""What a person must still answer, as codes with their values; the words are said elsewhere.

An open question does not stop a run: it is what the next hour of the inquiry is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tocsin.core.settings.catalogue import Catalogue
from tocsin.journal.collection import asked_in_vain
from tocsin.journal.notice_answers import closed_numbers
from tocsin.report.counts import BEYOND_LOGS, beyond_logs
from tocsin.report.figures import Row, Sheet
from tocsin.scope.reopened import still_open

UNDECIDED_LISTED: Final = 50

Question = tuple[str, str, Row]
"""A code, the query that gave its values, and these."""


def put_questions(sheet: Sheet) -> None:
    """open_questions: `{code, values}`, the sums first."""
    questions = [
        *_sums(sheet),
        *_uncollected(sheet),
        *_reopened(sheet),
        *_verdicts(sheet),
        *_thieves(sheet),
        *_ceiling(sheet),
        *_set_aside(sheet),
        *_catalogue(sheet),
        *_identities(sheet),
        *_disowned(sheet),
        *_witnesses(sheet),
        *_clocks(sheet),
        *_replays(sheet),
    ]
    sheet.parts["open_questions"] = [{"code": code, "values": values} for code, _, values in questions]
    for at, (_, name, values) in enumerate(questions):
        sheet.enter(f"open_questions.{at}.values", values, name)


def _sums(sheet: Sheet) -> Iterator[Question]:
    scope = sheet.parts["scope"]
    if scope["events"] != scope["disclosed"] + scope["nothing_shown"] + scope["unresolved"]:
        yield "sum_unproven", "scope_sums", {"what": "scope", "events": scope["events"]}
    for row in sheet.parts["accounting"]:
        if not row.pop("adds_up"):
            yield "sum_unproven", "accounting_sums", {"what": row["source"], "events": row["events"]}


def _uncollected(sheet: Sheet) -> Iterator[Question]:
    settings = sheet.case.settings
    names = {one.name for one in settings.sources}
    names |= {one.name for one in settings.registries} | {one.name for one in settings.records}
    for name, error in sorted(asked_in_vain(sheet.case.journal.entries()).items()):
        if name in names:
            yield "source_not_collected", "accounting_sums", {"source": name, "error": error}


def _reopened(sheet: Sheet) -> Iterator[Question]:
    """Claims that were better graded before the last logs or decisions."""
    grades = {row["id"]: row["grade"] for row in sheet.parts["claims"]}
    for body in still_open(sheet.case.journal.entries(), grades):
        yield "claim_reopened" if body["files"] else "claim_reconsidered", "claims", body


def _verdicts(sheet: Sheet) -> Iterator[Question]:
    for row in sheet.ask("opposed_verdicts"):
        yield "verdicts_opposed", "opposed_verdicts", row
    rows = sheet.ask("undecided", most=UNDECIDED_LISTED)
    for row in rows:
        yield _undecided(row)
    if rows and rows[0]["questions"] > len(rows):
        yield "doubtful_others", "undecided", {"questions": rows[0]["questions"] - len(rows)}


def _undecided(row: Row) -> Question:
    """Whether accesses are illegitimate: of some sessions, of an account, or of nobody known."""
    if row["is_by_session"]:
        return "sessions_to_decide", "undecided", _of(row, "account", "sessions", "p", "events")
    if row["account"] is None:
        return "nameless_to_decide", "undecided", _of(row, "p", "events")
    return "doubtful_to_decide", "undecided", _of(row, "account", "p", "events")


def _thieves(sheet: Sheet) -> Iterator[Question]:
    """Answers that contradict one another or never came, sessions nobody can tell, campaigns to decide on."""
    for row in sheet.ask("answers_contradict"):
        yield "answers_contradict", "answers_contradict", row
    answers = sheet.parts["split"]["answers"]
    if answers["open"]:
        values = {"sessions": answers["open"], "accounts": answers["open_accounts"]}
        yield "answers_awaited", "answers_sums", values
    row = sheet.ask_one("doubtful_sessions")
    if row["sessions"]:
        yield "sessions_doubtful", "doubtful_sessions", row
    for campaign in sheet.parts["campaigns"]:
        if campaign["undecided"]:
            yield "campaign_to_decide", "campaigns_found", _of(campaign, "campaign", "accounts", "undecided")


def _ceiling(sheet: Sheet) -> Iterator[Question]:
    beyond = beyond_logs(sheet)
    if beyond is not None:
        yield BEYOND_LOGS, "persons_count", beyond
    for row in sheet.ask("boundless"):
        values = {"number": row["number"], "what": row["what"]}
        yield f"{row['part']}_without_bound", "boundless", values


def _set_aside(sheet: Sheet) -> Iterator[Question]:
    limit = sheet.case.settings.limits.set_aside
    for row in sheet.parts["accounting"]:
        if row["set_aside"] > limit * row["records"]:
            yield "set_aside_above_limit", "accounting_sums", _of(row, "source", "set_aside", "records")


def _catalogue(sheet: Sheet) -> Iterator[Question]:
    uncovered = sheet.parts["scope"]["uncovered"]
    if uncovered["events"]:
        yield "accesses_uncovered", "scope_sums", uncovered
    settings = sheet.case.settings.catalogue
    if not is_signed(sheet.case.catalogue, settings.signed_by if settings else None):
        yield "catalogue_unsigned", "category_numbers", {"version": sheet.case.catalogue.version}


def is_signed(catalogue: Catalogue, signed_by: str | None) -> bool:
    """Whether a person answers for every rule, one by one or for the whole."""
    return bool(signed_by or catalogue.signed_by) or all(rule.signed_by for rule in catalogue.shows)


def _identities(sheet: Sheet) -> Iterator[Question]:
    for row in sheet.parts["conflicts"]:
        yield "link_conflicts", "conflicts_count", dict(row)
    count = sheet.parts["counts"]["persons"]
    strangers = count.get("ceiling_parts", {}).get("records_without_person", 0)
    if strangers:
        yield "records_without_person", "persons_count", {"records": strangers}


def _disowned(sheet: Sheet) -> Iterator[Question]:
    """Persons who were told and say that it is not about them: files may be joined under the wrong one."""
    row = sheet.ask_one("not_me_open", closed=closed_numbers(sheet.case.journal.entries()))
    if row["answers"]:
        yield "not_me_open", "not_me_open", row


def _witnesses(sheet: Sheet) -> Iterator[Question]:
    """Acts on which logs contradict one another, or that a suspect's selectors reach in one log only."""
    for row in sheet.ask("contradictions"):
        yield "witnesses_contradict", "contradictions", row
    out = sheet.parts["witnesses"]["out_of_scope"]
    if out:
        yield "witnesses_out_of_scope", "witness_sums", {"acts": out}


def _replays(sheet: Sheet) -> Iterator[Question]:
    """What was run again and does not agree with the log; totals of so few that they may tell of one."""
    for row in sheet.ask("replay_contradictions"):
        yield "replay_contradicted", "replay_contradictions", row
    for row in sheet.parts["histories"]:
        if row["error"] is None:
            yield "past_not_measured", "histories_found", _of(row, "of", "persons")
        elif row["set_aside"]:
            yield "past_messages_set_aside", "histories_found", {"of": row["of"], "rows": row["set_aside"]}
    row = sheet.ask_one("small_groups")
    if row["events"]:
        yield "small_groups", "small_groups", row


def _clocks(sheet: Sheet) -> Iterator[Question]:
    """Clocks that stand farther apart than the case lets pass, and hours that happened twice."""
    clocks = sheet.parts["clocks"]
    limit = sheet.case.settings.witnesses.skew_limit
    for row in clocks["skews"]:
        seconds = max(abs(row["p05_us"]), abs(row["p95_us"])) / 1_000_000
        if seconds > limit:
            yield "clocks_apart", "clock_skews", _of(row, "source", "other", "pairs") | {"seconds": seconds}
    near = clocks["near_boundary"]
    if near["in_scope"] or near["outside"]:
        yield "near_boundary", "near_sums", near
    if clocks["hours_twice"]["by_one_reading"]:
        yield "hours_told_twice", "hours_twice", {"events": clocks["hours_twice"]["by_one_reading"]}


def _of(row: Row, *names: str) -> Row:
    """The values of those columns."""
    return {name: row[name] for name in names}
