# SPDX-License-Identifier: Apache-2.0
"""The tables of notification: whom to inform and by which way, and the notices that were released."""

from __future__ import annotations

from tocsin.core.tables.table import INTEGER, TEXT, TEXTS, Layout, Table, clear, identity, local_id

RECIPIENTS = Table(
    name="recipients",
    grain="one person to inform",
    columns=(
        clear("person_id", INTEGER, "the person, as in `persons`"),
        clear("registry", TEXT, "the registry of the row whose contact is used"),
        local_id("person", TEXT, "its local id; null when nobody's contact is used"),
        clear("addressee", TEXT, "person, or representative"),
        clear("channel", TEXT, "email or post; none: no way to reach them; suppressed: by a rule"),
        clear("reason", TEXT, "why this way"),
        clear("rule", TEXT, "the rule of case.toml that suppresses; null for none"),
        clear("faults", TEXTS, "what is wrong with the contact data"),
        clear("mailboxes", INTEGER, "distinct usable e-mail addresses; one is used"),
        clear("mailbox_persons", INTEGER, "persons to inform who share the e-mail address"),
        clear("controllers", TEXTS, "through whom the person is known"),
        clear("facts", TEXT, "SHA-256 of what was shown of them: another one calls for another notice"),
        identity("name", TEXT, "of the person, as it is written to"),
        identity("email", TEXT, "the mailbox, when it can be used"),
        identity("lines", TEXTS, "up to six lines of 38 characters (NF Z 10-011), when there is an address"),
    ),
    key=("person_id",),
    layout=Layout.PARTS,
)

NOTICES = Table(
    name="notices",
    grain="one person and wave: the notice as it was released",
    columns=(
        clear("wave", INTEGER, "1 is first"),
        clear("person_id", INTEGER, "the person"),
        clear("channel", TEXT, "email, post, none or suppressed"),
        clear("reason", TEXT, "why this way"),
        clear("facts", TEXT, "SHA-256 of what was shown of them at release"),
        identity("code", TEXT, "what the notice is verified by: 75 random bits and a check character"),
        clear("message_id", TEXT, "random; stands in the e-mail's headers and in the relay's log"),
    ),
    key=("wave", "person_id"),
    layout=Layout.PARTS,
)

NOTIFY_TABLES = (RECIPIENTS, NOTICES)
