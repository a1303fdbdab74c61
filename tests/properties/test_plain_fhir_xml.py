# SPDX-License-Identifier: Apache-2.0
"""The plain way of reading a FHIR event in XML says what the parser says, or nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ingest.test_fhir_audit_event import XML
from tocsin.ingest.formats.fhir_xml import audit_event
from tocsin.ingest.formats.fhir_xml_plain import plain_audit_event
from tocsin.ingest.read.xml_content import parse_audit

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
    ["true", "false", "&amp;", "&a;", "a>b", "é", "\x85", "\ufffe", "\n", "'"]
)
SPACES = st.sampled_from(
    ["", " ", "\n\t", "\r\n", "\x0b", "\u2028", "<!-- x -->", "x", "<?p?>", "<![CDATA[]]>"]
)
NOTHING = st.just("")


@st.composite
def elements(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    name = draw(NAMES)
    attribute = draw(
        st.sampled_from(
            ["", "", ' value="%s"', ' url="%s"', ' id="%s"', " value='%s'", ' x="%s"', '  value = "%s"']
        )
    )
    tag = (
        name
        + (attribute % draw(TEXTS).replace('"', "") if attribute else "")
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


@given(root=ROOTS, trees=st.lists(TREES, max_size=4), end=SPACES)
@settings(max_examples=600)
def test_plain_reading_says_what_the_parser_says(root: str, trees: list[str], end: str) -> None:
    text = root + "".join(trees) + end + "</AuditEvent>"
    plain = plain_audit_event(text)
    if plain is not None:
        parsed = parse_audit(text)
        assert parsed is not None
        assert plain == audit_event(*parsed)


def test_plain_spelling_is_read_without_a_parser() -> None:
    text = XML.partition("?>\n")[2].replace("<!-- whose -->", "").replace("a&amp;b", "ab")
    begin, end = text.index("<contained>"), text.index("</contained>")
    text = text[:begin] + text[end + len("</contained>") :]
    plain, parsed = plain_audit_event(text), parse_audit(text)
    assert plain is not None
    assert parsed is not None
    assert plain == audit_event(*parsed)
    assert plain["agent"][0]["requestor"] is True  # type: ignore[index]
