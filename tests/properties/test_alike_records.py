# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike become the events that the parser and the one statement make of each."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tocsin.ingest import alike
from tocsin.ingest.alike import AlikeRecords, spellers_of
from tocsin.ingest.alike_meaning import Meaning, rows_of
from tocsin.ingest.extract import Read, extract, read_rows
from tocsin.ingest.formats.atna_audit_message import AtnaAuditMessage
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.interface import RECORDS, Extraction, LogFormat, ReadOptions
from tocsin.ingest.read import xml_spellings
from tocsin.ingest.read.spellings import Alike
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.engine import Engine

Values = dict[str, str]

WORDS = st.sampled_from(
    [
        *("7", "12", "dr.martin", "a b", "é", "O'Brien", "text", "participant", "agent", "Patient", "rpps"),
        *("", "0", "true", "a&amp;b", "&#65;", "&a;", "a<b", "a>b", "a\\n", "a\tb", "\x85", "x" * 300, "%41"),
    ]
)
TIMES = st.sampled_from(
    [
        *("2024-06-11T09:00:00Z", "2024-06-11T09:00:01.5Z", "2024-06-11T11:00:02.123456+02:00"),
        *("2024-06-11T09:01:03Z", "2024-06-11T09:00:04.1234567Z", "2024-02-30T09:00:00Z"),
        *("2024-06-11T09:00:05", "2024-06-11", "", "2024-06-11T10:00:00Z", "2024-06-11T09:00:60Z"),
        *("2024-06-11T24:00:00Z", "2024-06-11T09:00:06+14:00", "-"),
    ]
)
ADDRESSES = st.sampled_from(
    [
        "10.0.0.1",
        "10.0.0.2",
        "192.168.100.100",
        "999.1.1.1",
        "10.0.0.1:80",
        "2001:db8::1",
        "host-1",
        "",
        "1.2",
    ]
)
IDS = st.sampled_from(
    [
        *("7", "12", "a-b.c", "7^^^&amp;1.2&amp;ISO", "12^^^&amp;1.2&amp;ISO", "12^^^&amp;1.3&amp;ISO"),
        *("7~8^^^", "7^x", "Patient/7", "Patient/12", "http://h/Patient/12", "Patient/12/_history/3"),
        *("Group/12", "#c", "", "/", "^", "urn:uuid:12", "Practitioner/7", "a b", "é", "text", "7&#94;^^"),
    ]
)
SLOTS = {
    "when": TIMES,
    "at": TIMES,
    "process": st.sampled_from(["1", "4711", "-", "a/b", "é"]),
    "who": WORDS,
    "name": WORDS,
    "net": ADDRESSES,
    "person": IDS,
    "thing": IDS,
    "more": WORDS,
}
PLAIN = {
    "when": "2024-06-11T09:00:00Z",
    "at": "2024-06-11T09:00:00Z",
    "process": "1",
    "who": "dr.martin",
    "name": "a b",
    "net": "10.0.0.1",
    "person": "7",
    "thing": "12",
    "more": "x",
}
HEADS = st.sampled_from(
    [
        "<85>1 {when} host tag {process} m - ",
        '<85>1 {when} host tag {process} m [a b="{more}"] ',
        '<85>1 {when} host tag {process} m - <?xml version="1.0" encoding="UTF-8"?>',
        "<85>1 {when} h ",
        "<85>Jun 11 09:00:07 host tag[{process}]: ",
        "<85>{when} host tag: ",
        '<!-- "{more}" -->',
        "",
    ]
)
USUAL_MESSAGE = (
    '<AuditMessage><EventIdentification EventActionCode="R" EventDateTime="{at}" EventOutcomeIndicator="0">'
    '<EventID csd-code="110110" codeSystemName="DCM"/></EventIdentification>'
    '<ActiveParticipant UserID="{who}" UserName="{name}" UserIsRequestor="true" '
    'NetworkAccessPointID="{net}" NetworkAccessPointTypeCode="2"/>'
    '<ParticipantObjectIdentification ParticipantObjectID="{person}" ParticipantObjectTypeCode="1" '
    'ParticipantObjectTypeCodeRole="1"/>{other}</AuditMessage>'
)
UNUSUAL_MESSAGE = (
    "<m:AuditMessage xmlns:m='x'><m:EventIdentification EventOutcomeIndicator='4' EventDateTime=\"{at}\"/>"
    '<m:ActiveParticipant NetworkAccessPointID="{net}" AlternativeUserID="{name}" UserID=\'{who}\'/>{other}'
    '<m:ParticipantObjectIdentification ParticipantObjectTypeCodeRole="1" ParticipantObjectID="{person}">'
    '<m:ParticipantObjectDetail type="t" value="{more}"/></m:ParticipantObjectIdentification>'
    "</m:AuditMessage>"
)
OBJECT = '<ParticipantObjectIdentification ParticipantObjectID="{thing}" ParticipantObjectTypeCode'
MACHINE = '<ActiveParticipant UserID="{more}" UserIsRequestor="false"><RoleIDCode csd-code="110153"/>'
OTHERS = st.sampled_from(
    [
        "",
        OBJECT + '="2"/>',
        OBJECT + 'Role="1"/>',
        MACHINE + "</ActiveParticipant>",
        '<!-- "{more}" -->',
        '<![CDATA["{more}"]]>',
        '<x a="{more}" a="b"/>',
        '<x a="{more}',
        '<?p "{more}"?>',
    ]
)
USUAL_EVENT = (
    '<AuditEvent xmlns="http://hl7.org/fhir"><id value="{more}"/><type><code value="rest"/></type>'
    '<action value="R"/><recorded value="{at}"/><outcome value="0"/><agent><who><identifier>'
    '<value value="{who}"/></identifier><display value="{name}"/></who><requestor value="true"/>'
    '<network><address value="{net}"/><type value="2"/></network></agent>{other}'
    '<entity><what><reference value="{person}"/></what><role><code value="1"/></role></entity></AuditEvent>'
)
UNUSUAL_EVENT = (
    '<f:AuditEvent xmlns:f="http://hl7.org/fhir"><f:occurredDateTime value="{when}"/>'
    '<f:recorded value="{at}"/><f:patient><f:reference value="{person}"/></f:patient>'
    '<f:agent><f:who><f:reference value="{thing}"/></f:who><f:altId value="{who}"/>'
    '<f:requestor value="true"/><f:networkString value="{net}"/></f:agent>{other}</f:AuditEvent>'
)
IDENTIFIED = (
    '<entity><what><identifier><value value="{thing}"/></identifier></what><role><code value="1"/></role>'
)
CONTAINED = '<contained><Patient><id value="c"/><identifier><value value="{more}"/></identifier></Patient>'
ENTITIES = st.sampled_from(
    [
        "",
        '<entity><what><reference value="{thing}"/></what><name value="{more}"/></entity>',
        IDENTIFIED + "</entity>",
        '<entity><query value="{more}"/></entity>',
        CONTAINED + "</contained>",
        '<text><div title="{more}"/></text>',
        '<participant><userId><value value="{more}"/></userId></participant>',
        '<!-- "{more}" -->',
    ]
)


