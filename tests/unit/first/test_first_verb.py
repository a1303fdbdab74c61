# SPDX-License-Identifier: Apache-2.0
"""`tocsin first` as a user has it: words, a page, JSON, a case; and what it refuses."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin
from tests.unit.first.scenes import MORNING, Act, random_acts, sessions_of, write_log
from tocsin.core.settings import load_case

HOSTILE = "\x1b[31mevil\u202e<script>=1+1"
SPELT = "\\x1b[31mevil\\u202e"


@pytest.fixture
def log(tmp_path: Path) -> list[str]:
    return write_log(tmp_path / "logs", random_acts(1, 120))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_first_says_one_page_in_words(tocsin: Tocsin, log: list[str], lang: str) -> None:
    answer = tocsin("first", *log, "--account", "dr.a", "--lang", lang)
    assert answer.code == 0, answer.err
    said = {
        "fr": ("Agit-il encore", "Pour en faire un dossier"),
        "en": ("Still acting?", "To make a case of it"),
    }
    assert all(words in answer.out for words in said[lang])
    assert len(answer.out.splitlines()) < 80
    assert max(map(len, answer.out.splitlines()[:-1])) <= 160


def test_first_answers_with_one_object(tocsin: Tocsin, log: list[str]) -> None:
    answer = tocsin("first", *log, "--account", "dr.a", "--account", "DR.a", "--json")
    told = answer.json
    assert (answer.code, told["verb"], told["exit"]) == (1, "first", 1)
    assert told["open_questions"] == [{"code": "no_account", "account": "DR.a", "nearest": ["dr.a", "Dr.A"]}]
    [found] = told["result"]["accounts"]
    assert found["account"] == "dr.a"
    assert {row["session"] for row in found["sessions"]} == {
        row[0] for row in sessions_of(random_acts(1, 120), "dr.a", "log")
    }
    assert told["result"]["accounting"][0]["records"] == 120
    assert found["totals"]["first_at"].endswith("Z")


def test_account_that_never_acts_exits_2_and_offers_the_nearest(tocsin: Tocsin, log: list[str]) -> None:
    answer = tocsin("first", *log, "--account", "DR.B", "--json")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "no_account"
    assert "dr.b" in answer.json["error"]["do"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--from", "2030-01-01T00:00:00Z"], "other_period"),
        (["--until", "2020-01-01T00:00:00Z"], "other_period"),
        (["--from", "yesterday"], "bad_instant"),
        (["--from", "2024-06-11T00:00:00"], "no_zone"),
        (["--from", "2024-06-12T00:00:00Z", "--until", "2024-06-11T00:00:00Z"], "empty_period"),
    ],
)
def test_period_that_cannot_be_looked_at_exits_2(
    tocsin: Tocsin, log: list[str], options: list[str], code: str
) -> None:
    answer = tocsin("first", *log, "--account", "dr.a", *options, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, code)


def test_period_that_goes_beyond_the_logs_is_told(tocsin: Tocsin, log: list[str]) -> None:
    answer = tocsin("first", *log, "--account", "dr.a", "--from", "2024-01-01T00:00:00Z", "--lang", "en")
    assert answer.code == 0
    assert "of the time before, nothing is said" in answer.err


def test_page_asks_nothing_of_the_network_and_speaks_both_languages(
    tocsin: Tocsin, log: list[str], tmp_path: Path
) -> None:
    page = tmp_path / "look.html"
    assert tocsin("first", *log, "--account", "dr.a", "--html", page).code == 0
    text = page.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<script|javascript:|https?://|\ssrc=|\son\w+=|\sstyle=", text)
    assert re.search(r'<div class="tongue" id="fr" lang="fr">', text)
    assert re.search(r'<div class="tongue" id="en" lang="en">', text)
    assert text.count("<svg") == text.count("</svg>") >= 2
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert {
        used for names in re.findall(r'aria-labelledby="([^"]+)"', text) for used in names.split()
    } <= set(ids)


def test_page_of_several_accounts_has_each_of_them(tocsin: Tocsin, log: list[str], tmp_path: Path) -> None:
    page = tmp_path / "look.html"
    assert tocsin("first", *log, "--account", "dr.a", "--account", "dr.b", "--html", page).code == 0
    text = page.read_text("utf-8")
    assert all(f'href="#fr-{n}-head">{name}' in text for n, name in ((1, "dr.a"), (2, "dr.b")))


def test_hostile_names_act_nowhere(tocsin: Tocsin, tmp_path: Path) -> None:
    own = Act(MORNING, HOSTILE, ip=HOSTILE, agent=HOSTILE, device=HOSTILE, session=HOSTILE)
    acts = [own, replace(own, path=f"/{HOSTILE}")]
    log = write_log(tmp_path / "logs", [*acts, Act(MORNING, "dr.y", session=HOSTILE)])
    page, case = tmp_path / "look.html", tmp_path / "case"
    answer = tocsin("first", *log, "--account", HOSTILE, "--html", page, "--to", case)
    assert answer.code == 0, answer.err
    for text in (answer.out, answer.err, page.read_text("utf-8")):
        assert not any(mark in text for mark in ("\x1b", "\u202e"))
    assert "<script" not in page.read_text("utf-8")
    assert SPELT in answer.out
    assert load_case(case / "case.toml").known[0].account == HOSTILE


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_case_made_by_first_runs_with_the_same_sessions(
    tocsin: Tocsin, log: list[str], tmp_path: Path, lang: str
) -> None:
    case = tmp_path / "logs" / "my case"
    period = ["--from", "2024-06-11T07:00:00+02:00", "--until", "2024-06-20T00:00:00Z"]
    made = tocsin("first", *log, "--account", "dr.a", *period, "--to", case, "--by", "RSSI", "--lang", lang)
    assert made.code == 0, made.err
    settings = load_case(case / "case.toml")
    [known] = settings.known
    assert (known.account, known.decided_by, known.verdict) == ("dr.a", "RSSI", "illegitimate")
    assert known.from_ is not None
    assert known.until is not None
    assert settings.sources[0].name == "log"
    assert tocsin("journal", case, "check").code == 0
    answer = tocsin("run", case, "--json")
    assert answer.code in (0, 1), answer.out
    assert answer.json["result"]["accounting"][0]["records"] == 120
    assert answer.json["result"]["scope"]["events"] == sum(act.user == "dr.a" for act in random_acts(1, 120))


def test_case_that_is_there_is_never_overwritten(tocsin: Tocsin, log: list[str], tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "case.toml").write_text("mine", "utf-8")
    answer = tocsin("first", *log, "--account", "dr.a", "--to", case, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "case_exists")
    assert (case / "case.toml").read_text("utf-8") == "mine"
    (tmp_path / "file").write_text("", "utf-8")
    answer = tocsin("first", *log, "--account", "dr.a", "--to", tmp_path / "file", "--json")
    assert answer.json["error"]["code"] == "not_a_folder"


def test_nothing_is_made_when_the_account_never_acts(tocsin: Tocsin, log: list[str], tmp_path: Path) -> None:
    case, page = tmp_path / "case", tmp_path / "look.html"
    assert tocsin("first", *log, "--account", "nobody", "--to", case, "--html", page).code == 2
    assert not case.exists()
    assert not page.exists()


def test_page_never_takes_the_place_of_a_log(tocsin: Tocsin, log: list[str]) -> None:
    before = Path(log[0]).read_bytes()
    assert tocsin("first", *log, "--account", "dr.a", "--html", log[0]).code == 2
    assert Path(log[0]).read_bytes() == before


def test_command_offered_makes_the_case_when_it_is_typed(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = write_log(tmp_path / "a folder", [Act(MORNING, "dr o'x")])
    offered = tocsin("first", *log, "--account", "dr o'x", "--json").json["result"]["next"]
    program, *arguments = shlex.split(offered)
    assert program == "tocsin"
    assert tocsin(*arguments).code == 0
    assert load_case(tmp_path / "my-case" / "case.toml").known[0].account == "dr o'x"


def test_logs_of_two_formats_are_two_sources_and_a_copy_is_read_once(tocsin: Tocsin, tmp_path: Path) -> None:
    line = '192.0.2.1 - dr.x [11/Jun/2024:08:00:0{n} +0000] "GET /v1/p/12 HTTP/1.1" 200 5 "-" "agent"\n'
    web = "".join(line.format(n=n) for n in range(5))
    (tmp_path / "access.log").write_text(web, "utf-8")
    (tmp_path / "copy of access.log").write_text(web, "utf-8")
    nginx = {
        "time_iso8601": "2024-06-11T09:00:00+00:00", "remote_addr": "192.0.2.1", "remote_user": "dr.x",
        "request": "GET /v1/p/13 HTTP/1.1", "status": "200", "body_bytes_sent": "5",
    }  # fmt: skip
    (tmp_path / "portal.json").write_text((json.dumps(nginx) + "\n") * 3, "utf-8")
    files = sorted(tmp_path.glob("*.*"))
    answer = tocsin("first", *files, "--account", "dr.x", "--to", tmp_path / "case", "--json")
    assert answer.code == 0, answer.out
    [found] = answer.json["result"]["accounts"]
    assert found["totals"]["events"] == 8
    assert {row["source"] for row in answer.json["result"]["accounting"]} == {"web-access", "nginx-json"}
    assert {source.name for source in load_case(tmp_path / "case" / "case.toml").sources} == {
        "web-access",
        "nginx-json",
    }
    assert {log["series"] for log in found["logs"] if log["last_act_at"]} == {"access.log", "portal.json"}
