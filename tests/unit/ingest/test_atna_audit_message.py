# SPDX-License-Identifier: Apache-2.0
"""ATNA audit messages, DICOM's or RFC 3881's, in syslog or not, become the same events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.audit_scenes import encoded
from tests.unit.ingest.reading_logs import Row, rows_read
from tocsin.core.errors import InputError
from tocsin.ingest.formats.atna_audit_message import AtnaAuditMessage
from tocsin.ingest.interface import ReadOptions, Sample

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "atna-audit-message"
FORM = AtnaAuditMessage()
AT = datetime(2024, 5, 2, 8, 0, 0, 250_000, UTC)

USER = (
    '<ActiveParticipant UserID="u7" AlternativeUserID="12" UserName="Dr. Synthetic" UserIsRequestor="true"/>'
)
CALLER = (
    '<ActiveParticipant UserID="app-7" UserIsRequestor="true" NetworkAccessPointID="192.0.2.7" '
    'NetworkAccessPointTypeCode="2"><RoleIDCode csd-code="110153" codeSystemName="DCM"/></ActiveParticipant>'
)
SERVER = (
    '<ActiveParticipant UserID="https://srv" UserIsRequestor="false" NetworkAccessPointID="srv" '
    'NetworkAccessPointTypeCode="1"><RoleIDCode csd-code="110152"/></ActiveParticipant>'
)


def of_person(identifier: str = "P0001^^^LOC&amp;1.2.3&amp;ISO") -> str:
    return (
        f'<ParticipantObjectIdentification ParticipantObjectID="{identifier}" ParticipantObjectTypeCode="1" '
        'ParticipantObjectTypeCodeRole="1">'
        '<ParticipantObjectIDTypeCode csd-code="2" originalText="Patient Number"/>'
        "<ParticipantObjectName>NAME^FIRST</ParticipantObjectName></ParticipantObjectIdentification>"
    )


def of_query(sent: str) -> str:
    return (
        '<ParticipantObjectIdentification ParticipantObjectID="q-1" ParticipantObjectTypeCode="2" '
        'ParticipantObjectTypeCodeRole="24">'
        '<ParticipantObjectIDTypeCode csd-code="ITI-9" originalText="PIX Query"/>'
        f"<ParticipantObjectQuery>{sent}</ParticipantObjectQuery></ParticipantObjectIdentification>"
    )


DOCUMENT = (
    '<ParticipantObjectIdentification ParticipantObjectID="1.2.3.9" ParticipantObjectTypeCode="2" '
    'ParticipantObjectTypeCodeRole="3">'
    '<ParticipantObjectIDTypeCode csd-code="9" displayName="Report Number"/>'
    "</ParticipantObjectIdentification>"
)


def message(
    *objects: str,
    event: str = "110110",
    types: str = "",
    letter: str = "R",
    outcome: str = 'EventOutcomeIndicator="0"',
    time: str = "2024-05-02T10:00:00.250+02:00",
    people: str = USER + SERVER,
) -> str:
    return (
        f'<AuditMessage><EventIdentification EventActionCode="{letter}" EventDateTime="{time}" {outcome}>'
        f'<EventID csd-code="{event}" codeSystemName="DCM"/>{types}</EventIdentification>{people}'
        '<AuditSourceIdentification AuditSourceID="src-1" AuditEnterpriseSiteID="site"/>'
        f"{''.join(objects)}</AuditMessage>"
    )


def read(content: str | bytes, zone: str | None = None) -> Row:
    [row] = rows_read(FORM, content, zone)
    return row


def fates(content: str | bytes) -> list[tuple[object, object]]:
    return [(row["fate"], row["reason"]) for row in rows_read(FORM, content)]


def sample_of(content: str | bytes) -> Sample:
    return Sample("a.xml", content if isinstance(content, bytes) else content.encode(), whole=True)


def test_message_fills_every_column_it_can() -> None:
    row = read(message(of_person(), DOCUMENT, people=USER + CALLER.replace("110153", "110152")))
    beside = ("detail", "item", "byte_offset", "line_number")
    assert {name: value for name, value in row.items() if value is not None and name not in beside} == {
        "occurred_at": AT,
        "account": "u7",
        "account_name": "Dr. Synthetic",
        "address": "192.0.2.7",
        "client": "app-7",
        "node": "src-1",
        "action": "read",
        "object_type": "Report Number",
        "object": "1.2.3.9",
        "person": "P0001",
        "person_domain": "1.2.3",
        "outcome": "success",
        "status": "0",
        "fate": "event",
        "reason": "",
    }
    detail = json.loads(str(row["detail"]))
    assert detail["ParticipantObjectIdentification"][0]["ParticipantObjectName"] == ["NAME^FIRST"]
    assert detail["AuditSourceIdentification"][0]["AuditEnterpriseSiteID"] == "site"


def test_rfc_3881_spelling_says_the_same() -> None:
    dicom = message(of_person(), DOCUMENT)
    old = '<?xml version="1.0"?>' + dicom.replace("csd-code", "code")
    assert {k: v for k, v in read(old).items() if k not in ("byte_offset", "detail")} == {
        k: v for k, v in read(dicom).items() if k not in ("byte_offset", "detail")
    }


@pytest.mark.parametrize(
    ("frame", "recorded", "node", "flags"),
    [
        (
            "<85>1 2024-05-02T08:00:01Z gw-1 app - - - \ufeff{}",
            datetime(2024, 5, 2, 8, 0, 1, tzinfo=UTC),
            "gw-1",
            None,
        ),
        (
            "<85>1 2024-05-02T08:05:01Z gw-1 app - - - {}",
            datetime(2024, 5, 2, 8, 5, 1, tzinfo=UTC),
            "gw-1",
            ["clock_disagrees"],
        ),
        ("<85>1 - - - - - - {}", None, "src-1", None),
        ("<34>May  2 08:00:00 gw-2 app: {}", None, "gw-2", None),
        ("2024-05-02T08:00:01Z gw-3 app: {}", datetime(2024, 5, 2, 8, 0, 1, tzinfo=UTC), "gw-3", None),
    ],
)
def test_frame_gives_when_and_where_it_was_written(
    frame: str, recorded: datetime | None, node: str, flags: list[str] | None
) -> None:
    row = read(frame.format(message(of_person())) + "\n")
    assert (row["occurred_at"], row["recorded_at"], row["node"], row["flags"]) == (AT, recorded, node, flags)


def test_frames_without_message_are_counted_and_no_events() -> None:
    frame = "<85>1 2024-05-02T08:00:01Z gw-1 app - - - "
    both = message() + message()
    assert fates("\n".join((frame + "alive", frame + message(), frame + both, frame + message()[:-9]))) == [
        ("non_event", "not_audit_resource"),
        ("event", ""),
        ("set_aside", "broken"),
        ("set_aside", "broken"),
    ]


def test_person_asks_and_machine_calls() -> None:
    row = read(message(letter="E", event="110112", people=CALLER + USER + SERVER))
    assert (row["account"], row["client"], row["address"]) == ("u7", "app-7", "192.0.2.7")
    row = read(message(letter="E", event="110112", people=CALLER + SERVER))
    assert (row["account"], row["client"]) == ("app-7", "app-7")


@pytest.mark.parametrize(
    ("people", "account"),
    [
        ('<ActiveParticipant UserID="" AlternativeUserID="12" UserIsRequestor="1"/>', "12"),
        ('<ActiveParticipant UserID="u1"/>', "u1"),
        ('<ActiveParticipant UserID="u1" UserIsRequestor="false"/>', None),
        ('<ActiveParticipant UserID="" UserIsRequestor="true"/>', None),
        ("", None),
    ],
)
def test_account_is_the_requestor_and_nobody_else(people: str, account: str | None) -> None:
    assert read(message(people=people))["account"] == account


TYPE = '<EventTypeCode csd-code="{}"/>'


@pytest.mark.parametrize(
    ("event", "code", "letter", "action"),
    [
        ("110114", "110122", "E", "login"),
        ("110114", "110123", "E", "logout"),
        ("110100", "110120", "E", "other"),
        ("110106", "ITI-32", "R", "export"),
        ("110112", "ITI-9", "E", "search"),
        ("110113", "110136", "E", "admin"),
        ("110110", "ITI-8", "C", "create"),
        ("110110", "", "U", "update"),
        ("110105", "", "D", "delete"),
        ("110103", "", "R", "read"),
        ("110103", "", "", "other"),
    ],
)
def test_action_is_told_by_codes_before_the_letter(event: str, code: str, letter: str, action: str) -> None:
    assert read(message(event=event, types=TYPE.format(code), letter=letter))["action"] == action


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("0", "success"), ("4", "failure"), ("12", "failure"), ("9", "unknown"), (None, "unknown")],
)
def test_outcome_that_is_not_told_is_not_guessed(outcome: str | None, word: str) -> None:
    told = "" if outcome is None else f'EventOutcomeIndicator="{outcome}"'
    row = read(message(outcome=told, types=TYPE.format("110122")))
    assert (row["outcome"], row["status"]) == (word, outcome)
    assert row["action"] == ("login_failed" if word == "failure" else "login")


def test_start_names_no_person() -> None:
    row = read(message(event="110100", types=TYPE.format("110120"), letter="E"))
    assert (row["person"], row["persons"], row["object"]) == (None, None, None)


def test_identifiers_of_several_authorities_are_one_person() -> None:
    row = read(message(of_person("27^^^MPI&amp;1.2.3&amp;ISO^PI"), of_person("78^^^LOC&amp;4.5.6&amp;ISO")))
    assert (row["person"], row["person_domain"], row["persons"]) == ("27", "1.2.3", None)
    assert row["flags"] == ["several_identifiers"]


def test_identifiers_of_one_authority_are_several_persons() -> None:
    row = read(
        message(
            of_person("27^^^&amp;1.2.3&amp;ISO"),
            of_person("78^^^&amp;1.2.3&amp;ISO"),
            of_person("27^^^&amp;1.2.3&amp;ISO"),
        )
    )
    assert (row["person"], row["persons"], row["person_domain"]) == (None, ["27", "78"], "1.2.3")


@pytest.mark.parametrize(
    ("identifier", "person", "domain"),
    [
        ("Patient/P7", "P7", None),
        ("https://s/fhir/Patient/P7/_history/2", "P7", None),
        ("P7^^^LOC", "P7", "LOC"),
        ("P7^^^LOC&amp;1.2&amp;ISO~9^^^X", "P7", "1.2"),
        ("P7", "P7", None),
        ("", None, None),
        ("^^^LOC", None, None),
    ],
)
def test_person_is_the_bare_identifier(identifier: str, person: str | None, domain: str | None) -> None:
    row = read(message(of_person(identifier)))
    assert (row["person"], row["person_domain"]) == (person, domain)


def test_query_is_decoded_and_its_path_is_what_was_asked_for() -> None:
    row = read(message(of_query(encoded("https://s/fhir/Patient?name=%C3%A9")), event="110112", letter="E"))
    assert (row["query"], row["object"], row["object_type"]) == (
        "https://s/fhir/Patient?name=%C3%A9",
        "/fhir/Patient",
        "Patient",
    )
    row = read(message(of_query(encoded("MSH|^~\\&|A\rQPD|é")), event="110112", letter="E"))
    assert (row["query"], row["object"], row["object_type"]) == ("MSH|^~\\&|A\rQPD|é", "q-1", "PIX Query")
    row = read(message(of_query("<![CDATA[a < b]]>"), letter="E"))
    assert (row["action"], row["query"], row["flags"]) == ("search", "a < b", ["query_not_base64"])


def test_time_without_zone_waits_for_one() -> None:
    local = message(time="2024-05-02T10:00:00.250")
    assert fates(local) == [("set_aside", "no_zone")]
    assert read(local, "Europe/Paris")["occurred_at"] == AT
    assert fates(message(time="")) == [("set_aside", "no_time")]


def test_what_could_expand_is_set_aside_unread() -> None:
    bomb = '<!DOCTYPE AuditMessage [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + message(people="&b;")
    assert fates(bomb + message()) == [("set_aside", "dtd"), ("event", "")]
    assert fates("<85>1 - - - - - - " + bomb) == [("set_aside", "dtd")]
    assert fates(message(people="&b;")) == [("set_aside", "broken")]


def test_names_and_prefixes_of_the_message_do_not_matter() -> None:
    content = '<?xml version="1.0" encoding="ISO-8859-1"?>' + message(people=USER.replace("Dr.", "Dr é"))
    row = read(
        content.replace("AuditMessage", "d:AuditMessage")
        .replace("<d:AuditMessage", '<d:AuditMessage xmlns:d="urn:d"')
        .encode("latin-1")
    )
    assert (row["fate"], row["account_name"], row["flags"]) == ("event", "Dr é Synthetic", None)


def test_utf16_is_refused() -> None:
    with pytest.raises(InputError):
        FORM.cutter(sample_of(message().encode("utf-16")), ReadOptions())


def test_sample_is_recognised_and_read() -> None:
    for name in ("messages.xml", "frames.log"):
        content = (SAMPLES / name).read_bytes()
        assert FORM.sniff(sample_of(content)).value > 0.9
        events = [row for row in rows_read(FORM, content) if row["fate"] == "event"]
        assert [(row["action"], row["account"], row["person"]) for row in events] == [
            ("other", None, None),
            ("search", "dr.example", "P0001"),
            ("read", "dr.example", "P0002"),
        ]


def test_damaged_sample_accounts_for_every_record() -> None:
    assert fates((SAMPLES / "damaged.xml").read_bytes()) == [
        ("event", ""),
        ("set_aside", "broken"),
        ("event", ""),
        ("set_aside", "no_time"),
        ("set_aside", "broken"),
    ]


def test_neighbour_is_refused() -> None:
    content = (SAMPLES / "neighbour.log").read_bytes()
    assert FORM.sniff(sample_of(content)).value == 0
    for other in ("", "hello", "<html/>", '{"a": "<AuditMessage>"}', "<AuditEvent/>"):
        assert FORM.sniff(sample_of(other)).value == 0
