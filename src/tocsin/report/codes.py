# SPDX-License-Identifier: Apache-2.0
"""One literal table per vocabulary: a code of `core.terms` or of a stage, and the words people understand.

A code that is not here (a plug-in's own reason, a record's name) is shown as it is by `phrases`.
"""

from __future__ import annotations

from typing import Final

from tocsin.core.words import _

CATEGORIES: Final = {
    "identity.name": _("surname and given names"),
    "identity.sex": _("sex"),
    "identity.birth_date": _("date of birth"),
    "identity.age": _("age"),
    "identity.birth_place": _("place of birth"),
    "id.nir": _("social security number (NIR)"),
    "id.ins": _("national health identity (INS)"),
    "id.local": _("local file number"),
    "id.document": _("identity document"),
    "contact.phone": _("telephone"),
    "contact.email": _("e-mail address"),
    "contact.address": _("postal address"),
    "insurance.insurer": _("health insurer"),
    "insurance.contract": _("insurance contract"),
    "insurance.rights": _("rights and guarantees"),
    "reimbursement.optical": _("optical reimbursements"),
    "reimbursement.dental": _("dental reimbursements"),
    "reimbursement.other": _("other reimbursements"),
    "health.visual_correction": _("visual correction"),
    "health.result": _("test results"),
    "health.prescription": _("prescriptions"),
    "health.document": _("health documents"),
    "health.record": _("medical record"),
    "health.reason": _("reason for the visit"),
    "health.specialty": _("specialty consulted"),
    "health.membership": _("being in this base"),
    "appointment.date": _("date of the appointment"),
    "professional.name": _("name of the professional"),
    "professional.specialty": _("specialty of the professional"),
    "professional.contact": _("contact details of the professional"),
    "professional.id": _("identifier of the professional"),
    "finance.bank": _("bank details"),
    "finance.income": _("income"),
    "credential.login": _("login"),
    "credential.password": _("password"),
    "location.position": _("geographical position"),
    "other": _("other data"),
    "undetermined": _("data not determined (no rule describes this access)"),
}

PROTECTIONS: Final = {
    "clear": _("in clear"),
    "encrypted": _("encrypted"),
    "pseudonymised": _("pseudonymised"),
}

VERDICTS: Final = {
    "illegitimate": _("illegitimate"),
    "doubtful": _("doubtful"),
    "legitimate": _("legitimate"),
}

ORIGINS: Final = {
    "decided": _("decided by a person"),
    "answer": _("answered by the professional"),
    "known": _("known from the start"),
    "proposed": _("proposed, to be decided"),
}

CERTAINTIES: Final = {
    "taken": _("taken"),
    "shown": _("shown"),
    "reconstructed": _("reconstructed"),
    "reachable": _("reachable"),
    "unassessable": _("cannot be assessed"),
    "excluded": _("excluded"),
}

CERTAINTY_MEANINGS: Final = {
    "taken": _("the reply or the file that holds this person's data left"),
    "shown": _("the logs hold an access to this very person"),
    "reconstructed": _("the person is in the result of a search, query or file, replayed as of that moment"),
    "reachable": _("within the account's rights, or tied for a place in a list; no trace of an access"),
    "unassessable": _("the logs are missing or cannot be trusted"),
    "excluded": _("the logs are complete and hold no access"),
}

COUNTED_IN: Final = {
    "taken": _("from the floor on"),
    "shown": _("from the floor on"),
    "reconstructed": _("from the estimate on"),
    "reachable": _("in the ceiling only"),
    "unassessable": _("in the ceiling only"),
    "excluded": _("in no count"),
}

NOTHING_SHOWN: Final = {
    "login": _("sign-in"),
    "logout": _("sign-out"),
    "failure": _("refused or failed"),
    "retry": _("repetition of an access already counted"),
    "rule": _("screen that shows no one's data"),
    "empty": _("search that found nobody"),
    "witness": _("the same act is told by another log"),
    "aggregate": _("statement that gave only totals"),
}

