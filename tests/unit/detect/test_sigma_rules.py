# SPDX-License-Identifier: Apache-2.0
"""Sigma's constructs over events: what each matches, and what is refused by name instead of half-run."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from tests.made_case import rows_of
from tests.unit.detect.sigma_scenes import HOUR, MINUTE, NOON, act, case_of
from tocsin.core.errors import InputError
from tocsin.detect.detectors.sigma_rules import SigmaRules
from tocsin.detect.run import read_sight, run
from tocsin.detect.sigma.rules import read_rules
from tocsin.detect.sigma.running import Running, hits_sql
from tocsin.store.case import Case

HEAD = "title: A rule\nname: rule\nlogsource: {product: tocsin}\ndetection:\n"
ROWS = [
    act(
        "a",
        NOON,
        "read",
        object="/Patients/1_0%",
        user_agent="curl/8",
        address="192.0.2.77",
        bytes=10,
        status="200",
    ),
    act("b", NOON + MINUTE, "export", object="/patients/1", user_agent=None, address="192.0.3.1", bytes=2000),
    act(
        "c",
        NOON + 2 * MINUTE,
        "read",
        object="it's; drop table events",
        address="2001:db8::1",
        flags=["late", "cut"],
    ),
    act(
        "d",
        NOON + 13 * HOUR,
        "login",
        address=None,
        detail='{"purpose": "BTG", "deep": {"er": "x"}}',
        query="\\back",
    ),
]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with case_of(tmp_path_factory.mktemp("case"), ROWS) as made:
        yield made


def running(case: Case, *texts: str) -> tuple[Running, dict[str, set[str]]]:
    """The rules run, and the accounts that each finds."""
    with case.stage("tried", *SigmaRules.reads) as stage:
        stage.engine.run(
            "create temp table declared as select null as account, null::timestamptz as from_at,"
            " null::timestamptz as until_at where false"
        )
        ran = Running(case, stage.engine)
        ran.run(read_rules([(f"{n}.yml", text) for n, text in enumerate(texts)]))
        found = {
            one.rule_id: {
                str(row[0]) for row in stage.engine.rows(f"select distinct account from ({hits_sql(one)})")
            }
            for one in ran.ran
            if one.is_told
        }
    return ran, found


def accounts(case: Case, detection: str) -> set[str]:
    ran, found = running(case, HEAD + "".join(f"    {line}\n" for line in detection.split("\n")))
    assert ran.refused == {}
    return found["rule"]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("action: READ", "ac"),
        ("action|cased: READ", ""),
        ("action: [login, export]", "bd"),
        ("object: /patients/1*", "ab"),
        ("object: /patients/?", "b"),
        ("object|contains: s/1_", "a"),
        ("object|endswith: 0%", "a"),
        ("object|startswith: /patients", "ab"),
        ("object|contains|all: [Patients, '0']", "a"),
        ('object: "it\'s; drop table events"', "c"),
        ("query: '\\back'", "d"),
        ("object|re: '^/[Pp]atients/[0-9]$'", "b"),
        ("object|re|i: '^/PATIENTS/'", "ab"),
        ("address|cidr: 192.0.2.0/24", "a"),
        ("address|cidr: 192.0.0.0/16", "ab"),
        ("bytes|gte: 2000", "b"),
        ("bytes|lt: 2000", "a"),
        ("bytes: 10", "a"),
        ("status: 200", "a"),
        ("user_agent: null", "bcd"),
        ("user_agent|exists: true", "a"),
        ("user_agent: ''", "bcd"),
        ("flags: late", "c"),
        ("detail.purpose: BTG", "d"),
        ("detail.deep.er: x", "d"),
        ("occurred_at|hour: 1", "d"),
        ("c-ip: 192.0.3.1", "b"),
        ("account|fieldref: account", "abcd"),
        ("object|base64: x", ""),
        ("action|neq: read", "bd"),
    ],
)
def test_construct_matches_as_sigma_says(case: Case, test: str, expected: str) -> None:
    assert accounts(case, f"selection:\n    {test}\ncondition: selection") == set(expected)


def test_negation_matches_what_is_absent(case: Case) -> None:
    assert accounts(case, "one:\n    user_agent: curl*\ncondition: not one") == {"b", "c", "d"}


def test_quantifiers_of_conditions_are_read(case: Case) -> None:
    both = "sel_1:\n    action: read\nsel_2:\n    bytes: 10\ncondition: "
    assert accounts(case, both + "all of sel_*") == {"a"}
    assert accounts(case, both + "1 of them") == {"a", "c"}


@pytest.mark.parametrize(
    ("detection", "why"),
    [
        ("selection:\n        Image: x\n    condition: selection", "the field '{field}'"),
        ("selection:\n        - curl\n    condition: selection", "a search without a field"),
        (
            "selection:\n        address|cidr: 2001:db8::/32\n    condition: selection",
            "a network of IPv6 addresses",
        ),
        ("selection:\n        action|expand: '%names%'\n    condition: selection", "a placeholder (%name%)"),
        ("selection:\n        account|hour: 3\n    condition: selection", "the part of a time of '{field}'"),
        ("selection:\n        object|re: '(?=x)y'\n    condition: selection", "pySigma refuses it"),
        ("selection:\n        action|nonsense: x\n    condition: selection", "pySigma refuses it"),
        ("selection:\n        action: read\n    condition: selection | count() > 5", "pySigma refuses it"),
    ],
)
def test_construct_that_cannot_be_run_is_refused_by_name(case: Case, detection: str, why: str) -> None:
    ran, found = running(case, HEAD + "    " + detection)
    assert found == {}
    [said] = ran.refused.values()
    assert said.msgid.startswith(why)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [", "it is no YAML"),
        ("- 1", "it is no rule"),
        ("a: &x [1]\nb: *x", "YAML aliases"),
        ("[" * 60 + "]" * 60, "it is nested too deep"),
        ("action: global\ntitle: x", "a document with '{kind}'"),
        ("title: x", "pySigma refuses it"),
        (
            HEAD.replace("tocsin", "windows") + "    s: {action: x}\n    condition: s",
            "the log source '{source}'",
        ),
        (
            HEAD.replace("title", "tocsin: {p: 2}\ntitle") + "    s: {action: x}\n    condition: s",
            "tocsin.p lies",
        ),
        (
            HEAD.replace("title", "tocsin: {q: 1}\ntitle") + "    s: {action: x}\n    condition: s",
            "the attribute",
        ),
    ],
)
def test_file_that_is_no_rule_is_refused_by_name(case: Case, text: str, why: str) -> None:
    ran, _ = running(case, text)
    [said] = ran.refused.values()
    assert said.msgid.startswith(why)


BASE = """title: {name}
name: {name}
logsource: {{product: tocsin}}
detection:
    s: {{{test}}}
    condition: s
