# SPDX-License-Identifier: Apache-2.0
"""R1 to R4: the product finds what the generator hid, figure by figure and person by person."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.unit.replays.demos import DEMOS, REPLAYS, SCALE, Demo, demo_of
from tocsin.cli.main import run_command
from tocsin.core.errors import InputError
from tocsin.pipeline import run_case
from tocsin.replays.r2.size import REGIONS, UNNAMED
from tocsin.replays.r3.contents import HEADS
from tocsin.replays.r3.replay import LINES_TOLD, PLAIN, PROXY_ONLY, R3
from tocsin.replays.r3.size import size_at as life_size
from tocsin.store.case import Case

EACH = pytest.mark.parametrize("name", list(REPLAYS))
RUN = pytest.mark.parametrize(("name", "variant"), DEMOS)
WITH_PERSONS = pytest.mark.parametrize("name", ["R1", "R2", "R4"])
LEVELS = ("floor", "best", "ceiling")

Shown = dict[tuple[str, str], str]
"""Person (as the set of its local ids, joined) and category: the narrowest count."""


@RUN
def test_demonstration_finds_every_figure(name: str, variant: str) -> None:
    demo = demo_of(name, variant)
    outcomes = demo.replay.compare(demo.report, demo.home / "truth")
    assert [one.expected.figure for one in outcomes if not one.agrees] == []
    assert len(outcomes) > 20
    assert demo.code == 0


def told_by_truth(demo: Demo) -> Shown:
    """The truth, persons known by all their local ids that were shown."""
    rows = pq.read_table(demo.home / "truth" / "persons.parquet").to_pylist()
    ids: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        ids[row["group"]].add(row["person"])
    shown: Shown = {}
    for row in rows:
        key = "+".join(sorted(ids[row["group"]])), row["category"]
        shown[key] = min(shown.get(key, row["count_in"]), row["count_in"], key=LEVELS.index)
    return shown


def found_by_product(demo: Demo) -> Shown:
    """The tables `exposure` and `persons`, read back."""
    with (
        Case(demo.case, by="tests", read_only=True) as case,
        case.engine("exposure", "persons", "disclosures") as engine,
    ):
        rows = engine.rows(
            "select e.person_id, e.category, e.count_in,"
            " (select list(distinct d.person) from disclosures as d"
            "  inner join persons as p on p.registry = d.registry and p.person = d.person"
            "  where p.person_id = e.person_id)"
            " from exposure as e"
        )
    return {
        ("+".join(sorted(str(one) for one in ids)), str(category)): str(count_in)  # type: ignore[attr-defined]
        for _, category, count_in, ids in rows
    }


@WITH_PERSONS
def test_each_person_was_shown_what_the_truth_says_category_by_category(name: str) -> None:
    demo = demo_of(name)
    told = told_by_truth(demo)
    assert found_by_product(demo) == told
    assert len(told) > 100


@pytest.mark.parametrize(("name", "variant"), [("R1", ""), ("R3", PLAIN), ("R4", "")])
def test_an_independent_count_agrees(name: str, variant: str, capfd: pytest.CaptureFixture[str]) -> None:
    code = run_command(["recount", str(demo_of(name, variant).case)])
    assert code == 0, capfd.readouterr().out


@RUN
def test_counts_are_in_order_and_are_not_one(name: str, variant: str) -> None:
    persons = demo_of(name, variant).report["counts"]["persons"]
    if persons["ceiling"] is None:
        assert name == "R3"
        return
    if name == "R3" and variant != LINES_TOLD:
        assert persons["floor"] == persons["best"] == persons["ceiling"] > 0
        return
    assert persons["floor"] <= persons["best"] < persons["ceiling"]


def test_phones_are_fewer_than_names_in_the_care_network() -> None:
    categories = demo_of("R1").report["categories"]
    assert 0 < categories["contact.phone"]["persons"]["best"] < categories["identity.name"]["persons"]["best"]
    assert categories["contact.address"]["persons"]["ceiling"] == 0


def test_two_logs_of_one_act_count_its_person_once() -> None:
    demo = demo_of("R1")
    with Case(demo.case, by="tests", read_only=True) as case, case.engine("judged", "events") as engine:
        sources = engine.rows(
            "select e.source, count(*) from judged as j inner join events as e on e.event_id = j.event_id"
            " where e.outcome = 'success' group by e.source order by e.source"
        )
    assert [source for source, _ in sources] == ["application", "passerelle"]
    assert demo.report["counts"]["persons"]["best"] == demo.truth["persons"]["best"]


def test_a_search_is_never_in_the_floor() -> None:
    counts = demo_of("R2").report["counts"]["persons"]
    assert 0 < counts["floor"] < counts["best"] < counts["ceiling"]


def test_the_owner_that_confirmed_his_work_is_out_of_scope() -> None:
    demo = demo_of("R2")
    with Case(demo.case, by="tests", read_only=True) as case:
        legitimate = [known for known in case.settings.known if known.verdict == "legitimate"]
        with case.engine("judged", "events") as engine:
            inside = engine.count(
                "select count(*) from judged as j inner join events as e on e.event_id = j.event_id"
                f" where e.address = '{legitimate[0].address}' and e.account = '{legitimate[0].account}'"
            )
            all_of = engine.count(
                f"select count(*) from events where address = '{legitimate[0].address}'"
                f" and account = '{legitimate[0].account}'"
            )
    assert (len(legitimate), inside) == (1, 0)
    assert all_of > 0


def test_sessions_that_are_weighed_leave_what_was_said_of_addresses(tmp_path: Path) -> None:
    assert run_command(["demo", "R2", "--to", str(tmp_path / "demo")]) == 0
    counts = Demo(REPLAYS["R2"](), tmp_path / "demo", 0).report["counts"]["persons"]
    assert counts["floor"] < counts["best"] < counts["ceiling"]


def test_account_that_had_ended_is_found_where_the_case_names_nobody() -> None:
    assert demo_of("R2", UNNAMED).code == 0


def test_agencies_share_persons_who_are_counted_once() -> None:
    report = demo_of("R4").report
    each = sum(row["persons"]["best"] for row in report["controllers"]["largest"])
    assert each > report["counts"]["persons"]["best"]


def test_files_that_nobody_has_read_leave_the_ceiling_open() -> None:
    counts = demo_of("R3", PLAIN).report["counts"]
    assert counts["persons"] == {"floor": 0, "best": 0, "ceiling": None, "ceiling_reason": "unresolved"}
    assert counts["files"]["floor"] == demo_of("R3", PLAIN).truth["files"] > 0


HELD_IN = {0: "identity.name", 4: "id.nir", 5: "contact.phone", 6: "contact.email"}
"""Places in a line, and what stands there."""


@pytest.mark.parametrize("variant", ["", PROXY_ONLY])
def test_files_and_logs_alone_tell_each_person_and_what_was_held_of_each(variant: str) -> None:
    """Against the lines themselves, read here in plain Python."""
    demo = demo_of("R3", variant)
    told: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for path in sorted((demo.case / "fichiers").iterdir()):
        for line in path.read_text("utf-8").splitlines()[1:]:
            cells = line.split(";")
            for place, category in HELD_IN.items():
                if cells[place]:
                    told[category].add(tuple(cells[:7]))
    found = demo.report["categories"]
    assert {name: len(persons) for name, persons in told.items()} == {
        name: found[name]["persons"]["floor"] for name in told
    }


def test_a_copy_that_is_taken_out_of_the_case_leaves_its_downloads_unresolved(tmp_path: Path) -> None:
    R3().write(tmp_path / "case", SCALE, tmp_path / "truth")
    gone = sorted((tmp_path / "case" / "fichiers").iterdir())[0]
    gone.unlink()
    with Case(tmp_path / "case", by="tests") as case:
        report, _ = run_case(case)
        with case.engine("unresolved", "events") as engine:
            rows = engine.rows(
                "select u.reason, e.object from unresolved as u"
                " inner join events as e on e.event_id = u.event_id"
            )
    assert {(str(reason), str(path).rsplit("/", 1)[1]) for reason, path in rows} == {
        ("unknown_content", gone.name)
    }
    assert report["counts"]["persons"]["ceiling"] is None  # type: ignore[index]


def test_lines_told_by_the_log_bound_the_persons_of_a_file() -> None:
    demo = demo_of("R3", LINES_TOLD)
    assert demo.report["counts"]["persons"]["ceiling"] >= demo.truth["in_files"]["persons"]


def test_files_hold_what_the_truth_says_of_them() -> None:
    demo = demo_of("R3")
    numbers, lines = set(), 0
    for row in pq.read_table(demo.home / "truth" / "files.parquet").to_pylist():
        content = (demo.case / "fichiers" / row["file"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (row["sha256"], row["bytes"])
        heads, *of_file = content.decode().splitlines()
        assert (heads, len(of_file)) == (HEADS, row["lines"])
        persons = {tuple(line.split(";")[:7]) for line in of_file}
        assert len(persons) == row["persons"]
        numbers |= persons
        lines += len(of_file)
    assert (len(numbers), lines) == (demo.truth["in_files"]["persons"], demo.truth["in_files"]["lines"])


def test_life_size_is_what_the_public_knows() -> None:
    assert life_size(1).persons == 1_400_000


@EACH
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path, name: str) -> None:
    digests = []
    for at, seed in enumerate((5, 5, 6)):
        home = tmp_path / str(at)
        REPLAYS[name]().write(home / "case", SCALE, home / "truth", seed=seed)
        digests.append(
            {
                path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in home.rglob("*")
                if path.is_file()
            }
        )
    assert digests[0] == digests[1]
    assert digests[0] != digests[2]


@EACH
def test_the_case_holds_no_truth(tmp_path: Path, name: str) -> None:
    REPLAYS[name]().write(tmp_path / "case", SCALE, tmp_path / "truth")
    apart = {path.name for path in (tmp_path / "truth").iterdir()}
    assert "truth.json" in apart
    assert not apart & {path.name for path in (tmp_path / "case").rglob("*")}
    assert "truth" not in (tmp_path / "case" / "case.toml").read_text("utf-8")


@EACH
@pytest.mark.parametrize("scale", [0.0001, 3.0, float("nan")])
def test_a_scale_out_of_bounds_is_refused(tmp_path: Path, name: str, scale: float) -> None:
    with pytest.raises(InputError):
        REPLAYS[name]().write(tmp_path / "case", scale, tmp_path / "truth")
    assert not (tmp_path / "case").exists()


@EACH
def test_an_unknown_variant_and_a_full_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        REPLAYS[name]().write(tmp_path / "case", SCALE, tmp_path / "truth", "ghost")
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "mine").touch()
    with pytest.raises(InputError):
        REPLAYS[name]().write(tmp_path / "case", SCALE, tmp_path / "truth")


@EACH
def test_a_truth_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        REPLAYS[name]().scale_of(tmp_path)
    (tmp_path / "truth.json").write_text("{}", "utf-8")
    with pytest.raises(InputError):
        REPLAYS[name]().scale_of(tmp_path)


def test_regions_share_patients_under_local_ids_of_their_own(tmp_path: Path) -> None:
    held: list[set[str]] = []
    ids: list[set[str]] = []
    for region in REGIONS[:2]:
        home = tmp_path / region
        REPLAYS["R2"]().write(home / "case", SCALE, home / "truth", region)
        table = pq.read_table(home / "case" / "listes" / "patients.parquet").to_pydict()
        held.append({number for number in table["ins"] if number})
        ids.append(set(table["identifiant"]))
    assert held[0] & held[1]
    assert not ids[0] & ids[1]
