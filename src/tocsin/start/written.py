# SPDX-License-Identifier: Apache-2.0
"""case.toml and catalogue.toml from the answers: commented in the person's language, and held to the loader.

Nothing stands before the loader has accepted it; a case that is there is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.settings import load_case, load_catalogue
from tocsin.core.words import _
from tocsin.start.scene import Scene
from tocsin.start.screens import Rule
from tocsin.start.steps_screens import rules
from tocsin.start.toml_text import Plain, comment, toml_key, toml_value

CLAIMED = (
    "finance.bank",
    "credential.password",
    "id.nir",
    "health.record",
    "health.document",
    "health.prescription",
    "health.result",
)
"""What one would like to say was not touched: claimed where no page is said to show it."""


def write_case(scene: Scene) -> None:
    """Write both files. Raises InputError when a case stands there already, and no other but for a bug."""
    case, catalogue = scene.folder / "case.toml", scene.folder / "catalogue.toml"
    if case.exists():
        raise InputError(
            _("There is a case here already."),
            do=_("Choose another folder."),
            where=scene.folder,
            code="case_exists",
        )
    shown = rules(scene)
    _write(catalogue, "\n".join(_catalogue_lines(scene, shown)) + "\n", is_case=False)
    _write(case, "\n".join(_case_lines(scene, shown)) + "\n", is_case=True)


def _write(path: Path, text: str, *, is_case: bool) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, "utf-8")
        if is_case:
            load_case(temporary)
        else:
            load_catalogue(temporary)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    temporary.replace(path)


def _case_lines(scene: Scene, shown: list[Rule]) -> Iterator[str]:
    say = scene.words.text
    yield comment(say(_("Made by 'tocsin start'. Every line may be corrected; then: tocsin run <folder>")))
    yield from _head(scene)
    yield from _sources(scene)
    yield from _lists(scene)
    yield ""
    yield comment(say(_("What each page shows.")))
    yield from _table("[catalogue]", {"path": "catalogue.toml"})
    yield from _known(scene)
    yield ""
    yield comment(say(_("What one would like to say was not touched: proven, contradicted or left open.")))
    told = {category for rule in shown for category in rule.categories}
    claims = [category for category in CLAIMED if category not in told]
    yield from (
        _table("[claims]", {"none": claims}) if shown else _commented("[claims]", 'none = ["finance.bank"]')
    )


def _head(scene: Scene) -> Iterator[str]:
    kept = scene.kept
    head: dict[str, Plain] = {
        "id": scene.folder.resolve().name,
        "title": kept.word("title"),
        "zone": scene.zone,
    }
    for key in ("organisation", "became_aware_at", "became_aware_by"):
        if kept.word(key):
            text = kept.word(key)
            head[key] = datetime.fromisoformat(text) if key == "became_aware_at" else text
    yield ""
    yield from _table("[case]", head)
    if kept.word("structure"):
        yield ""
        yield comment(scene.words.text(_("Who is responsible for these data (GDPR: the controller).")))
        yield from _table("[[controllers]]", {"id": "controller-1", "name": kept.word("structure")})


def _sources(scene: Scene) -> Iterator[str]:
    for source in scene.source_settings():
        yield ""
        yield comment(scene.words.text(_("The logs, as the system writes them.")))
        held: dict[str, Plain] = {"name": source.name, "paths": source.paths}
        if source.zone:
            held["zone"] = source.zone
        yield from _table("[[sources]]", held)
        yield comment(
            scene.words.text(
                _("Who could have altered them: outside (kept elsewhere), same-host, attacker-reachable.")
            )
        )
        yield comment('custody = "same-host"')
        yield comment(scene.words.text(_("What they should cover: holes are then said.")))
        yield comment("period = { from = 2025-11-01T00:00:00+01:00 }")


def _lists(scene: Scene) -> Iterator[str]:
    kept, say = scene.kept, scene.words.text
    sources = [source.name for source in scene.source_settings()]
    if kept.word("patients") and kept.table("columns"):
        yield ""
        yield comment(say(_("Who the file numbers are: our name of a column = yours.")))
        held: dict[str, Plain] = {"name": "patients", "paths": [kept.word("patients")], "sources": sources}
        if kept.answers.get("local_id_identifying") is True:
            held["local_id_identifying"] = True
        yield from _table("[[registries]]", held)
        yield from _table("[registries.columns]", dict(kept.table("columns")))
    if kept.word("directory") and kept.table("directory_columns"):
        yield ""
        yield comment(say(_("The list of accounts.")))
        yield from _table("[[accounts]]", {"paths": [kept.word("directory")]})
        yield from _table("[accounts.columns]", dict(kept.table("directory_columns")))


def _known(scene: Scene) -> Iterator[str]:
    kept = scene.kept
    since, until = scene.period()
    for account in kept.texts("accounts"):
        yield ""
        yield comment(scene.words.text(_("What people hold to be illegitimate.")))
        held: dict[str, Plain] = {"account": account}
        if since is not None:
            held["from"] = since
        if until is not None:
            held["until"] = until
        held["split"] = kept.answers.get("split") is not False
        held["decided_by"] = kept.word("by")
        yield from _table("[[known]]", held)


def _catalogue_lines(scene: Scene, shown: list[Rule]) -> Iterator[str]:
    kept, say = scene.kept, scene.words.text
    yield comment(say(_("What each page shows. Made by 'tocsin start' from the answers given.")))
    if kept.answers.get("verified") is True:
        yield f"signed_by = {toml_value(kept.word('by'))}"
    else:
        yield comment(say(_("Signed by nobody: whoever checks these pages puts a name here.")))
        yield comment('signed_by = "…"')
    for rule in shown:
        yield ""
        held: dict[str, Plain] = {"source": rule.source, "action": rule.action}
        if rule.object is not None:
            held["object"] = rule.object
        if rule.object_type is not None:
            held["object_type"] = rule.object_type
        held["categories"] = list(rule.categories)
        if overlaps(rule, shown):
            held["together"] = True
        yield from _table("[[shows]]", held)


def overlaps(rule: Rule, others: list[Rule]) -> bool:
    """Whether another rule's path may be this rule's too, as `/patients/new` is `/patients/{person}`."""
    return any(
        other is not rule
        and (other.source, other.action, other.object_type) == (rule.source, rule.action, rule.object_type)
        and _may_be_one(rule.object, other.object)
        for other in others
    )


def _may_be_one(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return True
    ours, theirs = one.split("/"), other.split("/")
    return len(ours) == len(theirs) and all(
        a == b or "{" in a or "{" in b or "*" in (a, b) for a, b in zip(ours, theirs, strict=True)
    )


def _table(head: str, held: dict[str, Plain]) -> Iterator[str]:
    yield head
    for key, value in held.items():
        yield f"{toml_key(key)} = {toml_value(value)}"


def _commented(*lines: str) -> Iterator[str]:
    yield from (comment(line) for line in lines)
