# SPDX-License-Identifier: Apache-2.0
"""The tables of what came from outside: samples of what was taken, and whom they hold."""

from __future__ import annotations

from tocsin.core.tables.table import INTEGER, TEXT, YES_NO, Layout, Table, clear

SAMPLES = Table(
    name="samples",
    grain="one sample from outside that was matched",
    columns=(
        clear("sample", TEXT, "SHA-256 of the file"),
        clear("rows", INTEGER, "rows in it"),
        clear("identified_rows", INTEGER, "rows whose person is known"),
        clear("ambiguous_rows", INTEGER, "rows that fit several persons"),
        clear("persons", INTEGER, "distinct persons"),
        clear("shown", INTEGER, "of these, those whom an access in scope shows"),
        clear("elsewhere", INTEGER, "of the others, those whom an access outside the scope names"),
        clear("exceeds", YES_NO, "it holds persons or kinds of data that the logs do not explain"),
    ),
    key=("sample",),
)

SAMPLE_PERSONS = Table(
    name="sample_persons",
    grain="one sample and person whom it holds",
    columns=(
        clear("sample", TEXT, "SHA-256 of the file"),
        clear("person_id", INTEGER, "the person, as in `persons`"),
        clear("row", INTEGER, "the first row that holds it, from 1"),
        clear("key", TEXT, "local_id, record, ins, nir_birth or name_birth: what found it"),
        clear("count_in", TEXT, "the narrowest count that an access in scope puts it in; null for none"),
        clear("elsewhere", YES_NO, "an access outside the scope names it"),
    ),
    key=("sample", "person_id"),
    layout=Layout.PARTS,
)

OUTSIDE_TABLES = (SAMPLES, SAMPLE_PERSONS)
