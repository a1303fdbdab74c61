# SPDX-License-Identifier: Apache-2.0
"""Where addresses lie, as the site tells it: ranges of its own and registers, and what cannot be one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import HEAD, make_case, rows_of
from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import load_case
from tocsin.ingest.whereabouts import range_warnings, write_whereabouts

POINT = "latitude = 48.1\nlongitude = -1.7\n"
REGISTER = '\n[[places]]\nname = "register"\npaths = ["ranges.csv"]\ncolumns = {{ {} }}\n'
POINTS = 'network = "net", latitude = "lat", longitude = "lon"'
WHOLE = f'{POINTS}, first = "a", last = "b", kind = "k", place = "city"'


def ranges(folder: Path, settings: str, register: str = "") -> list[dict[str, object]]:
    (folder / "ranges.csv").write_text(register, "utf-8")
    with make_case(folder, settings=settings) as case:
        with case.stage("placed") as stage:
            write_whereabouts(stage)
            stage.commit("placed")
        return rows_of(case, "address_ranges")


def test_ranges_are_read_however_a_register_writes_them(tmp_path: Path) -> None:
    rows = [
        "net,a,b,lat,lon,k,city",
        "192.0.2.0/24,,,43.3,5.4,fixed,Marseille",
        ",198.51.100.4,198.51.100.9,,,MOBILE,",
        ",3405803776,3405803776,47.2,-1.6,hosting,",
        "2001:db8::/32,,,43.3,5.4,,",
        "192.0.2.0/99,,,43.3,5.4,fixed,no length",
        "not-a-range,,,43.3,5.4,fixed,nowhere",
        "192.0.2.8/32,,,143.3,5.4,fixed,off the globe",
        "192.0.2.8/32,,,,,fixed,no point",
        ",198.51.100.9,198.51.100.4,,,vpn,backwards",
    ]
    site = f'\n[[places]]\nname = "Site"\naddresses = ["10.1.2.3/16"]\nradius_km = 2\n{POINT}'
    found = ranges(tmp_path, site + REGISTER.format(WHOLE), "\n".join(rows) + "\n")
    told = [(row["is_site"], row["place"], row["kind"], row["latitude"], row["radius_km"]) for row in found]
    assert sorted(map(str, told)) == sorted(
        map(
            str,
            [
                (True, "Site", "fixed", 48.1, 2.0),
                (False, "Marseille", "fixed", 43.3, 50.0),
                (False, "register", "mobile", None, None),
                (False, "47.2, -1.6", "shared", 47.2, 50.0),
                (False, "43.3, 5.4", "fixed", 43.3, 50.0),
            ],
        )
    )
    [own] = [row for row in found if row["is_site"]]
    assert (str(own["first_address"])[24:], str(own["last_address"])[24:]) == ("0a010000", "0a01ffff")


LEFT_OUT = """net,lat,lon,k
192.0.2.0/24,43.3,5.4,fixed
192.0.2.0/24,43.3,5.4,fixed
192.0.2.0/99,43.3,5.4,fixed
not-a-range,43.3,5.4,mobile
,43.3,5.4,fixed
192.0.2.8/32,143.3,5.4,
198.51.100.0/24,,,fixed
203.0.113.0/24,,,hosting
"""


def test_rows_of_a_register_that_tell_no_place_are_counted_and_said(tmp_path: Path) -> None:
    register = REGISTER.format(f'{POINTS}, kind = "k"')
    (tmp_path / "ranges.csv").write_text(LEFT_OUT, "utf-8")
    backwards = '\n[[places]]\nname = "pairs"\npaths = ["pairs.csv"]\nkind = "vpn"\n'
    backwards += 'columns = { first = "a", last = "b" }\n'
    (tmp_path / "pairs.csv").write_text("a,b\n198.51.100.9,198.51.100.4\n", "utf-8")
    with make_case(tmp_path, settings=register + backwards) as case:
        with case.stage("placed") as stage:
            write_whereabouts(stage)
            stage.commit("placed")
        facts = {(row["places"], row["fact"]): row["rows"] for row in rows_of(case, "range_facts")}
        said = [(text.values["rows"], where) for _code, text, where in range_warnings(case)]
    told = {"no_range": 3, "no_point": 2, "unknown_kind": 1, "kept": 2}
    assert facts == {
        **{("register", fact): rows for fact, rows in told.items()},
        ("register", "read"): sum(told.values()),
        ("pairs", "read"): 1,
        ("pairs", "backwards"): 1,
    }
    assert sorted(said) == [(1, "pairs"), (1, "register"), (2, "register"), (3, "register")]


def test_site_all_of_whose_addresses_lie_somewhere_is_warned_of_nothing(tmp_path: Path) -> None:
    site = f'\n[[places]]\nname = "Site"\naddresses = ["10.1.2.3/16"]\n{POINT}'
    with make_case(tmp_path, settings=site) as case:
        with case.stage("placed") as stage:
            write_whereabouts(stage)
            stage.commit("placed")
        assert range_warnings(case) == []


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ("", "names no address"),
        (f'addresses = ["10.0.0.0/40"]\n{POINT}', "is no network address"),
        ('addresses = ["10.0.0.0/8"]\n', "does not say where it is"),
        ('addresses = ["10.0.0.0/8"]\nlatitude = 91\nlongitude = 0\n', "lies between -90 and 90"),
        (f'addresses = ["10.0.0.0/8"]\nradius_km = -1\n{POINT}', "is not negative"),
        (f'paths = ["ranges.csv"]\ncolumns = {{ first = "a" }}\n{POINT}', "which column holds them"),
    ],
)
def test_place_that_tells_nothing_is_refused(tmp_path: Path, places: str, said: str) -> None:
    path = tmp_path / "case.toml"
    path.write_text(f'{HEAD}\n[[places]]\nname = "x"\n{places}', "utf-8")
    with pytest.raises(SettingsError, match=said):
        load_case(path)


def test_carrier_needs_no_point(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(f'{HEAD}\n[[places]]\nname = "x"\nkind = "mobile"\naddresses = ["10.0.0.0/8"]\n', "utf-8")
    assert load_case(path).places[0].kind == "mobile"


def test_column_that_the_register_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no column"):
        ranges(
            tmp_path,
            REGISTER.format('network = "range", latitude = "lat", longitude = "lon"'),
            "net,lat,lon\n",
        )
