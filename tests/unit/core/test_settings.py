# SPDX-License-Identifier: Apache-2.0
"""Settings are read whole or refused with one message that names the file, the line and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.conftest import GOLDEN
from tocsin.core.errors import SettingsError
from tocsin.core.settings import load_case, load_catalogue, load_mapping

HEAD = '[case]\nid = "c"\n'
SOURCE = '[[sources]]\nname = "gateway"\npaths = ["a.log"]\n'
REGISTRY = '[[registries]]\nname = "persons"\npaths = ["p.csv"]\ncolumns = { person = "id" }\n'
RECORD = "[[records]]\nname='a'\npaths=[]\ncolumns={}\n"


def case_of(folder: Path, text: str, *, head: str = HEAD) -> Path:
    path = folder / "case.toml"
    path.write_text(head + text, "utf-8")
    return path


def refused(path: Path) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load_case(path)
    assert caught.value.exit_code == 2
    assert caught.value.where.file == str(path)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "key", "nearest"),
    [
        ("[cases]\n", 3, "cases", "case"),
        ("[limits]\nmemmory = '1GiB'\n", 4, "memmory", "memory"),
        (SOURCE + 'fromat = "mapped"\n', 6, "fromat", "format"),
        (SOURCE + "period = { from = 2020-01-01, untill = 2021-01-01 }\n", 6, "untill", "until"),
        (REGISTRY + SOURCE + "[sources.period]\nuntil_ = 2020-01-01\n", 11, "until_", "until"),
        ("[[known]]\naccount = 'a'\n[[known]]\nacount = 'b'\n", 6, "acount", "account"),
    ],
)  # fmt: skip
def test_unknown_key_is_refused_at_every_depth_with_the_nearest(
    tmp_path: Path, text: str, line: int, key: str, nearest: str
) -> None:
    error = refused(case_of(tmp_path, text))
    assert error.what == f"Unknown key '{key}'."
    assert error.do == f"Did you mean '{nearest}'?"
    assert error.where.line == line
    assert error.code == "unknown_key"


def test_unknown_key_unlike_any_is_refused_with_all_that_there_are(tmp_path: Path) -> None:
    error = refused(case_of(tmp_path, "[limits]\nqqq = 1\n"))
    assert error.do == "Known: alarms_per_week, memory, set_aside."


def test_unknown_key_of_a_known_table_is_found_on_its_own_line(tmp_path: Path) -> None:
    error = refused(case_of(tmp_path, '# paths of nothing\n[[known]]\nwhy = "paths"\npaths = ["x"]\n'))
    assert (error.where.line, error.where.column) == (6, 1)


def test_keys_that_begin_with_x_are_ignored_at_every_depth(tmp_path: Path) -> None:
    text = "x-note = 1\n[x-own]\na = 1\n" + SOURCE + "x-colour = 'red'\nperiod = { x-from = 3 }\n"
    loaded = load_case(case_of(tmp_path, text))
    assert loaded.sources[0].period is not None
    assert loaded.sources[0].period.from_ is None


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[limits]\nmemory = 4\n", 4, "'memory' should be a text, and is a whole number."),
        (SOURCE.replace('["a.log"]', '"a.log"'), 5, "'paths' should be a list, and is a text."),
        (SOURCE.replace('["a.log"]', '["a", 3]'), 5, "'paths' should be a text, and is a whole number."),
        ("[detect]\nenabled = 'yes'\n", 4, "'enabled' should be true or false, and is a text."),
        ("[claims]\nnone = { a = 1 }\n", 4, "'none' should be a list, and is a table."),
        ("[sources]\na = 1\n", 3, "'sources' should be a list, and is a table."),
        ("[[known]]\naccount='a'\nfrom = '2020-01-01T00:00:00Z'\n", 5,
         "'from' should be an instant, without quotes, and is a text."),
        ("[[known]]\naccount='a'\nfrom = 09:00:00\n", 5,
         "'from' should be an instant, without quotes, and is a time of day."),
        (SOURCE + "custody = 'inside'\n", 6, "'inside' is not a value of 'custody'."),
        ("[[registries]]\nname = 'r'\npaths = []\n", 3, "The key 'columns' is missing."),
    ],
)  # fmt: skip
def test_value_of_another_kind_is_refused_on_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    error = refused(case_of(tmp_path, text))
    assert error.what == what
    assert error.where.line == line


def test_value_of_a_closed_list_is_refused_with_the_nearest(tmp_path: Path) -> None:
    error = refused(case_of(tmp_path, SOURCE + "custody = 'out-side'\n"))
    assert error.do == "Did you mean 'outside'?"


def test_missing_case_table_is_told(tmp_path: Path) -> None:
    assert refused(case_of(tmp_path, "", head="")).what == "The key 'case' is missing."
    assert refused(case_of(tmp_path, "", head="[case]\n")).what == "The key 'id' is missing."


@pytest.mark.parametrize("instant", ["2020-07-21T09:00:00", "2020-07-21 09:00:00"])
def test_instant_without_zone_is_refused(tmp_path: Path, instant: str) -> None:
    error = refused(case_of(tmp_path, f"[[known]]\naccount = 'a'\nfrom = {instant}\n"))
    assert error.code == "no_zone"
    assert error.where.line == 5


def test_instant_out_of_range_is_refused(tmp_path: Path) -> None:
    error = refused(case_of(tmp_path, "[[known]]\naccount = 'a'\nfrom = 0001-01-01T00:00:00+02:00\n"))
    assert "out of range" in error.what


def test_instants_are_utc_and_a_bare_date_is_its_midnight(tmp_path: Path) -> None:
    text = "[[known]]\naccount = 'a'\nfrom = 2020-07-21T09:00:00+02:00\nuntil = 2020-07-22\n"
    [known] = load_case(case_of(tmp_path, text)).known
    assert known.from_ == datetime(2020, 7, 21, 7, tzinfo=UTC)
    assert known.until == datetime(2020, 7, 22, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["sources", "registries", "records"])
def test_same_name_twice_is_refused_at_the_second(tmp_path: Path, kind: str) -> None:
    columns = "" if kind == "sources" else "columns = { person = 'a', record = 'b' }\n"
    one = f"[[{kind}]]\nname = 'é'\npaths = []\n{columns}"
    error = refused(case_of(tmp_path, one + one))
    assert error.what == f"Two [[{kind}]] are named 'é'."
    assert error.where.line == 4 + one.count("\n")


@pytest.mark.parametrize(
    ("text", "line", "do"),
    [
        (SOURCE + REGISTRY + "sources = ['gatway']\n", 10, "Did you mean 'gateway'?"),
        (REGISTRY + "sources = ['gateway']\n", 7, "Add it under [[sources]]."),
        (SOURCE + "[[known]]\naccount = 'a'\nsource = 'zzz'\n", 8, "Known: gateway."),
        (REGISTRY + RECORD + "registry='person'\n", 11, "Did you mean 'persons'?"),
    ],
)  # fmt: skip
def test_reference_to_what_is_not_there_is_refused(tmp_path: Path, text: str, line: int, do: str) -> None:
    error = refused(case_of(tmp_path, text))
    assert error.code == "unknown_name"
    assert error.do == do
    assert error.where.line == line


@pytest.mark.parametrize("zone", ["Europe/Pariss", "../../etc/passwd", "", "Europe/Paris\x00"])
def test_zone_that_does_not_exist_is_refused(tmp_path: Path, zone: str) -> None:
    text = SOURCE + f"zone = {zone.replace(chr(0), '-')!r}\n".replace("'", '"')
    error = refused(case_of(tmp_path, text))
    assert error.code == "bad_zone"
    assert error.where.line == 6


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[known]]\naccount = 'a'\np = 1.5\n", 5),
        ("[[known]]\naccount = 'a'\np = nan\n", 5),
        ("[limits]\nset_aside = -0.1\n", 4),
        ("[detect]\nthreshold = inf\n", 4),
        ("[limits]\nmemory = 'lots'\n", 4),
        ("[[relations]]\nname='a'\npaths=[]\ncolumns={}\ndays_around=-1\n", 7),
        (SOURCE + "period = { from = 2020-01-02, until = 2020-01-01 }\n", 6),
        ("[[known]]\naccount='a'\nfrom = 2020-01-01\nuntil = 2020-01-01\n", 6),
    ],
)
def test_value_out_of_its_range_is_refused(tmp_path: Path, text: str, line: int) -> None:
    assert refused(case_of(tmp_path, text)).where.line == line


@pytest.mark.parametrize(
    ("text", "line"),
    [("[case\n", 1), ('a = "', 1), ("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("a = 2020-13-01\n", 1)],
)
def test_broken_toml_is_refused_on_its_line(tmp_path: Path, text: str, line: int) -> None:
    error = refused(case_of(tmp_path, text, head=""))
    assert error.code == "broken_toml"
    assert error.where.line in (line, None)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_value_beyond_measure_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(case_of(tmp_path, text, head="")).code == "broken_toml"


def test_missing_file_folder_and_foreign_bytes_are_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.toml").code == "no_file"
    assert "folder" in refused(tmp_path).what
    (tmp_path / "latin.toml").write_bytes("[case]\nid = 'é'\n".encode("latin-1"))
    assert "UTF-8" in refused(tmp_path / "latin.toml").what


def test_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert load_case(path).case.id == "c"


def test_names_of_any_script_are_kept(tmp_path: Path) -> None:
    text = SOURCE.replace("gateway", "Zugänge ß 東京 d'accès")
    assert load_case(case_of(tmp_path, text)).sources[0].name == "Zugänge ß 東京 d'accès"


def test_category_that_does_not_exist_is_refused_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(
        '[[shows]]\ncategories = ["other"]\n\n[[shows]]\ncategories = [\n "other",\n "health.reson"]\n'
    )
    with pytest.raises(SettingsError) as caught:
        load_catalogue(path)
    assert caught.value.do == "Did you mean 'health.reason'?"
    assert caught.value.where.line == 7


def test_parameter_is_a_text_or_a_table(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text(
        '[[shows]]\ncategories = []\n[shows.parameters]\na = "b:c"\nb = { from = "b:d", defualt = "0" }\n'
    )
    with pytest.raises(SettingsError, match="Did you mean 'default'"):
        load_catalogue(path)


def test_mapping_with_unknown_zone_or_reader_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text('reader = "lines"\nzone = "Mars/Base"\n[fields]\n')
    with pytest.raises(SettingsError, match="not a time zone"):
        load_mapping(path)
    path.write_text('reader = "json-line"\n[fields]\n')
    with pytest.raises(SettingsError, match="Did you mean 'json-lines'"):
        load_mapping(path)


def test_golden_settings_are_read() -> None:
    case = load_case(GOLDEN / "case" / "case.toml")
    assert [source.name for source in case.sources] == ["gateway", "web"]
    assert load_catalogue(GOLDEN / "case" / "catalogue.toml").shows
    assert load_mapping(GOLDEN / "case" / "mappings" / "gateway.toml").fields
