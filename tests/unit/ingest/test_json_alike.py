# SPDX-License-Identifier: Apache-2.0
"""Records that are spelt alike are read as they are one by one: FHIR AuditEvents and mapped JSON lines.

Every case is read twice, by what was learnt from its records and by the statement alone, and compared.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.core.settings import FieldSettings, Mapping
from tocsin.ingest.alike import AlikeRecords
from tocsin.ingest.extract import extract, read_rows
from tocsin.ingest.formats.fhir_audit_event import FhirAuditEvent
from tocsin.ingest.formats.mapped import Mapped
from tocsin.ingest.interface import Extraction, ReadOptions
from tocsin.ingest.read.json_spellings import JsonSpeller
from tocsin.ingest.read.json_templates import Template, path_of, templates_of
from tocsin.ingest.read.lines import LinesCutter
from tocsin.ingest.read.spellings import Free, FreeValues
from tocsin.store.engine import Engine

Row = tuple[object, ...]
Json = dict[str, object]

FHIR = FhirAuditEvent()
NAMES = ("time", "user.id", "role", "ip", "op", "path", "n")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="512MiB", threads=1) as opened:
        yield opened


def event(number: int, **changed: object) -> Json:
    """An event of one template; every value that a system fills differs."""
    made: Json = {
        "resourceType": "AuditEvent",
        "id": f"event-{number}",
        "meta": {"lastUpdated": f"2024-06-11T08:00:{number % 60:02d}Z", "versionId": "1"},
        "type": {"system": "http://dicom.nema.org/resources/ontology/DCM", "code": "110112"},
        "subtype": [{"code": ("read", "search-type", "vread")[number % 3]}],
        "action": "REUC"[number % 4],
        "recorded": f"2024-06-11T{number % 24:02d}:00:00.{number % 1000:03d}+02:00",
        "outcome": "0" if number % 5 else "8",
        "agent": [
            {
                "type": {"coding": [{"code": "humanuser"}]},
                "who": {
                    "reference": f"Practitioner/{number % 7}",
                    "identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{number % 9:08d}"},
                },
                "name": f"Dr Éloïse {number % 6}",
                "requestor": True,
                "network": {"address": f"10.0.{number % 250}.4", "type": "2"},
            },
            {"type": {"coding": [{"code": "110153"}]}, "who": {"display": "portal"}, "requestor": False},
        ],
        "source": {"observer": {"reference": f"Device/{number % 3}"}},
        "entity": [
            {"what": {"reference": f"Patient/p{number % 11}"}, "role": {"code": "1"}},
            {
                "what": {"reference": f"{'Observation' if number % 2 else 'DocumentReference'}/{number}"},
                "detail": [{"type": "n", "valueString": f"note {number}"}],
            },
        ],
    }
    return {**made, **changed}


def texts_of(events: list[Json]) -> list[str]:
    return [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in events]


def records_of(lines: list[str | bytes]) -> pa.Table:
    content = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return pa.Table.from_batches(LinesCutter().cut(iter([content])))


class Learnt:
    """The way of records that are spelt like those it learnt from."""

    def __init__(self, lines: list[str], free: FreeValues = FHIR.free) -> None:
        self.extraction = FHIR.extraction(ReadOptions())
        self.speller = JsonSpeller(free, {"detail": self.extraction.columns["detail"]})
        self.speller.learn(lines)
        self.alike = AlikeRecords(FHIR, self.extraction, [self.speller], read_rows)


def read_both(engine: Engine, learnt: Learnt, lines: list[str | bytes]) -> tuple[pa.Table, pa.Table]:
    """By what was learnt, and by the statement alone."""
    records = records_of(lines)
    quick = extract(engine, learnt.extraction, records, learnt.alike.read)
    return quick, extract(engine, learnt.extraction, FHIR.convert(records))


@pytest.fixture(scope="module")
def usual() -> list[str]:
    return texts_of([event(number) for number in range(400)])


@pytest.fixture(scope="module")
def learnt(usual: list[str]) -> Learnt:
    return Learnt(usual)


def test_events_spelt_alike_are_read_as_one_by_one_when_all_are(
    engine: Engine, usual: list[str], learnt: Learnt
) -> None:
    mine, theirs = read_both(engine, learnt, [*usual])
    assert mine.equals(theirs)
    # All but those of the rarest spellings were read by one of their spelling.
    assert count_told(learnt) > 20


BROKEN: dict[str, str | bytes] = {
    "a key twice": '{"resourceType":"AuditEvent","id":"1","id":"2","recorded":"2024-06-11T08:00:00Z"}',
    "cut in the middle": texts_of([event(5)])[0][:300],
    "not UTF-8": texts_of([event(6)])[0].encode().replace(b"event-6", b"\xff\xfe"),
    "a NUL": texts_of([event(7)])[0].replace("event-7", "a\x00b"),
    "an escape": texts_of([event(8)])[0].replace("event-8", r"\u0041\"x"),
    "nested deeply": '{"a":' * 3_000 + "1" + "}" * 3_000,
    "a huge number": texts_of([event(9)])[0].replace('"event-9"', "1" * 400),
    "a number for a text": texts_of([event(10)])[0].replace('"event-10"', "10"),
    "an object for a text": texts_of([event(11)])[0].replace('"event-11"', '{"a":1}'),
    "nothing for a text": texts_of([event(12)])[0].replace('"event-12"', "null"),
    "an empty text": texts_of([event(13)])[0].replace('"event-13"', '""'),
    "one more key": texts_of([event(14, text={"div": "<p/>"})])[0],
    "a value that is a key": texts_of([event(15)])[0].replace("note 15", "text"),
    "other spaces": json.dumps(event(16)),
    "a reference that ends with a slash": texts_of([event(17)])[0].replace("Patient/p6", "Patient/"),
    "a versioned reference": texts_of([event(18)])[0].replace("Patient/p7", "Patient/p7/_history/3"),
    "a contained reference": texts_of([event(19)])[0].replace("Patient/p8", "#p8"),
    "several ids in one": texts_of([event(20)])[0].replace("Patient/p9", "1^^^&1.2&ISO~2^^^&1.3&ISO"),
    "a time without a zone": texts_of([event(21)])[0].replace("+02:00", ""),
    "no time": texts_of([event(22)])[0].replace("2024-06-11T22:00:00.022+02:00", "yesterday"),
    "an address of version 6": texts_of([event(23)])[0].replace("10.0.23.4", "2001:DB8::1"),
    "a host": texts_of([event(24)])[0].replace("10.0.24.4", "pc-24"),
    "DSTU2": '{"resourceType":"AuditEvent","event":{"dateTime":"2020-01-01T00:00:00Z"},"participant":[]}',
    "no object": "[1]",
    "blank": "  ",
    "a mark of our own": texts_of([event(25)])[0].replace("event-25", "730500011879"),
    "a separator": texts_of([event(26)])[0].replace("event-26", "a\\u001fb"),
}


def test_records_are_read_as_alone_when_they_stand_among_others_of_a_template(
    engine: Engine, usual: list[str], learnt: Learnt
) -> None:
    """Each of BROKEN behind some that are not; all together, as a chunk is read."""
    lines: list[str | bytes] = []
    for place, odd in enumerate(BROKEN.values()):
        lines += [*usual[place * 6 : place * 6 + 6], odd]
    mine, theirs = read_both(engine, learnt, lines)
    assert mine.equals(theirs)
    assert mine.column("fate").to_pylist().count("set_aside") > 3


def test_values_that_one_record_cannot_tell_are_read_one_by_one_when_all_have_them(engine: Engine) -> None:
    """Two identifiers, in some records the same one: whether they are one person no spelling tells."""
    twice = [
        event(
            number,
            entity=[
                {"what": {"reference": f"Patient/{number % 3}"}, "role": {"code": "1"}},
                {"what": {"reference": f"Patient/{number % 2}"}, "role": {"code": "1"}},
            ],
        )
        for number in range(200)
    ]
    lines = texts_of(twice)
    mine, theirs = read_both(engine, Learnt(lines), [*lines])
    assert mine.equals(theirs)
    assert len(set(map(str, mine.column("persons").to_pylist()))) > 2


@pytest.mark.parametrize("place", ["outcome", "subtype/code", "action"])
def test_values_wrongly_called_free_are_read_one_by_one(engine: Engine, usual: list[str], place: str) -> None:
    """A code changes what its record means: records of its spelling prove that one cannot stand for all."""
    wrong = replace(FHIR.free, places={**FHIR.free.places, place: Free.TEXT})
    lied_to, told_truly = Learnt(usual, wrong), Learnt(usual)
    mine, theirs = read_both(engine, lied_to, [*usual])
    assert mine.equals(theirs)
    read_both(engine, told_truly, [*usual])
    assert count_told(lied_to) < count_told(told_truly)


def count_told(learnt: Learnt) -> int:
    return sum(meaning is not None for meaning in learnt.alike._known.values())


REFERENCES = st.sampled_from(
    [
        "Patient/{}",
        "http://h/fhir/Patient/{}",
        "{}",
        "Encounter/{}/_history/2",
        "#{}",
        "urn:uuid:{}",
        "Group/{}",
    ]
)
CODES = st.sampled_from(["110150", "110152", "110153", "humanuser", "PROV", "AUT"])
FILLINGS = st.fixed_dictionaries(
    {
        "who": st.lists(REFERENCES, min_size=0, max_size=3),
        "what": st.lists(REFERENCES, min_size=0, max_size=3),
        "codes": st.lists(CODES, min_size=3, max_size=3),
        "asks": st.lists(st.booleans(), min_size=3, max_size=3),
        "roles": st.lists(st.sampled_from(["1", "4", "3", "24"]), min_size=3, max_size=3),
        "extra": st.sampled_from(
            ["", "query", "name", "identifier", "policy", "altId", "period", "balp", "patient"]
        ),
        "space": st.sampled_from(["", " "]),
    }
)


def filled(given: dict[str, list[str]], chance: random.Random) -> str:
    """An event of a template, filled at random."""

    def word() -> str:
        return chance.choice(
            ["a", "b7", "Patient", "x.y", "1^^^&1.2.3&ISO", "Zoë", "é/é", f"{chance.random()}"]
        )

    extra = str(given["extra"])
    agents: list[Json] = [
        {
            "type": {"coding": [{"code": code}]},
            "who": {"reference": who.format(word()), "display": word()},
            "requestor": asks,
            **({"policy": [word(), "urn:oid:1.2"]} if extra == "policy" else {}),
            **({"altId": word()} if extra == "altId" else {}),
        }
        for who, code, asks in zip(given["who"], given["codes"], given["asks"], strict=False)
    ]
    entities: list[Json] = [
        {
            "what": {"reference": what.format(word())},
            "role": {"code": role},
            **({"query": chance.choice(["L1BhdGllbnQ/YT0x", "%", word()])} if extra == "query" else {}),
            **({"name": word()} if extra == "name" else {}),
            **({"identifier": {"value": word(), "system": "urn:oid:1.9"}} if extra == "identifier" else {}),
        }
        for what, role in zip(given["what"], given["roles"], strict=False)
    ]
    made: Json = {
        "resourceType": "AuditEvent",
        "id": word(),
        "recorded": f"2024-06-11T0{chance.randrange(9)}:00:00Z",
    }
    more: dict[str, Json] = {
        "period": {"period": {"start": f"2024-06-11T0{chance.randrange(9)}:30:00Z"}},
        "balp": {
            "meta": {"profile": ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.Read"]}
        },
        "patient": {"patient": {"reference": f"Patient/{word()}"}},
    }
    made |= {
        "action": chance.choice("CRUDE"),
        "outcome": chance.choice(["0", "4", "12"]),
        **more.get(extra, {}),
    }
    return json.dumps({**made, "agent": agents, "entity": entities}, ensure_ascii=False)


@given(given=FILLINGS, seed=st.integers(0, 1_000_000))
@settings(max_examples=8, deadline=None)
def test_events_of_any_template_are_read_as_one_by_one(
    engine: Engine, given: dict[str, list[str]], seed: int
) -> None:
    chance = random.Random(seed)
    lines = [filled(given, chance) for _ in range(90)]
    mine, theirs = read_both(engine, Learnt(lines), [*lines])
    assert mine.equals(theirs)


def test_a_statement_that_holds_what_records_say_is_not_told_when_it_fails(engine: Engine) -> None:
    lines = texts_of([event(number, site="SECRET") for number in range(90)])
    ways = Learnt(lines).speller._ways
    assert ways is not None
    assert "SECRET" in ways.sql
    assert "SECRET" not in repr(ways)
    with pytest.raises(Exception) as raised:  # noqa: PT011  # whatever it is
        engine.one_piece_of("records", pa.table({"x": [1]}), ways.sql, is_private=True)
    assert "SECRET" not in repr(raised.value) + "".join(getattr(raised.value, "__notes__", []))


MAPPING = Mapping(
    reader="json-lines",
    zone="Europe/Paris",
    fields={
        "occurred_at": FieldSettings(path="$.time"),
        "account": FieldSettings(path="$.user.id"),
        "bytes": FieldSettings(path="$.n"),
        "object": FieldSettings(path="$.path"),
    },
)


def line(number: int, **changed: object) -> str:
    made: Json = {
        "time": f"2024-06-11T08:00:{number % 60:02d}",
        "user": {"id": f"u{number % 9}", "role": "doctor" if number % 4 else "nurse"},
        "n": number,
        "path": f"/a/{number}?b=%C3%A9",
        "took": number / 8,
        "trace": f"t-{number}",
        "tags": ["web", number % 3],
        "ok": number % 2 == 0,
    }
    return json.dumps({**made, **changed}, ensure_ascii=False)


ODD: dict[str, str | bytes] = {
    "a key twice": '{"time":"2024-06-11T08:00:00","time":"2024-06-11T09:00:00","trace":"a","trace":"b"}',
    "a null": line(7, trace=None),
    "a mapped null": line(7, n=None),
    "a mapped object": line(7, n={"a": [1, None]}),
    "an object for what is not mapped": line(7, trace={"a": None, "b": 1}),
    "a text for an object": line(7, user="u7"),
    "an empty object": line(7, user={}),
    "only what is mapped in it": line(7, user={"id": "u7"}),
    "a number spelt otherwise": line(7).replace('"took": 0.875', '"took": 8.750e-1'),
    "a huge number": line(7, n=10**400),
    "minus nought": line(7).replace('"n": 7', '"n": -0'),
    "an escape": line(7, trace='a"b\\c\n\x00'),
    "control characters as they are": line(7).replace("t-7", "t\x007"),
    "not UTF-8": line(7).encode().replace(b"t-7", b"t\xff7"),
    "cut": line(7)[:60],
    "deep": '{"time":' + "[" * 3_000 + "]" * 3_000 + "}",
    "no object": "[1, 2]",
    "spaces in front": "  " + line(7),
    "a mark": line(7, trace="730500011879"),
}


def mapped_rows(engine: Engine, extraction: Extraction, lines: list[str | bytes]) -> pa.Table:
    content = b"\n".join(one if isinstance(one, bytes) else one.encode() for one in lines)
    return extract(engine, extraction, pa.Table.from_batches(LinesCutter().cut(iter([content]))))


@pytest.fixture(scope="module")
def mapped(engine: Engine) -> tuple[Extraction, Extraction]:
    """As it is compiled, and as it is learnt."""
    careful = Mapped().extraction(ReadOptions(mapping=MAPPING))
    assert careful.learn is not None
    with engine.cursor() as other:
        learnt = careful.learn(other, careful, [line(number) for number in range(200)])
    assert learnt.is_learnt
    return careful, learnt


def test_mapped_lines_spelt_alike_leave_the_same_rest_when_all_are(
    engine: Engine, mapped: tuple[Extraction, Extraction]
) -> None:
    lines: list[str | bytes] = [line(number) for number in range(500)]
    theirs, mine = (mapped_rows(engine, one, lines) for one in mapped)
    assert mine.equals(theirs)
    assert '"took":' in str(mine.column("detail")[3])


def test_mapped_lines_leave_the_same_rest_when_they_are_odd(
    engine: Engine, mapped: tuple[Extraction, Extraction]
) -> None:
    lines = [text for odd in ODD.values() for text in (line(1), odd)]
    theirs, mine = (mapped_rows(engine, one, lines) for one in mapped)
    assert mine.equals(theirs)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abT"), inner, max_size=2),
    max_leaves=4,
)


@given(
    values=st.lists(JSON, min_size=8, max_size=20),
    shape=st.lists(st.sampled_from("abcd"), max_size=3, unique=True),
)
@settings(max_examples=8, deadline=None)
def test_mapped_lines_of_any_values_leave_the_same_rest(
    engine: Engine, values: list[object], shape: list[str]
) -> None:
    lines = [line(number, **dict.fromkeys(shape, value)) for number, value in enumerate(values)]
    careful = Mapped().extraction(ReadOptions(mapping=MAPPING))
    assert careful.learn is not None
    learnt = careful.learn(engine.cursor(), careful, lines * 5)
    theirs, mine = (mapped_rows(engine, one, [*lines]) for one in (careful, learnt))
    assert mine.equals(theirs)


def test_a_template_is_the_texts_between_the_values_that_differ() -> None:
    texts = [f'{{"a":"x{number}","b":[1,"same"], "c" : {number}}}' for number in range(9)]
    assert templates_of(texts) == [Template(('{"a":"', '","b":[1,"same"], "c" : ', "}"), (("a",), ("c",)))]
    assert path_of(("a", 0, "b")) == '$."a"[0]."b"'


@pytest.mark.parametrize(
    "text", ['{"a":1,"a":2}', '{"a b":1}', '{"a":"\\n"}', "[1]", '{"a":NaN}', '{"a":1} x', "", '{"a":1,}']
)
def test_a_template_is_not_learnt_when_the_record_is_not_plain(text: str) -> None:
    assert templates_of([text] * 9) == []
