# SPDX-License-Identifier: Apache-2.0
"""What cannot be read is refused: one message, exit 2, and nothing of the case is changed."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from tests.unit.ingest.scenes import GATEWAY, WEB, Scene, gateway_line, packed, web_line, web_log
from tocsin.core.errors import InputError, MachineError, Sentence, TocsinError
from tocsin.core.plugins import load_plugins
from tocsin.ingest import parallel, recognise
from tocsin.ingest.described.description import descriptions
from tocsin.ingest.formats.web_access import WebAccess
from tocsin.ingest.interface import Confidence, LogFormat, Sample
from tocsin.ingest.standalone import Asked, read_files
from tocsin.store.case import Case

GUESSED = WEB.replace('format = "web-access"\n', "")


def refused(scene: Scene) -> TocsinError:
    before = scene.current()
    with pytest.raises(TocsinError) as caught:
        scene.ingest()
    error = caught.value
    assert error.what
    assert error.do
    assert error.code
    assert scene.current() == before
    return error


@pytest.fixture(params=["new case", "case that stands"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """A case, with or without a first commit."""
    scene = Scene(tmp_path / "case")
    scene.write("logs/first.log", web_log(2))
    if request.param == "case that stands":
        scene.ingest()
    return scene


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        (WEB.replace("logs/*", "none/*"), "no_file", "none/*"),
        (WEB.replace("logs/*", "logs"), "folder", "logs/*"),
        (WEB.replace("web-access", "web-acess"), "unknown_format", "web-access"),
        (WEB.replace('format = "web-access"', 'format = "mapped"'), "bad_settings", "mapping"),
        (WEB + 'mapping = "m.toml"\n', "bad_settings", "format"),
        (WEB.replace('format = "web-access"', 'mapping = "none.toml"'), "no_file", "none.toml"),
        ('[[sources]]\nname = "web"\n', "bad_settings", "paths"),
        (WEB + WEB, "same_name", "web"),
        (WEB + 'zone = "Europe/Pari"\n', "bad_zone", "Europe/Pari"),
        (WEB + 'form = "x"\n', "unknown_key", "format"),
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(scene: Scene, settings: str, code: str, said: str) -> None:
    scene.settings(settings)
    error = refused(scene)
    assert (error.exit_code, error.code) == (2, code)
    assert said in str(error)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed("gz", web_log(500).encode())[:-20], "unreadable"),
        (packed("zst", web_log(500).encode())[:-20], "unreadable"),
        (packed("zip", packed("zip", b"x")), "nested_archive"),
        (packed("tar", b"x"), "nested_archive"),
        (web_log(3).encode("utf-16"), "utf16"),
        (web_log(3).encode("utf-16-le"), "utf16"),
        (web_log(3).encode("utf-16-be"), "utf16"),
        (web_log(3).replace("\n", "\r").encode(), "cr_line_ends"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused(scene: Scene, content: bytes, code: str) -> None:
    scene.write("logs/bad.log", content)
    error = refused(scene)
    assert (error.exit_code, error.code) == (2, code)
    assert "logs/bad.log" in str(error.where)


@pytest.mark.parametrize(
    "content",
    [b"to be, or not to be\n" * 50, bytes(range(256)) * 20, b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(50)],
)
def test_file_that_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    scene = Scene(tmp_path / "case", GUESSED)
    scene.write("logs/bad.log", content)
    error = refused(scene)
    assert (error.exit_code, error.code) == (2, "not_a_log")
    assert "mapping" in error.do


def test_file_that_is_hardly_a_log_says_what_it_could_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognise, "ENOUGH", 0.99)
    scene = Scene(tmp_path / "case", GUESSED)
    scene.write("logs/a.log", web_log(3))
    error = refused(scene)
    assert error.code == "not_a_log"
    assert "web-access" in error.what


def test_file_that_two_formats_claim_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Rival(WebAccess):
        name = "rival"

        def sniff(self, sample: Sample) -> Confidence:
            return Confidence(super().sniff(sample).value - 0.01, Sentence("nearly", {}))

    formats: dict[str, LogFormat] = {**recognise.known_formats(), "rival": Rival()}
    monkeypatch.setattr(recognise, "known_formats", lambda: formats)
    scene = Scene(tmp_path / "case", GUESSED)
    scene.write("logs/a.log", web_log(3))
    error = refused(scene)
    assert (error.exit_code, error.code) == (2, "ambiguous_format")
    assert "rival" in error.what


@pytest.mark.parametrize("grown", [False, True])
def test_log_whose_times_have_no_zone_is_refused_with_one_question(tmp_path: Path, grown: bool) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    mapping = (scene.folder / "gateway.toml").read_text().replace('zone = "UTC"\n', "")
    scene.write("logs/a.log", gateway_line(1).replace("Z", "") + "\n")
    if grown:
        scene.ingest()
    scene.write("gateway.toml", mapping)
    error = refused(scene)
    assert (error.exit_code, error.code) == (2, "no_zone")
    assert "zone" in error.do
    scene.settings(GATEWAY + 'zone = "Europe/Paris"\n')
    scene.ingest()
    assert scene.fates() == {"event": 1}


def test_some_times_without_a_zone_are_set_aside(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    scene.write("gateway.toml", (scene.folder / "gateway.toml").read_text().replace('zone = "UTC"\n', ""))
    scene.write("logs/a.log", gateway_line(1) + "\n" + gateway_line(2).replace("Z", "") + "\n")
    scene.ingest()
    assert scene.fates() == {"event": 1, "no_zone": 1}


def test_disk_that_fills_up_while_it_is_written_leaves_what_stood(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    scene.write("logs/more.log", web_line(9_000) + "\n")
    monkeypatch.setattr(parallel, "process_chunk", fail)
    error = refused(scene)
    assert (error.exit_code, error.code) == (3, "disk_full")


def test_full_disk_stops_before_anything_is_written(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.write("logs/more.log", web_line(9_000) + "\n" + web_log(10, start=5_000))
    usage = shutil.disk_usage(scene.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10))
    error = refused(scene)
    assert isinstance(error, MachineError)
    assert (error.exit_code, error.code) == (3, "disk_full")


@pytest.mark.parametrize(
    "raised", [InputError("bad", do="look", code="mine"), KeyboardInterrupt(), ValueError("x")]
)
@pytest.mark.parametrize("where", ["process_chunk", "open_reading"])
def test_what_a_thread_raises_surfaces_as_it_is(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, raised: BaseException, where: str
) -> None:
    def fail(*_args: object) -> object:
        raise raised

    scene.write("logs/more.log", web_log(10, start=5_000))
    before = scene.current()
    monkeypatch.setattr(parallel, where, fail)
    with pytest.raises(type(raised)) as caught:
        scene.ingest()
    assert caught.value is raised
    assert scene.current() == before
    monkeypatch.undo()
    scene.ingest()
    assert scene.fates() == {"event": 12}


@pytest.mark.parametrize(
    "stage", ["write_files", "resolve_twins", "write_registers", "write_gaps", "list_evidence"]
)
def test_interrupted_run_leaves_nothing_half_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    def interrupt(*_args: object) -> object:
        raise KeyboardInterrupt

    scene.write("logs/more.log", web_log(10, start=5_000))
    before = scene.current()
    monkeypatch.setattr(f"tocsin.ingest.run.{stage}", interrupt)
    with pytest.raises(KeyboardInterrupt):
        scene.ingest()
    assert scene.current() == before
    monkeypatch.undo()
    scene.ingest()
    assert scene.fates() == {"event": 12}


@pytest.mark.parametrize(
    ("content", "fates"),
    [
        (b"", {}),
        (b"\n", {"blank": 1}),
        (b"\xef\xbb\xbf", {"blank": 1}),
        (b"\xef\xbb\xbf" + web_log(2).encode(), {"event": 2}),
        (web_log(2).encode()[:-1], {"event": 2}),
        (web_log(2).replace("\n", "\r\n").encode(), {"event": 2}),
        (web_log(1).encode() + b"\x00\x01\xff\n" + web_log(1, start=5).encode(), {"event": 2, "broken": 1}),
        (web_line(1, agent="x" * 100_000).encode(), {"event": 1}),
        (web_line(1, agent="é").encode("latin-1"), {"event": 1}),
        (b"\n \n\t\n", {"blank": 3}),
    ],
)  # fmt: skip
def test_odd_file_is_read_record_by_record(tmp_path: Path, content: bytes, fates: dict[str, int]) -> None:
    scene = Scene(tmp_path / "case")
    scene.write("logs/a.log", content)
    scene.ingest()
    assert scene.fates() == fates


def test_line_that_is_too_long_is_set_aside_and_the_next_is_read(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case")
    scene.write("logs/a.log", web_log(1) + "x" * ((16 << 20) + 1) + "\n" + web_log(1, start=9))
    scene.ingest()
    assert scene.fates() == {"event": 2, "too_long": 1}
    [row] = scene.rows("set_aside")
    assert (row["line_number"], len(str(row["text"]))) == (2, 4096)


@pytest.mark.parametrize(
    "time",
    [
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01T00:00:00Z",
        "294247-01-10T04:00:54Z",
        "infinity",
    ],
)
def test_time_that_no_calendar_holds_is_no_time(tmp_path: Path, time: str) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    lines = [gateway_line(1), gateway_line(2).replace("2024-06-11T10:00:02Z", time), gateway_line(3)]
    scene.write("logs/a.log", "".join(f"{line}\n" for line in lines))
    scene.ingest()
    assert scene.fates() == {"event": 2, "no_time": 1}
    assert len(scene.rows("events")) == 2, "all of them can be read back"


def test_latin1_log_is_read_by_its_mapping(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    scene.write("gateway.toml", 'encoding = "latin-1"\n' + (scene.folder / "gateway.toml").read_text())
    scene.write("logs/a.log", (gateway_line(1).replace("{", '{"user": "rené", ') + "\n").encode("latin-1"))
    scene.ingest()
    [row] = scene.rows("events")
    assert (row["account"], row["flags"]) == ("rené", None)


def test_control_characters_of_what_is_set_aside_are_written_out(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case")
    scene.write("logs/a.log", b"a\x1b[31m\x00\x7f\tb\xc2\x9b\r\n")
    scene.ingest()
    [row] = scene.rows("set_aside")
    assert row["text"] == r"a\x1b[31m\x00\x7f\x09b\x9b"


def test_events_of_very_many_days_are_kept_in_few_parts(tmp_path: Path) -> None:
    scene = Scene(tmp_path / "case", GATEWAY)
    days = [f"{1970 + n // 300:04d}-{1 + n // 25 % 12:02d}-{1 + n % 25:02d}" for n in range(1_500)]
    scene.write(
        "logs/a.log", "".join(f'{{"ts":"{day}T00:00:00Z","rid":"r{n}"}}\n' for n, day in enumerate(days))
    )
    scene.write("logs/b.log", '{"ts":"2024-06-11T00:00:00Z","rid":"r7"}\n')
    scene.ingest()
    assert scene.fates() == {"event": 1_501}
    events = scene.parts()["events"]
    assert isinstance(events, dict)
    assert len(events["parts"]) < 10


def test_every_format_registered_is_loaded() -> None:
    coded = set(load_plugins("tocsin.formats", LogFormat))  # type: ignore[type-abstract]
    described = {found.description.name for found in descriptions()}
    assert not coded & described
    assert coded | described == set(recognise.known_formats())


def test_two_runs_at_once_are_refused(tmp_path: Path, scene: Scene) -> None:

    with Case(scene.folder, by="tests"):
        error = refused(scene)
    assert (error.exit_code, error.code) == (2, "case_locked")


def test_second_log_in_a_file_is_named(tmp_path: Path) -> None:
    line = '192.0.2.1 - - [11/Jun/2024:10:00:00 +0200] "GET /a HTTP/1.1" 200 5 "-" "curl"\n'
    other = (
        '{"time_iso8601":"2024-06-11T10:00:00+02:00","remote_addr":"192.0.2.1","status":"200",'
        '"request":"GET / HTTP/1.1"}\n'
    )
    log = tmp_path / "a.log"
    log.write_text(line * 9 + other * 3)
    with read_files([log], Asked(), by="tests") as (case, warnings), case.engine("accounting") as engine:
        fates = engine.rows("select fate, sum(records)::bigint from accounting group by fate order by fate")
    assert fates == [("event", 9), ("set_aside", 3)]
    assert [(code, text.values, Path(where).name) for code, text, where in warnings] == [
        ("mixed_formats", {"format": "nginx-json"}, "a.log")
    ]


def test_damaged_lines_are_not_called_another_log(tmp_path: Path) -> None:
    line = '192.0.2.1 - - [11/Jun/2024:10:00:00 +0200] "GET /a HTTP/1.1" 200 5 "-" "curl"\n'
    log = tmp_path / "a.log"
    log.write_text(line * 9 + "192.0.2.1 - - [11/Ju\n" * 3)
    with read_files([log], Asked(), by="tests") as (_, warnings):
        assert warnings == ()
