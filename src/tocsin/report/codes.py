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
    "key_twice": _("with a key written twice"),
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
