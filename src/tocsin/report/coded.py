# SPDX-License-Identifier: Apache-2.0
"""Sentences that a stage gives as `{"code", "values"}`; any other code is shown with its values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tocsin.core.words import _

CODED: Final = {
    "catalogue_true": _(
        "the catalogue (version {version}, signed by {signer}) describes what each screen really shows"
    ),
    "custody_kept": _("nobody altered the logs: {custody}"),
    "window_whole": _("the accesses to examine are all those from {from} to {until}"),
    "rules_unsigned": _(
        "{count} {count:rule of the catalogue is|rules of the catalogue are} signed by nobody"
    ),
    "custody_weak": _("the attacker could reach the logs of {sources}"),
    "events_in_scope": _("{events} {events:access|accesses} examined"),
    "unresolved": _("{count} {count:access|accesses} not resolved, from {from} to {until}"),
    "uncovered": _("{count} {count:access|accesses} that no rule describes, from {from} to {until}"),
    "reachable": _("{count} {count:access|accesses} that may have shown it, from {from} to {until}"),
    "set_aside": _("{count} {count:record|records} set aside that may hold an access"),
    "gap": _("{count} {count:hole|holes} in the logs"),
    "coverage_doubtful": _("{findings} findings of the test “{test}” on {source} in these periods"),
    "signature_only": _("another address or device would go unnoticed"),
    "use_unseen": _("what becomes of the data is seen in no log of the case"),
    "samples_seen": _("{samples} samples found outside match what was shown"),
    "exceptions": _("{count} {count:exception|exceptions}"),
    "guessed_from": _("{categories}, in {events} accesses"),
    "view_protected": _("{view}: {protection}, keys held by {keys}, {events} accesses"),
    "view_protected_keys_unstated": _(
        "{view}: {protection}, nobody says who holds the keys, {events} accesses"
    ),
    "grade_proven": _("proven, under its hypotheses"),
    "grade_not_observed": _("not observed: a premise is too weak for a proof"),
    "grade_contradicted": _("contradicted"),
    "grade_unassessable": _("cannot be assessed"),
    "claim_reopened": _(
        "the statement “{claim}” was graded “{before}” and is now “{after}”: {files} files arrived since"
        " ({sources})"
    ),
    "claim_reconsidered": _(
        "the statement “{claim}” was graded “{before}” and is now “{after}”: no file arrived, the accesses in"
        " question are no longer the same"
    ),
    "leak_exceeds_logs": _(
        "{samples} samples from outside hold {persons} persons, or kinds of data ({categories}), "
        "that no logged access explains: the logs are incomplete"
    ),
    "unknown_origin": _(
        "{count} {count:access|accesses} to records of unknown origin, from {from} to {until}"
    ),
    "unknown_outcome": _("{count} {count:change|changes} whose outcome is not known, from {from} to {until}"),
    "unnamed_change": _(
        "{count} {count:change|changes} of records that the log does not name, from {from} to {until}"
    ),
    "accesses_uncovered": _(
        "{events} {events:access is|accesses are} described by no rule of the catalogue ({share} "
        "of those in scope)"
    ),
    "source_not_collected": _(
        "“{source}” could not be collected to its end: its last records may be missing (error {error})"
    ),
    "sum_unproven": _("a sum does not close: {what} ({events} events)"),
    "verdicts_opposed": _(
        "{events} accesses have two opposite verdicts of the same weight "
        "({verdict}, {other_verdict}; account {account})"
    ),
    "doubtful_to_decide": _(
        "are the doubtful accesses of the account {account} illegitimate? "
        "(accesses: {events}; probability: {p})"
    ),
    "nameless_to_decide": _(
        "are the doubtful accesses that name no account illegitimate? (accesses: {events}; probability: {p})"
    ),
    "sessions_to_decide": _(
        "which doubtful sessions of the account {account} are illegitimate? "
        "(sessions: {sessions}; accesses: {events}; highest probability: {p})"
    ),
    "not_me_open": _(
        "“this is not about me”: answers to notices: {answers}; persons: {persons}. Are files joined under "
        "the wrong person? They stay counted until somebody decides (tocsin notify CASE answers)"
    ),
    "answers_contradict": _(
        "answers on a session of {account} contradict one another ({answers} answers, {persons} persons): "
        "they count for nothing until a person decides (session {session})"
    ),
    "answers_awaited": _(
        "{sessions} {sessions:session|sessions} of {accounts} {accounts:account|accounts} "
        "{sessions:was|were} asked about; no answer came yet"
    ),
    "sessions_doubtful": _(
        "nobody can say whose {sessions} {sessions:session|sessions} of {accounts} "
        "{accounts:account|accounts} {sessions:is|are} ({persons} {persons:person|persons} seen): "
        "only the owners can tell (tocsin ask)"
    ),
    "campaign_to_decide": _(
        "{undecided} of the {accounts} accounts of campaign {campaign} wait for a decision: "
        "what one thief holds is decided together"
    ),
    "split_sessions": _(
        "its sessions: {sessions}, of which held to be the thief's: {thief}, its owner's: {owner}, "
        "nobody can say: {possible}"
    ),
    "doubtful_others": _("other questions of the kind that wait for a decision: {questions}"),
    "set_aside_above_limit": _(
        "{set_aside} of the {records} records of {source} were set aside: more than the case lets pass"
    ),
    "replay_contradicted": _(
        "{events} {events:access was|accesses were} run again and {events:does|do} not agree with "
        "what the log counts ({counted})"
    ),
    "past_not_measured": _(
        "nothing tells how wrong the rebuilt past of “{of}” is ({persons} persons are counted through it):"
        " add a dated copy"
    ),
    "past_messages_set_aside": _(
        "{rows} messages or audit rows about “{of}” could not be read: its rebuilt past may lack changes"
    ),
    "small_groups": _(
        "{events} statements gave totals of fewer than 11 persons: they may tell of one, and are in no count"
    ),
    "witnesses_contradict": _(
        "the logs contradict one another on {acts} {acts:act|acts} ({disagreement}): the higher "
        "reading counts"
    ),
    "witnesses_out_of_scope": _(
        "{acts} acts in scope are told by another log too, where no suspect's selector reaches them"
    ),
    "clocks_apart": _(
        "the clocks of {source} and {other} stand up to {seconds} s apart (from {pairs} acts told by both): "
        "no time was corrected"
    ),
    "near_boundary": _(
        "{in_scope} accesses in scope and {outside} outside it are nearer to a bound of a period "
        "than the clocks can be trusted"
    ),
    "hours_told_twice": _(
        "{events} accesses of a local hour that happened twice are in scope by one of two readings only: "
        "they count in the ceiling"
    ),
    "link_conflicts": _(
        "{sets} sets of local ids that a number joins and other traits keep apart, to be looked at ({kind})"
    ),
    "unresolved_without_bound": _(
        "{number} {number:access|accesses} may have shown any number of persons ({what})"
    ),
    "set_aside_without_bound": _(
        "{number} {number:record|records} set aside may name any number of persons ({what})"
    ),
    "gaps_without_bound": _(
        "{number} {number:hole|holes} in the logs may hide any number of persons ({what})"
    ),
    "nothing_in_scope": _("no access in scope names this person"),
    "encrypted_only": _("only encrypted data of this person were shown"),
    "gaps": _("{count} {count:hole|holes} in the logs may hide an access"),
    "records_without_person": _("{records} {records:record|records} shown whose person is not known"),
    "catalogue_signed": _(
        "the catalogue describes what each screen really shows (version {version}, signed by {signer})"
    ),
    "catalogue_unsigned": _(
        "the catalogue describes what each screen really shows (version {version}, unsigned)"
    ),
    "source_whole": _("the logs of “{source}” are whole over the period and {custody}"),
    "suspects_complete": _("no access was illegitimate besides those examined"),
    "window": _("the period examined runs from {from} to {until}"),
    "events_examined": _("{events} {events:access|accesses} examined, in {sources}"),
}

ONE: Final = {
    "rules_unsigned": _("one rule of the catalogue is signed by nobody"),
    "events_in_scope": _("one access examined"),
    "unresolved": _("one access not resolved, from {from} to {until}"),
    "uncovered": _("one access that no rule describes, from {from} to {until}"),
    "reachable": _("one access that may have shown it, from {from} to {until}"),
    "set_aside": _("one record set aside that may hold an access"),
    "gap": _("a hole in the logs"),
    "exceptions": _("an exception"),
    "unknown_origin": _("one access to a record of unknown origin, from {from} to {until}"),
    "unknown_outcome": _("one change whose outcome is not known, from {from} to {until}"),
    "unnamed_change": _("one change of a record that the log does not name, from {from} to {until}"),
    "accesses_uncovered": _(
        "one access is described by no rule of the catalogue ({share} of those in scope)"
    ),
    "verdicts_opposed": _(
        "one access has two opposite verdicts of the same weight "
        "({verdict}, {other_verdict}; account {account})"
    ),
    "replay_contradicted": _(
        "one access was run again and does not agree with what the log counts ({counted})"
    ),
    "small_groups": _(
        "one statement gave totals of fewer than 11 persons: they may tell of one, and are in no count"
    ),
    "witnesses_contradict": _(
        "the logs contradict one another on one act ({disagreement}): the higher reading counts"
    ),
    "witnesses_out_of_scope": _(
        "one act in scope is told by another log too, where no suspect's selector reaches it"
    ),
    "hours_told_twice": _(
        "one access of a local hour that happened twice is in scope by one of two readings only: "
        "it counts in the ceiling"
    ),
    "unresolved_without_bound": _("one access may have shown any number of persons ({what})"),
    "set_aside_without_bound": _("one record set aside may name any number of persons ({what})"),
    "gaps_without_bound": _("one hole in the logs may hide any number of persons ({what})"),
    "gaps": _("one hole in the logs may hide an access"),
    "records_without_person": _("one record shown whose person is not known"),
    "events_examined": _("one access examined, in {sources}"),
}
"""The same of one, by the code."""

COUNTED: Final = ("count", "number", "events", "acts", "records")
"""The values that a sentence of `ONE` counts by."""


def coded_sentence(code: str, values: Mapping[str, Any]) -> str | None:
    """The sentence of a code, in the number that its values say; None where none is written."""
    is_one = next((values[name] for name in COUNTED if name in values), None) == 1
    return ONE.get(code) if is_one and code in ONE else CODED.get(code)
