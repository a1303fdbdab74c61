# SPDX-License-Identifier: Apache-2.0
"""The tables of notification: whom to inform and by which way, and the notices that were released."""

from __future__ import annotations

from tocsin.core.tables.table import INSTANT, INTEGER, TEXT, TEXTS, Layout, Table, clear, identity, local_id

RECIPIENTS = Table(
    name="recipients",
    grain="one person to inform",
    columns=(
        clear("person_id", INTEGER, "the person, as in `persons`; below zero: the holder of an account"),
        clear("registry", TEXT, "the registry of the row whose contact is used"),
        local_id("person", TEXT, "its local id; null when nobody's contact is used"),
        clear("addressee", TEXT, "person, or representative"),
        clear(
            "kind", TEXT, "person; professional: of a registry of theirs; account: whoever holds a stolen one"
        ),
        clear("channel", TEXT, "email, post or sms; none: no way to reach them; suppressed: by a rule"),
        clear("reason", TEXT, "why this way"),
        clear("rule", TEXT, "the rule of case.toml that suppresses; null for none"),
        clear("faults", TEXTS, "what is wrong with the contact data"),
        clear("mailboxes", INTEGER, "distinct usable e-mail addresses; one is used"),
        clear("mailbox_persons", INTEGER, "persons to inform who share the e-mail address"),
        clear("controllers", TEXTS, "through whom the person is known"),
        clear("facts", TEXT, "SHA-256 of what was shown of them: another one calls for another notice"),
        clear("categories", TEXTS, "what was shown, in order of name"),
        clear("certainties", TEXTS, "how sure each is, side by side with the categories"),
        clear("days", TEXTS, "first and last day of it, as the case's zone has them"),
        identity("name", TEXT, "of the person, as it is written to"),
        identity("email", TEXT, "the mailbox, when it can be used"),
        identity("lines", TEXTS, "up to six lines of 38 characters (NF Z 10-011), when there is an address"),
        identity("phone", TEXT, "a mobile number (E.164), when text messages are used and there is one"),
    ),
    key=("person_id",),
    layout=Layout.PARTS,
)

WITHDRAWN = Table(
    name="withdrawn",
    grain="one person who was told, and is no longer to inform",
    columns=RECIPIENTS.columns,
    key=("person_id",),
    layout=Layout.PARTS,
)

NOTICES = Table(
    name="notices",
    grain="one person and wave: the notice as it was released",
    columns=(
        clear("wave", INTEGER, "1 is first"),
        clear("person_id", INTEGER, "the person"),
        clear("kind", TEXT, "as in `recipients`"),
        clear("channel", TEXT, "email, post, sms, none or suppressed"),
        clear("reason", TEXT, "why this way"),
        clear("why", TEXT, "new, or what calls for another notice: see `tocsin notify CASE release`"),
        clear("answer", INTEGER, "the last answer of the person that it takes account of; null for none"),
        clear("facts", TEXT, "SHA-256 of what was shown of them at release"),
        clear("categories", TEXTS, "what was shown, as released"),
        clear("certainties", TEXTS, "how sure each was"),
        clear("days", TEXTS, "first and last day of it"),
        identity("code", TEXT, "what the notice is verified by: 75 random bits and a check character"),
        clear("message_id", TEXT, "random; stands in the e-mail's headers and in the relay's log"),
    ),
    key=("wave", "person_id"),
    layout=Layout.PARTS,
)

ANSWERS = Table(
    name="answers",
    grain="one answer of a person, or of somebody about them, to a notice",
    columns=(
        clear("number", INTEGER, "1 is first; it stands for the answer in the journal"),
        clear("person_id", INTEGER, "whom the notice was about"),
        clear("answer", TEXT, "not_me, moved, guardian, deceased, do_not_write or wants_list"),
        clear("given_at", INSTANT, "when it was given"),
        clear("taken_by", TEXT, "who took it"),
        clear("origin", TEXT, "person, relative or carrier"),
        clear("wave", INTEGER, "the last wave released before it was taken in; 0 for none"),
        identity("holder", TEXT, "to whom to write from now on, when it is somebody else"),
        identity("email", TEXT, "the new mailbox"),
        identity("address", TEXT, "the new address"),
        identity("digest", TEXT, "SHA-256 of the row: the same row is taken in once"),
    ),
    key=("number",),
)

NOTIFY_TABLES = (RECIPIENTS, WITHDRAWN, NOTICES, ANSWERS)