UNRESOLVED: Final = {
    "no_rule": _("access that no rule of the catalogue describes"),
    "past_unknown": _("search of a time of which not all rows are known"),
    "missing_parameter": _("search whose criteria are not all in the log"),
    "file_ambiguous": _("file of which several copies can be meant"),
    "file_changed": _("file changed since it was fetched"),
    "file_unreadable": _("file whose copy cannot be read"),
    "unknown_content": _("file whose content is not known"),
    "bad_parameter": _("statement or search with a value that cannot be read"),
    "statement_missing": _("statement that the log does not have"),
    "statement_cut": _("statement that the log has only in part"),
    "sql_not_parsed": _("statement that cannot be read"),
    "sql_not_run": _("statement that cannot be run again"),
    "table_unknown": _("statement on a table that the catalogue does not know"),
    "column_unknown": _("statement on a column that the catalogue does not know"),
    "function_unknown": _("statement with a function that is not known"),
    "clause_unknown": _("statement with a clause that is not run again"),
    "ciphertext": _("statement that chooses by an encrypted column"),
    "nested_limit": _("statement that chooses by a part of a list"),
    "not_a_query": _("statement that is no query"),
    "partly_told": _("access that may have shown more persons than those told"),
}

NON_EVENTS: Final = {
    "blank": _("blank lines"),
    "comment": _("comments"),
    "header": _("headers"),
    "skip_rule": _("skipped by a rule of the mapping"),
    "not_audit_resource": _("resources that are not audit events"),
    "heartbeat": _("heartbeats"),
    "duplicate_record": _("records written twice"),
}

SET_ASIDE: Final = {
    "broken": _("cut or unreadable"),
    "no_time": _("without a time"),
    "no_zone": _("without a time zone"),
    "no_such_time": _("at a local time that the clocks skipped"),
}

CUSTODIES: Final = {
    "outside": _("kept outside the system attacked"),
    "same-host": _("kept on the system itself"),
    "attacker-reachable": _("within the attacker's reach"),
}

GRADES: Final = {
    "proven": _("Proven"),
    "not_observed": _("Not observed"),
    "contradicted": _("Contradicted"),
    "unassessable": _("Cannot be assessed"),
}

GRADE_MEANINGS: Final = {
    "proven": _("complete logs hold no exception, as long as the hypotheses hold"),
    "not_observed": _("nothing contradicts it, but what it rests on is too weak to prove it"),
    "contradicted": _("at least one access or change says the opposite"),
    "unassessable": _("something that could not be read or resolved might hold an exception"),
}

CEILING_PARTS: Final = {
    "named": _("named by the accesses"),
    "unresolved": _("by the accesses not resolved"),
    "set_aside": _("by the records set aside"),
    "gaps": _("by the holes in the logs"),
    "records_without_person": _("by the records whose person is not known"),
}

CEILING_REASONS: Final = {
    "unresolved": _("an access that could not be resolved may have shown any number of persons"),
    "set_aside": _("a record set aside may name any number of persons"),
    "gap": _("a hole in the logs may hide any number of persons"),
    "gaps": _("a hole in the logs may hide any number of persons"),
    "leak_exceeds_logs": _("a sample from outside holds what no logged access explains"),
}

DECLARED_CERTAINTIES: Final = {
    "exact": _("exact"),
    "approximate": _("approximate"),
    "cannot_be_determined": _("cannot be determined"),
    "to_be_determined": _("to be determined"),
}

BASES: Final = {"floor": _("the floor"), "best": _("the best estimate"), "ceiling": _("the ceiling")}

RECORDS: Final = {
    "appointment": _("appointments"),
    "document": _("documents"),
    "file": _("files"),
    "invoice": _("invoices"),
    "prescription": _("prescriptions"),
    "result": _("test results"),
    "stay": _("stays"),
}

UNITS: Final = {
    "persons": _("persons"),
    "files": _("files"),
    "accounts": _("accounts"),
    "records": _("records"),
}

RUN: Final = {
    "version": _("version of Tocsin"),
    "code": _("digest of the code"),
    "engine": _("calculation engine"),
    "generation": _("generation of the tables"),
    "journal_head": _("head of the journal"),
    "started_at": _("started at"),
    "ended_at": _("ended at"),
    "by": _("run by"),
}