class Ways:
    """A format, read both ways by one engine."""

    def __init__(self, form: LogFormat, engine: Engine) -> None:
        self.form = form
        self.engine = engine
        self.extraction = form.extraction(ReadOptions())
        self.usual = 0

    def check(self, texts: list[str]) -> int:
        """Both must say the same; returns how many records went the quick way."""
        records = records_of(texts)
        wanted = extract(self.engine, self.extraction, self.form.convert(records))
        self.usual = 0
        quick = quick_way(self, self._counted)
        found = extract(self.engine, self.extraction, records, quick.read)
        assert found.schema.equals(wanted.schema)
        assert found.to_pylist() == wanted.to_pylist()
        return len(texts) - self.usual

    def _counted(self, engine: Engine, extraction: Extraction, records: pa.Table) -> pa.Table:
        self.usual = records.num_rows
        return read_rows(engine, extraction, records)


def quick_way(ways: Ways, read: Read) -> AlikeRecords:
    assert ways.form.free is not None
    return AlikeRecords(ways.form, ways.extraction, spellers_of(ways.form.free, ways.extraction), read)


def records_of(texts: list[str]) -> pa.Table:
    places = pa.array(range(1000, 1000 + len(texts)), pa.int64())
    columns = [pa.array(texts, pa.string_view()), places, places, pa.array([0] * len(texts), pa.int64())]
    return pa.Table.from_arrays([*columns, pa.nulls(len(texts), pa.string())], schema=RECORDS)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="256MiB", threads=1) as found:
        yield found


@pytest.fixture(scope="module")
def atna(engine: Engine) -> Ways:
    return Ways(AtnaAuditMessage(), engine)


@pytest.fixture(scope="module")
def fhir(engine: Engine) -> Ways:
    return Ways(FhirAuditEvent(), engine)


@pytest.fixture
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_spellings, "FEWEST", 2)


