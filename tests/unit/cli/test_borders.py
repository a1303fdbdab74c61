# SPDX-License-Identifier: Apache-2.0
"""Where the command line ends: exit codes, one message, signals, a broken pipe, two languages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import GOLDEN
from tests.unit.cli.conftest import Tocsin
from tocsin.cli.count import stages
from tocsin.core.errors import TocsinError

BROKEN = '[case]\nid = "x"\n[limits]\nmemmory = "1GiB"\n'


def start(*arguments: str | Path, **more: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tocsin", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **more,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize(
    ("arguments", "verb"),
    [
        (["run", "--no-such-option"], "run"),
        (["run"], "run"),
        (["no-such-verb"], "no-such-verb"),
        (["run", "nowhere"], "run"),
        (["read", "nowhere.log"], "read"),
        (["formats", "nowhere.log"], "formats"),
        (["first", "nowhere.log", "--account", "a"], "first"),
        (["demo", "R99"], "demo"),
        (["journal", "nowhere", "check"], "journal"),
        (["decide", "nowhere", "--verdict", "maybe", "--why", "x"], "decide"),
        (["run", "nowhere", "--lang", "de"], "run"),
    ],
)
def test_wrong_use_is_one_object_with_exit_code_two(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = tocsin(*arguments, "--json")
    assert answer.code == 2
    assert answer.err == ""
    assert list(answer.json) == ["verb", "exit", "error"]
    assert (answer.json["verb"], answer.json["exit"]) == (verb, 2)
    error = answer.json["error"]
    assert list(error) == ["code", "what", "where", "do"]
    assert list(error["where"]) == ["file", "line", "column"]
    assert error["what"]
    assert list(tmp_path.iterdir()) == [], "wrong use leaves nothing behind"


def test_error_of_settings_names_file_and_line_in_both_languages(tocsin: Tocsin, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(BROKEN)
    french, english = (tocsin("run", tmp_path, "--lang", lang) for lang in ("fr", "en"))
    place = f"{tmp_path / 'case.toml'}:4:1: "
    nearest = "Vouliez-vous dire «\u00a0memory\u00a0»\u202f?"
    assert french.err == f"{place}Clé inconnue\u00a0: «\u00a0memmory\u00a0». {nearest}\n"
    assert english.err == f"{place}Unknown key 'memmory'. Did you mean 'memory'?\n"
    assert french.out == english.out == ""
    error = tocsin("run", tmp_path, "--json", "--lang", "fr").json["error"]
    assert error["what"] == "Unknown key 'memmory'.", "codes and objects are English"
    assert error["where"] == {"file": str(tmp_path / "case.toml"), "line": 4, "column": 1}


def test_usage_is_told_in_the_language_of_the_locale(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert tocsin("run", "--frm").err == "There is no option --frm. See `tocsin run --help`.\n"
    assert (
        tocsin("run", "--frm", "--lang=fr").err == "Il n’y a pas d’option --frm. Voyez `tocsin run --help`.\n"
    )
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert tocsin("run").err == "CASE manque. Voyez `tocsin run --help`.\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device", "/x"), 3),
        (PermissionError(13, "Permission denied", "/x"), 3),
        (MemoryError(), 3),
        (ValueError("Odile Synthétique"), 3),
        (RuntimeError("Odile Synthétique"), 3),
        (RecursionError("Odile"), 3),
        (TocsinError("Nothing."), 3),
        (KeyboardInterrupt(), 130),
    ],
)
@pytest.mark.parametrize("flags", [[], ["--debug"], ["--json"]], ids=["plain", "debug", "json"])
def test_failure_is_one_message_and_nothing_of_the_data(
    tocsin: Tocsin,
    case: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    flags: list[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(stages, "run_case", fail)
    answer = tocsin("run", case, *flags)
    assert answer.code == code
    assert "Odile" not in answer.out + answer.err
    assert ("Traceback" in answer.err or "File " in answer.err) is (flags == ["--debug"] and code == 3)
    if flags == ["--json"] and code == 3:
        assert answer.json["exit"] == 3
    if flags == [] and code == 3:
        assert len(answer.err.splitlines()) == 1


def test_case_that_another_run_holds_is_told(tocsin: Tocsin, case: Path) -> None:
    from tocsin.store.case import Case  # noqa: PLC0415

    with Case(case, by="another"):
        answer = tocsin("run", case, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "case_locked")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_stops_a_run_at_once_and_the_next_one_goes_on(
    tocsin: Tocsin, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = start("demo", "R5", "--scale", "0.002", "--to", tmp_path / "r5", "--json")
    journal = tmp_path / "r5" / "case" / "journal" / "journal.jsonl"
    deadline = time.monotonic() + 120
    while not journal.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert out == b""
    assert b"Traceback" not in err
    assert tocsin("journal", tmp_path / "r5" / "case", "check").code == 0
    left = [p.name for p in (tmp_path / "r5" / "case" / "tables").iterdir() if p.name.startswith(".spill")]
    assert left == []


LONG_QUERY = """
import os, signal, sys, threading
from tocsin.cli import main
from tocsin.cli.count import stages
from tocsin.store.engine import Engine

def compute(*_, **__):
    with Engine(memory="200MiB", threads=1) as engine:
        threading.Timer(1, os.kill, (os.getpid(), int(os.environ["NUMBER"]))).start()
        query = "select count(*) from range(100000000000) a(i), range(1000) b(j) where i % 7 = j"
        if os.environ["WAY"] == "stream":
            list(engine.stream(query, 1000))
        engine.rows(query)

stages.run_case = compute
main.main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("way", ["rows", "stream"])
def test_signal_stops_one_long_query_too(case: Path, way: str, number: signal.Signals, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LONG_QUERY, "run", str(case)],
        env={**os.environ, "WAY": way, "NUMBER": str(int(number))},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, b"", b"")


def test_reader_that_goes_away_is_no_failure(case: Path) -> None:
    process = start("journal", case, "export")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr:
        assert (process.wait(60), process.stderr.read()) == (0, b"")


def test_object_is_utf_8_whatever_the_terminal_speaks(tmp_path: Path) -> None:
    process = start("init", tmp_path / "été", "--json", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    out, _ = process.communicate(timeout=60)
    assert json.loads(out.decode("utf-8"))["case"] == str(tmp_path / "été")
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/half\xff")
    out, _ = start("init", odd, "--json").communicate(timeout=60)
    assert json.loads(out)["verb"] == "init"


def test_version_is_told(tocsin: Tocsin) -> None:
    answer = tocsin("--version")
    assert (answer.code, answer.out.split()[0]) == (0, "tocsin,")
    assert tocsin("--help").code == tocsin("run", "-h").code == 0


def test_table_of_the_golden_case_is_what_the_contract_says(
    tocsin: Tocsin, case: Path, tmp_path: Path
) -> None:
    tocsin("table", case, "events", "--to", tmp_path / "e.csv")
    head = (tmp_path / "e.csv").read_text("utf-8").splitlines()[0].split(",")
    assert (GOLDEN / "expected" / "events.csv").exists()
    assert {"event_id", "occurred_at", "account", "persons", "detail"} <= set(head)