WITNESS_COLUMNS: Final = {
    "account": _("account"),
    "bytes": _("bytes sent"),
    "object": _("what was asked for"),
    "outcome": _("whether it succeeded"),
    "person": _("the person named"),
    "verdict": _("the verdict"),
}

UNJOINED: Final = {
    "reused_request": _("request id used for several acts"),
    "far_apart": _("one request id, more than a day apart"),
    "ambiguous": _("several like it at the same time"),
    "clocks_unknown": _("too few shared acts to compare the clocks"),
}

VALUES_IN_CODE: Final = {
    "category": CATEGORIES,
    "categories": CATEGORIES,
    "custody": CUSTODIES,
    "verdict": VERDICTS,
    "other_verdict": VERDICTS,
    "disagreement": WITNESS_COLUMNS,
    "protection": PROTECTIONS,
    "before": GRADES,
    "after": GRADES,
}
"""What a coded sentence names by code, by the name of the placeholder."""

CODED: Final = {
    "catalogue_true": _(
        "the catalogue (version {version}, signed by {signer}) describes what each screen really shows"
    ),
    "custody_kept": _("nobody altered the logs: {custody}"),
    "window_whole": _("the accesses to examine are all those from {from} to {until}"),
    "rules_unsigned": _("{count} rules of the catalogue are signed by nobody"),
    "custody_weak": _("the attacker could reach the logs of {sources}"),
    "events_in_scope": _("{events} accesses examined"),
    "unresolved": _("{count} accesses not resolved, from {from} to {until}"),
    "uncovered": _("{count} accesses that no rule describes, from {from} to {until}"),
    "reachable": _("{count} accesses that may have shown it, from {from} to {until}"),
    "set_aside": _("{count} records set aside that may hold an access"),
    "gap": _("{count} holes in the logs"),
    "coverage_doubtful": _("{findings} findings of the test “{test}” on {source} in these periods"),
    "signature_only": _("another address or device would go unnoticed"),
    "use_unseen": _("what becomes of the data is seen in no log of the case"),
    "samples_seen": _("{samples} samples found outside match what was shown"),
    "exceptions": _("{count} exceptions"),
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
    "unknown_origin": _("{count} accesses to records of unknown origin, from {from} to {until}"),
    "unknown_outcome": _("{count} changes whose outcome is not known, from {from} to {until}"),
    "unnamed_change": _("{count} changes of records that the log does not name, from {from} to {until}"),
    "accesses_uncovered": _(
        "{events} accesses are described by no rule of the catalogue ({share} of those in scope)"
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
    "answers_awaited": _("{sessions} sessions of {accounts} accounts were asked about; no answer came yet"),
    "sessions_doubtful": _(
        "nobody can say whose {sessions} sessions of {accounts} accounts are ({persons} persons seen): "
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
        "{events} accesses were run again and do not agree with what the log counts ({counted})"
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
        "the logs contradict one another on {acts} acts ({disagreement}): the higher reading counts"
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
    "unresolved_without_bound": _("{number} accesses may have shown any number of persons ({what})"),
    "set_aside_without_bound": _("{number} records set aside may name any number of persons ({what})"),
    "gaps_without_bound": _("{number} holes in the logs may hide any number of persons ({what})"),
    "nothing_in_scope": _("no access in scope names this person"),
    "encrypted_only": _("only encrypted data of this person were shown"),
    "gaps": _("{count} holes in the logs may hide an access"),
    "records_without_person": _("{records} records shown whose person is not known"),
    "catalogue_signed": _(
        "the catalogue describes what each screen really shows (version {version}, signed by {signer})"
    ),
    "catalogue_unsigned": _(
        "the catalogue describes what each screen really shows (version {version}, unsigned)"
    ),
    "source_whole": _("the logs of “{source}” are whole over the period and {custody}"),
    "suspects_complete": _("no access was illegitimate besides those examined"),
    "window": _("the period examined runs from {from} to {until}"),
    "events_examined": _("{events} accesses examined, in {sources}"),
}
"""Sentences that a stage gives as `{"code", "values"}`; any other code is shown with its values."""
