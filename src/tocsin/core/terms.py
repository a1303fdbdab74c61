# SPDX-License-Identifier: Apache-2.0
"""Closed vocabularies. A word that is not here is not used in a table or a report.

Order matters where it is said to: `Certainty` and `CountIn` go from strongest to weakest.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """What an account asked a system to do."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    SEARCH = "search"
    READ = "read"
    LIST = "list"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    SHARE = "share"
    ADMIN = "admin"
    OTHER = "other"


SIGN_ACTIONS = (Action.LOGIN, Action.LOGIN_FAILED, Action.LOGOUT)
CHANGE_ACTIONS = (Action.CREATE, Action.UPDATE, Action.DELETE)
LEAVING_ACTIONS = (Action.DOWNLOAD, Action.EXPORT)


class Outcome(StrEnum):
    """Whether the system did it."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What is held of an act: by a person, or proposed for a person to decide."""

    ILLEGITIMATE = "illegitimate"
    DOUBTFUL = "doubtful"
    LEGITIMATE = "legitimate"


LIKELY = 0.8
"""From this probability on an act is told as likely another's than the account's owner."""


class Origin(StrEnum):
    """Where a verdict comes from, strongest first."""

    DECIDED = "decided"
    ANSWER = "answer"
    KNOWN = "known"
    PROPOSED = "proposed"


class Certainty(StrEnum):
    """How sure it is that a person's data were shown, strongest first (EDPB mapping in the glossary)."""

    TAKEN = "taken"
    SHOWN = "shown"
    RECONSTRUCTED = "reconstructed"
    REACHABLE = "reachable"
    UNASSESSABLE = "unassessable"
    EXCLUDED = "excluded"


class CountIn(StrEnum):
    """The narrowest count that a disclosure enters."""

    FLOOR = "floor"
    BEST = "best"
    CEILING = "ceiling"


class Protection(StrEnum):
    """In what form the data were shown."""

    CLEAR = "clear"
    ENCRYPTED = "encrypted"
    PSEUDONYMISED = "pseudonymised"


class Custody(StrEnum):
    """Who could have altered a source: nothing is proven on `attacker-reachable` alone."""

    OUTSIDE = "outside"
    SAME_HOST = "same-host"
    ATTACKER_REACHABLE = "attacker-reachable"


class Grade(StrEnum):
    """What a claim is worth."""

    PROVEN = "proven"
    NOT_OBSERVED = "not_observed"
    CONTRADICTED = "contradicted"
    UNASSESSABLE = "unassessable"


class Sensitivity(StrEnum):
    """Who may read a column once the case is sealed."""

    CLEAR = "clear"
    LOCAL_ID = "local_id"
    IDENTITY = "identity"


class NonEvent(StrEnum):
    """Why a record is declared not to be an event."""

    BLANK = "blank"
    COMMENT = "comment"
    HEADER = "header"
    SKIP_RULE = "skip_rule"
    NOT_AUDIT_RESOURCE = "not_audit_resource"
    HEARTBEAT = "heartbeat"
    DUPLICATE_RECORD = "duplicate_record"


class NothingShown(StrEnum):
    """Why an event in scope showed nothing."""

    LOGIN = "login"
    LOGOUT = "logout"
    FAILURE = "failure"
    RETRY = "retry"
    RULE = "rule"
    EMPTY = "empty"
    WITNESS = "witness"
    AGGREGATE = "aggregate"


class Category(StrEnum):
    """What kind of data about a person; each maps to the CNIL and EDPB lists in the reference."""

    IDENTITY_NAME = "identity.name"
    IDENTITY_SEX = "identity.sex"
    IDENTITY_BIRTH_DATE = "identity.birth_date"
    IDENTITY_AGE = "identity.age"
    IDENTITY_BIRTH_PLACE = "identity.birth_place"
    ID_NIR = "id.nir"
    ID_INS = "id.ins"
    ID_LOCAL = "id.local"
    ID_DOCUMENT = "id.document"
    CONTACT_PHONE = "contact.phone"
    CONTACT_EMAIL = "contact.email"
    CONTACT_ADDRESS = "contact.address"
    INSURANCE_INSURER = "insurance.insurer"
    INSURANCE_CONTRACT = "insurance.contract"
    INSURANCE_RIGHTS = "insurance.rights"
    REIMBURSEMENT_OPTICAL = "reimbursement.optical"
    REIMBURSEMENT_DENTAL = "reimbursement.dental"
    REIMBURSEMENT_OTHER = "reimbursement.other"
    HEALTH_VISUAL_CORRECTION = "health.visual_correction"
    HEALTH_RESULT = "health.result"
    HEALTH_PRESCRIPTION = "health.prescription"
    HEALTH_DOCUMENT = "health.document"
    HEALTH_RECORD = "health.record"
    HEALTH_REASON = "health.reason"
    HEALTH_SPECIALTY = "health.specialty"
    HEALTH_MEMBERSHIP = "health.membership"
    APPOINTMENT_DATE = "appointment.date"
    PROFESSIONAL_NAME = "professional.name"
    PROFESSIONAL_SPECIALTY = "professional.specialty"
    PROFESSIONAL_CONTACT = "professional.contact"
    PROFESSIONAL_ID = "professional.id"
    FINANCE_BANK = "finance.bank"
    FINANCE_INCOME = "finance.income"
    CREDENTIAL_LOGIN = "credential.login"
    CREDENTIAL_PASSWORD = "credential.password"  # noqa: S105  # a category, not a secret
    LOCATION_POSITION = "location.position"
    OTHER = "other"
    UNDETERMINED = "undetermined"
