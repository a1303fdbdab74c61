# SPDX-License-Identifier: Apache-2.0
"""`tocsin scan` on a share: the register of exceptional flows, what persons confirmed, proof of deletion."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Tocsin

ROWS = "nom;prenom;ne_le;resultat\nMartin;Zoé;1984-12-03;positif\nPetit;Paul;1975-02-01;négatif\n"
TODAY = datetime.now(UTC).date()


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def files_of(tocsin: Tocsin, *arguments: str | Path) -> dict[str, dict[str, object]]:
    answer = tocsin("scan", *arguments, "--json")
    assert answer.code == 0, answer.err
    return {Path(one["path"]).name: one for one in answer.json["result"]["files"]}


def test_flow_of_the_register_decides_until_its_end_and_past_it(tocsin: Tocsin, tmp_path: Path) -> None:
    share = tmp_path / "share"
    for name in ("open.csv", "ended.csv", "unknown.csv"):
        os.utime(written(share / name, ROWS), (1_600_000_000, 1_600_000_000))
    register = written(
        tmp_path / "flows.csv",
        "file;purpose;owner;until\n"
        f"{share}/open*;envoi au laboratoire;A. Martin;{TODAY}\n"
        f"{share}/ended.csv;reprise;B. Petit;{TODAY - timedelta(days=1)}\n",
    )
    found = files_of(tocsin, share, "--older-than", "30", "--register", register)
    assert {name: one["past_purpose"] for name, one in found.items()} == {
        "open.csv": False,
        "ended.csv": True,
        "unknown.csv": True,
    }
    assert found["ended.csv"]["flow"] == {
        "purpose": "reprise",
        "owner": "B. Petit",
        "until": str(TODAY - timedelta(days=1)),
    }
    said = tocsin("scan", share, "--register", register, "--lang", "fr")
    assert "le registre ne connaît pas" in said.out
    assert found["unknown.csv"]["flow"] is None


def test_file_that_is_read_is_not_past_its_purpose_by_use(tocsin: Tocsin, tmp_path: Path) -> None:
    old, now = 1_600_000_000, datetime.now(UTC).timestamp()
    os.utime(written(tmp_path / "share" / "read.csv", ROWS), (now, old))
    os.utime(written(tmp_path / "share" / "idle.csv", ROWS), (old, old))
    found = files_of(tocsin, tmp_path / "share", "--unused-for", "30")
    assert {name: one["past_purpose"] for name, one in found.items()} == {"read.csv": False, "idle.csv": True}


def test_what_a_person_confirmed_of_a_column_holds_and_says_who(tocsin: Tocsin, tmp_path: Path) -> None:
    share = written(tmp_path / "share" / "a.csv", ROWS).parent
    decisions = written(
        tmp_path / "columns.csv",
        "file,column,category,by,on\n"
        f"{share}/*,resultat,none,A. Martin,2026-01-02\n"
        f"{share}/*,resultat,health.visual_correction,B. Petit,2026-03-04\n",
    )
    [one] = files_of(tocsin, share, "--decisions", decisions).values()
    columns = one["columns"]
    assert isinstance(columns, list)
    [column] = [column for column in columns if column["column"] == "resultat"]
    assert [column[name] for name in ("category", "basis", "confidence", "confirmed_by", "confirmed_on")] == [
        "health.visual_correction",
        "confirmed",
        1.0,
        "B. Petit",
        "2026-03-04",
    ]


def test_earlier_scan_tells_what_is_gone_from_what_was_moved(tocsin: Tocsin, tmp_path: Path) -> None:
    share, before = tmp_path / "share", tmp_path / "before.json"
    for name in ("kept", "gone", "moved", "changed"):
        written(share / f"{name}.csv", ROWS + f"{name};x;2000-01-01;\n")
    assert tocsin("scan", share, "--to", before).code == 0
    (share / "gone.csv").unlink()
    (share / "moved.csv").rename(share / "other.csv")
    written(share / "changed.csv", ROWS)
    since = tocsin("scan", share, "--earlier", before, "--json").json["result"]["since"]
    assert since["gone"] == [str(share / "gone.csv")]
    assert since["moved"] == [{"before": str(share / "moved.csv"), "now": str(share / "other.csv")}]
    assert (since["changed"], since["new"], since["kept"], since["unknown"]) == (
        [str(share / "changed.csv")],
        [str(share / "other.csv")],
        1,
        [],
    )
    said = tocsin("scan", share, "--earlier", before, "--lang", "fr").out
    assert "déplacés, le contenu y est toujours\u00a0: 1" in said


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--register", "file;purpose\n/a;b\n"),
        ("--register", "file;purpose;owner;until\n/a;b;;2026-01-01\n"),
        ("--register", "file;purpose;owner;until\n/a;b;c;demain\n"),
        ("--register", "file;purpose;owner;until\n/a;b;c\n"),
        ("--decisions", "file;column;category;by;on\n/a;b;health.nothing;c;2026-01-01\n"),
        ("--decisions", "file;column;category;by;on\n/a;b;none;;2026-01-01\n"),
        ("--earlier", "{}"),
        ("--earlier", '{"paths": ["/elsewhere"], "scanned_at": "2026-01-01", "files": []}'),
    ],
    ids=["columns", "no owner", "no day", "short row", "category", "nobody", "no scan", "other paths"],
)
def test_scan_refuses_a_table_that_does_not_hold(
    tocsin: Tocsin, tmp_path: Path, option: str, text: str
) -> None:
    share = written(tmp_path / "share" / "a.csv", ROWS).parent
    assert tocsin("scan", share, option, written(tmp_path / "given", text)).code == 2
    assert tocsin("scan", share, option, tmp_path / "nothing").code == 2