---
"""
JOINED = """title: Joined
name: joined
correlation:
    type: {type}
    rules: [{rules}]
    group-by: [{group}]
    timespan: {span}
{more}"""


def joined(
    folder: Path, rows: list[dict[str, object]], tests: dict[str, str], **shape: str
) -> tuple[set[str], Running]:
    text = "".join(BASE.format(name=name, test=test) for name, test in tests.items())
    given = {"rules": ", ".join(tests), "group": "account", "span": "10m", "more": "", **shape}
    with case_of(folder, rows) as case:
        ran, found = running(case, text + JOINED.format(**given))
    return found.get("joined", set()), ran


def test_window_of_a_count_slides(tmp_path: Path) -> None:
    rows = [act("quick", NOON + at * MINUTE) for at in (8, 12, 17)]
    rows += [act("slow", NOON + at * MINUTE) for at in (0, 9, 18)]
    more = "    condition: {gte: 3}"
    assert joined(tmp_path, rows, {"r": "action: read"}, type="event_count", more=more)[0] == {"quick"}


def test_distinct_patients_are_counted_and_not_events(tmp_path: Path) -> None:
    rows = [act("one", NOON + n * MINUTE, person="P") for n in range(5)]
    rows += [act("three", NOON + MINUTE, persons=["P", "Q", "R"])]
    more = "    condition: {field: person, gte: 3}"
    assert joined(tmp_path, rows, {"r": "action: read"}, type="value_count", more=more)[0] == {"three"}


def test_temporal_asks_for_all_in_any_order_and_ordered_in_theirs(tmp_path: Path) -> None:
    rows = [
        act("ab", NOON),
        act("ab", NOON + MINUTE, "export"),
        act("ba", NOON, "export"),
        act("ba", NOON + MINUTE),
    ]
    rows += [
        act("far", NOON),
        act("far", NOON + 11 * MINUTE, "export"),
        act("a", NOON),
        act("a", NOON + MINUTE),
    ]
    tests = {"first": "action: read", "second": "action: export"}
    assert joined(tmp_path / "1", rows, tests, type="temporal")[0] == {"ab", "ba"}
    assert joined(tmp_path / "2", rows, tests, type="temporal_ordered")[0] == {"ab"}


def test_alias_joins_fields_of_different_names(tmp_path: Path) -> None:
    rows = [
        act("x", NOON, "share", object="y"),
        act("y", NOON + MINUTE, "export"),
        act("z", NOON + MINUTE, "export"),
    ]
    aliases = "    aliases:\n        whom: {given: object, taken: account}"
    tests = {"given": "action: share", "taken": "action: export"}
    found, _ = joined(tmp_path, rows, tests, type="temporal_ordered", group="whom", more=aliases)
    assert found == {"y"}


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        ({"type": "event_count", "more": "    condition: {lt: 3}"}, "a count that is not"),
        ({"type": "value_sum", "more": "    condition: {field: bytes, gte: 3}"}, "the correlation {kind}"),
        ({"type": "event_count", "group": "Image", "more": "    condition: {gte: 3}"}, "a group by"),
        ({"type": "temporal", "more": "    condition: r and not r"}, "a condition that joins"),
        (
            {"type": "event_count", "rules": "elsewhere", "more": "    condition: {gte: 3}"},
            "it refers to a rule",
        ),
    ],
)
def test_correlation_that_cannot_be_run_is_refused_by_name(
    tmp_path: Path, shape: dict[str, str], why: str
) -> None:
    found, ran = joined(tmp_path, ROWS, {"r": "action: read"}, **shape)
    assert found == set()
    [said] = ran.refused.values()
    assert said.msgid.startswith(why)


RULE = HEAD.replace("name: rule", "id: 11111111-2222-4333-8444-555555555555\nlevel: critical\n{more}")
SIGMA = '\n[detect]\nsigma = ["rules/*.yml"]\n'


def rule_text(more: str = "", source: str = "product: tocsin") -> str:
    text = RULE.replace("{more}", more).replace("product: tocsin", source)
    return text + "    s: {action: export}\n    condition: s\n"


def case_with_rule(
    folder: Path, text: str, rows: list[dict[str, object]], settings: str = "", **tables: object
) -> Case:
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "a.yml").write_text(text, "utf-8")
    return case_of(folder, rows, SIGMA + settings, **tables)  # type: ignore[arg-type]


def sigma_findings(case: Case) -> list[dict[str, object]]:
    return [row for row in rows_of(case, "findings") if str(row["detector"]).startswith("sigma:")]


def test_author_may_give_a_p_of_its_own_and_an_edited_rule_is_run_anew(tmp_path: Path) -> None:
    with case_with_rule(tmp_path, rule_text(), ROWS) as case:
        run(case)
        [level] = sigma_findings(case)
        (tmp_path / "rules" / "a.yml").write_text(rule_text("tocsin: {p: 0.8}"), "utf-8")
        assert not run(case).is_current
        [own] = sigma_findings(case)
        assert run(case).is_current
    assert (level["detector"], level["account"]) == ("sigma:11111111-2222-4333-8444-555555555555", "b")
    assert (level["p"], own["p"]) == (0.45, 0.8)


def test_declared_operation_is_left_out(tmp_path: Path) -> None:
    operation = '\n[[operations]]\naccount = "b"\nwhy = "declared"\n'
    with case_with_rule(tmp_path, rule_text(), ROWS, operation) as case:
        run(case)
        assert sigma_findings(case) == []


def test_windows_without_the_log_are_listed_and_events_without_account_are_counted(tmp_path: Path) -> None:
    gap = {
        "source": "gateway",
        "kind": "sequence",
        "from_at": NOON + HOUR,
        "until_at": NOON + 2 * HOUR,
        "missing": 3,
    }
    rows = [
        *ROWS,
        act(None, NOON + 4 * HOUR, "export", source="gateway"),
        act("e", NOON + 5 * HOUR, source="gateway"),
    ]
    with case_with_rule(tmp_path, rule_text(source="category: webserver"), rows, gaps=[gap]) as case:
        run(case)
        sight = [row for row in read_sight(case) if str(row["code"]).startswith("sigma")]
    assert [row["about"] for row in sight if row["code"] == "sigma_unseen"] == [
        f"gateway {at:%Y-%m-%dT%H:%M:%SZ}" for at in (NOON, NOON + HOUR, NOON + 5 * HOUR)
    ]
    [ran] = [row for row in sight if row["code"] == "sigma_ran"]
    assert "0 accounts found; 1 events name no account" in str(ran["en"])


def test_refused_rule_is_said_and_the_others_run(tmp_path: Path) -> None:
    broken = rule_text(source="product: windows").replace("1111-2222", "9999-2222")
    with case_with_rule(tmp_path, rule_text() + "---\n" + broken, ROWS) as case:
        run(case)
        assert [row["account"] for row in sigma_findings(case)] == ["b"]
        [said] = [row for row in read_sight(case) if row["code"] == "sigma_refused"]
    assert "windows" in str(said["en"])
    assert said["fr"] != said["en"]


def test_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with case_of(tmp_path, ROWS, SIGMA) as case, pytest.raises(InputError, match="No Sigma rule"):
        run(case)


def test_missing_extra_is_said_with_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name, name="sigma")

    monkeypatch.setattr(importlib, "import_module", missing)
    with (
        case_with_rule(tmp_path, rule_text(), ROWS) as case,
        pytest.raises(InputError, match="pySigma") as told,
    ):
        run(case)
    assert "tocsin[sigma]" in told.value.do


@tried(max_examples=12, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_any_text_is_a_value_and_never_a_piece_of_sql(case: Case, text: str) -> None:
    quoted = "".join(f"\\U{ord(sign):08x}" for sign in text)
    ran, found = running(case, HEAD + f'    s: {{object: "{quoted}"}}\n    condition: s\n')
    assert set(found) | set(ran.refused)
