# SPDX-License-Identifier: Apache-2.0
"""The page is whole in both languages, asks nothing of the network, obeys no text and reads without eyes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from lxml import html as lxml_html

from tests.conftest import GOLDEN
from tests.unit.report.sample import HOSTILE, golden_report, hostile_report
from tocsin.core.errors import InputError
from tocsin.core.words import visible, words
from tocsin.report.html import render_html, style_sheet

LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def page() -> str:
    return render_html(golden_report())


@pytest.fixture(scope="module")
def tree(page: str) -> Any:
    return lxml_html.document_fromstring(page)


@pytest.fixture(scope="module")
def hostile() -> str:
    return render_html(hostile_report())


def tongue(tree: Any, lang: str) -> Any:
    return tree.get_element_by_id(lang)


def plain(element: Any) -> str:
    return re.sub(r"\s+", " ", element.text_content()).strip()


def leaves(value: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of the golden report, with its path."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from leaves(item, f"{path}.{key}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def expected() -> dict[str, Any]:
    return dict(json.loads((GOLDEN / "expected" / "report.json").read_text("utf-8")))


def golden_leaves() -> list[tuple[str, float]]:
    return [(path, value) for path, value in leaves(expected()) if "$in" not in path]


# What is shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_golden_report_stands_in_the_page(tree, lang) -> None:
    spoken = words(lang)
    text = plain(tongue(tree, lang)).replace("\u202f", " ")
    for path, value in golden_leaves():
        said = spoken.share(value) if path.endswith("share") else spoken.number(value)
        assert re.search(rf"(?<![\d,.]){re.escape(said.replace(chr(0x202F), ' '))}(?![\d])", text), path


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_category_stands_with_its_three_counts(tree, lang) -> None:
    section = tree.get_element_by_id(f"{lang}-categories").getparent()
    rows = [[plain(cell) for cell in row.iterfind("td")] for row in section.iterfind(".//tbody/tr")]
    report = golden_report()
    wanted = [
        [str(c["persons"][n]) for n in ("floor", "best", "ceiling")] for c in report["categories"].values()
    ]
    assert sorted(rows) == sorted(wanted)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_source_stands_with_its_sum(tree, lang) -> None:
    section = tree.get_element_by_id(f"{lang}-accounting").getparent()
    rows = [[plain(cell) for cell in row.iterfind("td")] for row in section.iterfind(".//tbody/tr")]
    assert [row[:5] for row in rows] == [["1", "43", "38", "2", "3"], ["1", "15", "13", "1", "1"]]
    assert all("✓" in row[5] for row in rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_figure_stands_with_its_query_and_inputs(tree, lang) -> None:
    section = tree.get_element_by_id(f"{lang}-inquirer").getparent()
    rows = {
        plain(row.find("th")): [plain(cell) for cell in row.iterfind("td")]
        for row in section.iterfind(".//tbody/tr")
    }
    for path, figure in golden_report()["figures"].items():
        assert rows[path] == [json.dumps(figure["value"]), figure["query"], figure["inputs"]]


def test_wrong_sum_is_shown_as_wrong() -> None:
    report = golden_report()
    report["accounting"][0]["events"] -= 1
    page = render_html(report)
    assert page.count("✗") == 2
    assert "Une somme est fausse." in page
    assert "A sum is wrong." in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_proof_names_its_hypotheses_and_they_are_listed(tree, lang) -> None:
    section = plain(tree.get_element_by_id(f"{lang}-claims").getparent())
    assert {"fr": "Prouvé, sous H1 et H2", "en": "Proven, under H1 and H2"}[lang] in section
    assert "H1 " in section
    assert len(tree.get_element_by_id(f"{lang}-claims").getparent().findall(".//li[@class]")) == 6


def test_missing_bound_is_shown_with_its_reason() -> None:
    report = golden_report()
    report["counts"]["persons"] = {
        "floor": 1,
        "best": 2,
        "ceiling": None,
        "ceiling_reason": {"fr": "Trou.", "en": "Hole."},
    }
    page = render_html(report)
    assert "Pas de maximum.</strong> Trou." in page
    assert "No upper bound.</strong> Hole." in page


def test_open_case_says_so_and_a_sealed_one_does_not() -> None:
    assert "Ce dossier n’est pas scellé." in render_html(golden_report())
    assert "Ce dossier n’est pas scellé." not in render_html(
        golden_report(), extra={"secrecy": {"sealed": True}}
    )


@pytest.mark.parametrize("part", [key for key in golden_report() if key != "case"])
def test_page_stands_when_a_part_is_missing(part) -> None:
    report = golden_report()
    del report[part]
    assert "</html>" in render_html(report)


def test_page_stands_when_every_part_is_missing() -> None:
    page = lxml_html.document_fromstring(render_html({}))
    assert len(page.findall(".//h1")) == 2


def test_same_report_gives_the_same_bytes(page) -> None:
    assert render_html(golden_report()) == page


# Both languages


def test_french_comes_first_and_is_chosen() -> None:
    tree = lxml_html.document_fromstring(render_html(golden_report()))
    assert tree.get("lang") == "fr"
    assert [block.get("lang") for block in tree.find_class("tongue")] == ["fr", "en"]
    assert "checked" in tree.get_element_by_id("speak-fr").attrib
    assert "checked" not in tree.get_element_by_id("speak-en").attrib


def test_english_is_chosen_when_asked() -> None:
    tree = lxml_html.document_fromstring(render_html(golden_report(), lang="en"))
    assert tree.get("lang") == "en"
    assert "checked" in tree.get_element_by_id("speak-en").attrib


def test_language_that_nobody_wrote_is_refused() -> None:
    with pytest.raises(InputError):
        render_html(golden_report(), lang="de")


def test_both_languages_have_the_same_parts(tree) -> None:
    shapes = [[element.tag for element in tongue(tree, lang).iter()] for lang in LANGUAGES]
    assert shapes[0] == shapes[1]


def test_no_heading_is_the_same_in_both_languages(tree) -> None:
    french, english = ([plain(h) for h in tongue(tree, lang).iter("h1", "h2", "h3")] for lang in LANGUAGES)
    assert not [f for f, e in zip(french, english, strict=True) if f == e]


# Nothing from outside, nothing obeyed


def test_page_names_no_address_and_loads_nothing(page, tree) -> None:
    assert not re.search(r"https?:|//[a-z]|url\((?!#)|@import", page.replace("<!doctype html>", ""))
    assert not tree.xpath(
        "//script | //link | //img | //iframe | //object | //embed | //form | //base | //use"
    )
    assert not tree.xpath(
        "//@style | //@*[starts-with(name(), 'on')] | //@src | //@href[not(starts-with(., '#'))]"
    )


def test_policy_allows_this_style_and_nothing_else(page, tree) -> None:
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    css = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert css is not None
    digest = base64.b64encode(hashlib.sha256(css[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert css[1] == style_sheet()


def test_hostile_text_is_text(hostile) -> None:
    assert "<script" not in hostile
    assert not [c for c in hostile if c in "\x1b\u202e" or (ord(c) < 0x20 and c != "\n")]
    tree = lxml_html.document_fromstring(hostile)
    assert not tree.xpath("//script | //@*[starts-with(name(), 'on')]")
    assert visible(HOSTILE) in plain(tongue(tree, "fr"))
    assert "49" not in plain(tongue(tree, "fr").find_class("name")[0])


def test_hostile_text_breaks_no_attribute(hostile) -> None:
    clean, soiled = (lxml_html.document_fromstring(p) for p in (render_html(golden_report()), hostile))
    names = [{name for element in t.iter() for name in element.attrib} for t in (clean, soiled)]
    assert names[1] <= names[0] | {"fill"}  # of a band without an end


# Without eyes


@pytest.mark.parametrize(
    "report", [golden_report(), {}, hostile_report()], ids=["golden", "empty", "hostile"]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_are_in_order(report, lang) -> None:
    block = tongue(lxml_html.document_fromstring(render_html(report)), lang)
    levels = [int(h.tag[1]) for h in block.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_page_has_its_landmarks(tree) -> None:
    assert [len(tree.findall(f".//{tag}")) for tag in ("header", "main", "footer", "nav")] == [1, 1, 1, 2]
    assert tree.findtext(".//title").startswith("golden · ")


def test_every_id_is_one_and_every_reference_is_kept(tree) -> None:
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    references = [name for value in tree.xpath("//@aria-labelledby") for name in value.split()]
    assert not [name for name in references if name not in ids]
    assert not [link for link in tree.xpath("//@href") if link[1:] not in ids]


def test_every_table_has_a_caption_and_every_head_its_scope(tree) -> None:
    assert all(table.find("caption") is not None for table in tree.iter("table"))
    assert not tree.xpath("//th[not(@scope)]")


def test_every_picture_is_described_or_mute(tree) -> None:
    pictures = list(tree.iter("svg"))
    assert {picture.get("role") for picture in pictures} == {"img", None}
    for picture in pictures:
        if picture.get("role") == "img":
            assert plain(picture.find("title"))
            assert plain(picture.find("desc"))
        else:
            assert picture.get("aria-hidden") == "true"


def test_style_respects_print_and_those_whom_motion_harms() -> None:
    css = style_sheet()
    assert "@media print" in css
    assert "prefers-reduced-motion" in css
    assert ":focus-visible" in css


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("--ink", "--paper"),
        ("--soft", "--paper"),
        ("--soft", "--faint"),
        ("--link", "--paper"),
        ("--link", "--care-ground"),
        ("--alarm", "--alarm-ground"),
        ("--care", "--care-ground"),
        ("--good", "--good-ground"),
        ("--good", "--paper"),
        ("--ink", "--care-ground"),
        ("--paper", "--floor"),
    ],
)
def test_text_stands_out_from_its_ground(ink, ground) -> None:
    colours = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", style_sheet()))
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


# In a browser


@pytest.mark.needs("chromium")
def test_browser_shows_the_answer_under_the_policy(tmp_path) -> None:
    file = tmp_path / "report.html"
    file.write_text(render_html(hostile_report()), encoding="utf-8")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--enable-logging=stderr",
    ]
    done = subprocess.run(
        [str(program), *flags, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    tree = lxml_html.document_fromstring(done.stdout.decode())
    assert plain(tree.find(".//h1")).startswith("Au moins 12 personnes")
    assert not tree.xpath("//script")
    assert b"Content Security Policy" not in done.stderr
