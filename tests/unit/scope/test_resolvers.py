# SPDX-License-Identifier: Apache-2.0
"""Resolvers of third parties: asked in their order, held to what they were asked; none loses an event."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from tests.unit.scope.scenes import event, person, reasons, run_scene, shown, values
from tocsin.core.errors import MachineError
from tocsin.core.settings import CaseSettings, FileSettings
from tocsin.core.settings.case import CaseHead
from tocsin.scope import fates
from tocsin.scope.catalogue import CompiledRule
from tocsin.scope.interface import Answer, Question, Resolver

FILE = '[[shows]]\naction = "download"\nobject = "/files/{file}"\ncategories = ["health.result"]\n'


class FileLines(Resolver):
    """Holds the lines of one file."""

    name: ClassVar[str] = "file_lines"
    order: ClassVar[int] = 30

    def accepts(self, rule: CompiledRule) -> bool:
        return any(placeholder.kind == "file" for placeholder in rule.placeholders)

    def answer(self, question: Question) -> Answer:
        assert question.rules
        every = (
            "select event_id, rule from asked union all select 99, 0 union all select event_id, 7 from asked"
        )
        return Answer(
            shown=(
                "select event_id, rule, 'patients', 'P1', null, null, 'taken', true, 'file_lines'"
                f" from ({every}) where event_id <> 2"
            )
        )


@pytest.fixture
def _with_file_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    own = fates.load_plugins(fates.GROUP, Resolver)
    monkeypatch.setattr(fates, "load_plugins", lambda *_, **__: {**own, "file_lines": FileLines})


@pytest.mark.usefixtures("_with_file_lines")
def test_resolver_of_a_third_party_answers_what_it_was_asked_and_no_more(tmp_path: Path) -> None:
    events = [
        event(1, action="download", object="/files/a"),
        event(2, action="download", object="/files/b", items=5),
        event(3, action="download", object="/files/c", person="P2"),
    ]
    report, case = run_scene(tmp_path, catalogue=FILE, events=events, registry=[person("P1"), person("P2")])
    assert shown(case) == {
        (1, "P1", None, "health.result", "taken"),
        (3, "P2", None, "health.result", "taken"),
    }
    assert values(case, "disclosures", "resolver") == [("file_lines",), ("named",)]
    assert reasons(case, "unresolved") == {2: "unknown_content"}
    assert report.events == report.disclosed + report.nothing_shown + report.unresolved


def test_event_that_no_resolver_answers_is_unresolved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = fates.load_plugins(fates.GROUP, Resolver)
    monkeypatch.setattr(own["unknown_content"], "accepts", lambda *_: False)
    _, case = run_scene(tmp_path, catalogue=FILE, events=[event(1, action="download", object="/files/a")])
    assert reasons(case, "unresolved") == {1: "unanswered"}


def test_tocsins_own_resolvers_are_always_asked(tmp_path: Path) -> None:
    settings = CaseSettings(case=CaseHead(id="x"), plugins={"resolvers": ["other"]})
    assert [resolver.name for resolver in fates.load_resolvers(settings)] == [
        "named",
        "search_results",
        "sql_replay",
        "export",
        "unknown_content",
    ]


def test_resolver_of_files_is_asked_where_the_case_holds_files() -> None:
    files = [FileSettings(name="share", paths=["share"])]
    settings = CaseSettings(case=CaseHead(id="x"), files=files)
    assert [resolver.name for resolver in fates.load_resolvers(settings)] == list(fates.BUILT_IN)


def test_case_is_not_scoped_without_tocsins_own_resolvers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fates, "load_plugins", lambda *_, **__: {"file_lines": FileLines})
    with pytest.raises(MachineError):
        fates.load_resolvers(CaseSettings(case=CaseHead(id="x")))