@st.composite
def records(draw: st.DrawFn, *shapes: st.SearchStrategy[str]) -> list[str]:
    """Of some shapes, each with values that differ in a few places."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        head, body, other = (draw(shape) for shape in shapes)
        shape = head + body.replace("{other}", other)
        for _ in range(draw(st.integers(2, 5))):
            slots = draw(st.sets(st.sampled_from(sorted(SLOTS)), max_size=4))
            found.append(shape.format_map(PLAIN | {slot: draw(SLOTS[slot]) for slot in sorted(slots)}))
    return draw(st.permutations(found))


SETTINGS = settings(
    max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.usefixtures("_few_are_enough")
@given(texts=records(HEADS, st.sampled_from([USUAL_MESSAGE, UNUSUAL_MESSAGE]), OTHERS))
@SETTINGS
def test_messages_become_the_same_events_when_they_are_read_together(atna: Ways, texts: list[str]) -> None:
    atna.check(texts)


@pytest.mark.usefixtures("_few_are_enough")
@given(texts=records(st.just(""), st.sampled_from([USUAL_EVENT, UNUSUAL_EVENT]), ENTITIES))
@SETTINGS
def test_audit_events_become_the_same_events_when_they_are_read_together(
    fhir: Ways, texts: list[str]
) -> None:
    fhir.check(texts)


MESSAGE = (
    '<85>1 {when} host tag {process} m - <AuditMessage><EventIdentification EventActionCode="R" '
    'EventDateTime="{at}" EventOutcomeIndicator="0"/>'
    '<ActiveParticipant UserID="{who}" UserIsRequestor="true"/>'
    '<ParticipantObjectIdentification ParticipantObjectID="{person}" ParticipantObjectTypeCode="1" '
    'ParticipantObjectTypeCodeRole="1"/></AuditMessage>'
)


def messages(count: int, **values: str) -> list[str]:
    return [
        MESSAGE.format_map(
            PLAIN
            | {
                "when": f"2024-06-11T09:00:{at % 60:02d}Z",
                "person": f"{at}^^^&amp;1.2&amp;ISO",
                "who": f"u{at}",
            }
            | values
        )
        for at in range(count)
    ]


def test_most_of_what_a_system_writes_is_read_together(atna: Ways) -> None:
    asked_for_a_spelling = 2 + 4
    assert atna.check(messages(200)) >= 200 - asked_for_a_spelling
    assert atna.check([*messages(200), MESSAGE[:90], *messages(9)]) == 209


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("a clock that disagrees", {"when": "2024-06-11T09:30:00Z"}),
        ("a clock that disagrees by less", {"when": "2024-06-11T09:04:59Z"}),
        ("a time without a zone", {"at": "2024-06-11T09:00:00"}),
        ("a day that does not exist", {"at": "2024-02-30T09:00:00Z"}),
        ("a fraction of nine digits", {"at": "2024-06-11T09:00:00.123456789Z"}),
        ("a reference", {"person": "Patient/7"}),
        ("several identifiers in one", {"person": "7^^^&amp;1.2&amp;ISO~8^^^&amp;1.3&amp;ISO"}),
        ("no account", {"who": ""}),
        ("a character reference", {"who": "&#x41;"}),
        ("an entity that nobody declared", {"who": "&who;"}),
        ("a tab in a value", {"who": "a\tb"}),
        ("a quote too many", {"who": 'a" b="c'}),
        ("an attribute twice", {"who": 'a" UserID="b'}),
        ("a comment", {"process": '1 <!-- "x" -->'}),
    ],
)
def test_odd_records_stay_what_they_are_when_they_stand_among_others(
    atna: Ways, name: str, odd: dict[str, str]
) -> None:
    del name
    many = messages(100)
    few = messages(2, **odd)
    assert atna.check([*many[:50], few[0], *many[50:], few[1]]) >= 90
    atna.check([*messages(100, **odd), *few])


def test_time_that_is_spelt_alike_in_all_is_compared_with_each_other_time(atna: Ways) -> None:
    head = "<85>2024-06-11T09:00:00Z host tag: "
    body = MESSAGE[MESSAGE.index("<AuditMessage>") :]
    texts = [
        head
        + body.format_map(
            PLAIN | {"at": f"2024-06-11T{'10' if at % 90 in (0, 89) else '09'}:00:00Z", "who": f"u{at}"}
        )
        for at in range(180)
    ]
    atna.check(texts)


def test_nothing_is_read_together_when_a_cutter_doubts_it(atna: Ways) -> None:
    records = records_of(messages(100))
    marked = records.set_column(4, "mark", pa.array(["dtd"] * 100, pa.string()))
    rows = extract(atna.engine, atna.extraction, marked, quick_way(atna, read_rows).read)
    assert set(rows.column("reason").to_pylist()) == {"dtd"}


def test_tables_are_the_same_bytes_when_records_are_read_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = {"when": "2024-10-27T00:30:00Z", "at": "2024-10-27T02:30:00"}
    log = tmp_path / "audit.log"
    log.write_text("\n".join([*messages(150), *messages(80, **twice), *messages(150)]) + "\n", "utf-8")
    filled: list[int] = []

    def listed(records: pa.Table, one: Alike, meanings: list[Meaning]) -> pa.Table:
        filled.append(len(one.rows))
        return rows_of(records, one, meanings)

    monkeypatch.setattr(alike, "rows_of", listed)
    together = digests(tmp_path / "together", log)
    assert sum(filled) >= 300
    monkeypatch.setattr(AtnaAuditMessage, "free", None)
    assert digests(tmp_path / "one by one", log) == together


def digests(folder: Path, log: Path) -> list[tuple[str, str]]:
    """Of a new case's events and their accounting, ingested from this log."""
    folder.mkdir()
    source = f'name = "log"\npaths = ["{log}"]\nformat = "atna-audit-message"\nzone = "Europe/Paris"\n'
    (folder / "case.toml").write_text(f'[case]\nid = "alike"\n\n[[sources]]\n{source}', "utf-8")
    with Case(folder, by="tests") as case:
        assert run(case).records == 380
    files = sorted((folder / "tables").rglob("*.parquet"))
    return [(str(path.relative_to(folder)), sha256(path.read_bytes()).hexdigest()) for path in files]
