# SPDX-License-Identifier: Apache-2.0
"""XML records read together, because they are spelt alike, say what the parser says of each."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tocsin.ingest.formats.atna_xml import audit_message
from tocsin.ingest.formats.fhir_xml import audit_event
from tocsin.ingest.interface import RECORDS
from tocsin.ingest.read import xml_alike, xml_content
from tocsin.ingest.read.syslog_frames import headers_of
from tocsin.ingest.read.xml_content import ToJson, content_of, with_content

NAMES = st.sampled_from(
    [
        "id",
        "agent",
        "who",
        "requestor",
        "coding",
        "role",
        "entity",
        "text",
        "contained",
        "extension",
        "source",
        "type",
    ]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=()), max_size=6) | st.sampled_from(
    [
        "true",
        "false",
        "&amp;",
        "&amp;lt;",
        "&#65;",
        "&a;",
        "a>b",
        "é",
        "\x85",
        "\ufffe",
        "\n",
        "'",
        "a\\n",
        "&quot;",
        "\ue000",
        "\ue0001\ue001",
    ]
)
SPACES = st.sampled_from(
    ["", " ", "\n\t", "\r\n", "\x0b", "\u2028", "<!-- x -->", "x", "<?p?>", "<![CDATA[]]>"]
)
NOTHING = st.just("")


@st.composite
def elements(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """A piece of XML, or of what is nearly so; `%s` where a value is to be put."""
    name = draw(NAMES)
    attribute = draw(
        st.sampled_from(
            [
                "",
                ' value="%s"',
                ' value="%s"',
                ' url="%s"',
                ' id="%s"',
                " value='%s'",
                ' x="%s"',
                '  value = "%s"',
            ]
        )
    )
    tag = (
        name
        + draw(st.sampled_from([attribute, attribute.replace("%s", "5")]))
        + draw(st.sampled_from(["", "", " "]))
    )
    content = draw(inner)
    end = draw(st.sampled_from([name, name, name, name, "who", name + " "]))
    return draw(SPACES) + (
        f"<{tag}/>" if not content and draw(st.booleans()) else f"<{tag}>{content}</{end}>"
    )


TREES = st.recursive(
    elements(NOTHING),
    lambda inner: elements(st.lists(inner, max_size=3).map("".join)),
    max_leaves=8,
)
ROOTS = st.sampled_from(
    [
        "<AuditEvent>",
        '<AuditEvent xmlns="http://hl7.org/fhir">',
        '<AuditEvent id="r">',
        "<AuditEvent >",
        "<f:AuditEvent>",
    ]
)


HEADERS = st.sampled_from(
    [
        "",
        "<85>1 2024-06-11T09:00:00Z host tag 1 m - ",
        "<85>1 - - tag 1 m - ",
        '<85>1 2024-06-11T09:00:00Z host tag 1 m [a b="c"] ',
        "<85>1 2024-06-11T09:00:00Z h\\o\u00a0st tag 1 m - ",
        "<85>Jun 11 09:00:00 host tag: ",
        "2024-06-11 a text of its own ",
        '<?xml version="1.0" encoding="UTF-8"?>',
    ]
)


def records_of(texts: list[str]) -> pa.Table:
    columns = [
        pa.array(texts, pa.string_view()),
        pa.array(range(len(texts)), pa.int64()),
        pa.array(range(len(texts)), pa.int64()),
        pa.array([0] * len(texts), pa.int64()),
        pa.nulls(len(texts), pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=RECORDS)


def decoded(contents: list[str | bytes | None]) -> list[object]:
    return [None if text is None else msgspec.json.decode(text) for text in contents]


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_alike, "FEWEST", 2)
    monkeypatch.setattr(xml_content, "FEWEST", 2)


@given(
    header=HEADERS,
    root=ROOTS,
    trees=st.lists(TREES, max_size=4),
    end=SPACES,
    values=st.lists(st.lists(TEXTS, min_size=12, max_size=12), min_size=2, max_size=4),
)
@example("", '<AuditEvent xmlns="%s">', ['<a value="%s"/>'], "", [["a"] * 12, ["urn:b"] * 12])
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_spelt_alike_say_what_the_parser_says_of_each(
    header: str, root: str, trees: list[str], end: str, values: list[list[str]]
) -> None:
    form = (root + "".join(trees) + end + "</AuditEvent>").replace("%s", "{}")
    form = header.replace("{", "").replace("}", "") + form
    texts = [filled(form, texts) for texts in values]
    for to_json, headers in ((audit_event, None), (audit_message, headers_of)):
        contents = with_content(records_of(texts), to_json, headers).column("content").to_pylist()
        assert decoded(contents) == decoded([content_of(text, to_json) for text in texts])


def filled(form: str, values: list[str]) -> str:
    parts = form.split("{}")
    taken = [text.replace('"', "") for text in (values * len(parts))[: len(parts) - 1]]
    return "".join(part + text for part, text in zip(parts, [*taken, ""], strict=True))


def test_most_of_what_a_system_writes_is_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    form = (
        '<85>1 2024-06-11T09:00:{:02d}Z host tag 1 m - <?xml version="1.0"?><AuditMessage>'
        '<ActiveParticipant UserID="dr.{}" UserIsRequestor="true"/>'
        '<ParticipantObjectIdentification ParticipantObjectID="{}^^^&amp;1.2&amp;ISO"/></AuditMessage>'
    )
    texts = [form.format(at, at, at) for at in range(50)]
    wanted = decoded([content_of(text, audit_message) for text in texts])
    parsed: list[str] = []

    def listed(text: str, to_json: ToJson) -> bytes | None:
        parsed.append(text)
        return content_of(text, to_json)

    monkeypatch.setattr(xml_content, "content_of", listed)
    contents = with_content(records_of(texts), audit_message, headers_of).column("content").to_pylist()
    assert decoded(contents) == wanted
    assert len(parsed) == 1
    assert wanted[7]["syslog"] == {"time": "2024-06-11T09:00:07Z", "host": "host", "tag": "tag"}  # type: ignore[index]
