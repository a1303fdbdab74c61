# SPDX-License-Identifier: Apache-2.0
"""A person signs a proposed rule, or rejects it.

Signing adds the rule to the catalogue with who, when and which version, after it was seen to hold beside the
others on the acts in scope. In order: the new catalogue is written beside and tried, the journal is told,
the catalogue is replaced; a crash in between leaves a rule that can be signed again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import Catalogue, Rule, load_catalogue
from tocsin.core.settings.versions import selectors_of
from tocsin.core.suggest import suggest
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.journal.chain import Json, sync
from tocsin.learn.acts import Coverage, measure_coverage
from tocsin.learn.decisions import REJECTED, SIGNED
from tocsin.learn.proposed_file import Kept, read_proposals
from tocsin.learn.run import acts_of
from tocsin.learn.toml_text import rule_lines, text_toml
from tocsin.scope.catalogue import compile_catalogue
from tocsin.scope.matching import hits_sql, match_rules, register_rules
from tocsin.store.case import Case

_VERSION_LINE: Final = re.compile(r"^version[ \t]*=.*$", re.MULTILINE)
_TABLE_LINE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_STEP: Final = re.compile(r"^(?P<base>.*)\+(?P<step>\d+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a person puts their name to."""

    why: str
    categories: tuple[str, ...] | None = None
    """Instead of those proposed; empty: it shows nothing."""

    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What signing did."""

    rule: Rule
    before: Coverage
    after: Coverage
    version: str | None
    """Of the catalogue as it is now; null when it states none and is known by its digest."""


def sign_rule(case: Case, name: str, signature: Signature) -> Signed:
    """Move a proposed rule into the catalogue.

    Raises InputError for a rule that is not proposed, lacks categories or meets another rule on an act in
    scope, and for a catalogue to which nothing can be added.
    """
    path = _catalogue_path(case)
    rule = _signed(case, _find(case, name), signature)
    before_text = path.read_text("utf-8-sig")
    version = _next_version(case)
    text = _with_version(before_text, version) + "\n".join(["", *rule_lines(rule, {"x-rule": name})]) + "\n"
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, "utf-8")
    try:
        catalogue = _tried(temporary, path, case, rule)
        before, after = _effect(case, catalogue)
        sync(temporary)
        body = _body(name, rule, signature, before_text, text)
        case.journal.append(SIGNED, body, by=case.by)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    return Signed(rule, before, after, version)


def reject_rule(case: Case, name: str, why: str) -> None:
    """Journal that a proposal is not right; it is not made again. Raises InputError for an unknown one."""
    _find(case, name)
    case.journal.append(REJECTED, {"rule": name, "why": why}, by=case.by)


def _catalogue_path(case: Case) -> Path:
    named = case.settings.catalogue
    if named is None:
        raise InputError(
            _("This case names no catalogue."),
            do=_("Add [catalogue] with its path to case.toml."),
            where=case.folder / "case.toml",
            code="no_catalogue",
        )
    return case.path_of(named.path)


def _find(case: Case, name: str) -> Kept:
    kept = {one.name: one for one in read_proposals(case.folder)}
    if name not in kept:
        raise InputError(
            _("There is no proposed rule '{name}'."),
            do=suggest(name, kept),
            where=case.folder,
            code="no_such_rule",
            name=name,
        )
    return kept[name]


def _signed(case: Case, kept: Kept, signature: Signature) -> Rule:
    categories = kept.rule.categories if signature.categories is None else list(signature.categories)
    if not categories and kept.is_waiting and signature.categories is None:
        raise InputError(
            _("The rule '{name}' says nothing of what its requests show."),
            do=_("Add --category for each kind of data that the screen shows, or --shows-nothing."),
            code="no_categories",
            name=kept.name,
        )
    _check_categories(categories)
    twins = [one for one in case.catalogue.shows if selectors_of(one) == selectors_of(kept.rule)]
    return msgspec.structs.replace(
        kept.rule,
        categories=categories,
        since=signature.since or kept.rule.since,
        signed_by=case.by,
        signed_at=datetime.now(UTC).replace(microsecond=0),
        version=str(len(twins) + 1),
    )


def _check_categories(categories: Sequence[str]) -> None:
    """`undetermined` is what no rule covers: a signature on it would hide that nobody knows."""
    known = [category.value for category in Category if category is not Category.UNDETERMINED]
    for category in categories:
        if category not in known:
            raise InputError(
                _("'{category}' is not a category that a rule can show."),
                do=suggest(category, known),
                code="unknown_category",
                category=category,
            )


def _next_version(case: Case) -> str | None:
    """The version stated, one step further: a catalogue that changed is not the one it names."""
    named = case.settings.catalogue
    stated = case.catalogue.version or (named.version if named else None)
    if stated is None:
        return None
    found = _STEP.match(stated)
    return f"{found['base']}+{int(found['step']) + 1}" if found else f"{stated}+1"


def _with_version(text: str, version: str | None) -> str:
    """The text with its version line replaced, or put first; ends with a line end."""
    ended = text if text.endswith("\n") or not text else f"{text}\n"
    if version is None:
        return ended
    line = f"version = {text_toml(version)}"
    table = _TABLE_LINE.search(ended)
    head = ended[: table.start()] if table else ended
    if _VERSION_LINE.search(head):
        return _VERSION_LINE.sub(lambda _found: line, ended, count=1)
    return f"{line}\n{ended}"


def _tried(temporary: Path, path: Path, case: Case, rule: Rule) -> Catalogue:
    """The new catalogue, read as any run will read it; nothing but the rule (and the version) is new."""
    try:
        catalogue = load_catalogue(temporary, case.settings)
    except SettingsError:
        catalogue = Catalogue()
    if [*case.catalogue.shows, rule] != catalogue.shows:
        raise InputError(
            _("Nothing can be added at the end of this catalogue."),
            do=_("Write its rules as [[shows]] tables, or copy the rule in by hand."),
            where=path,
            code="closed_catalogue",
        )
    return catalogue


def _effect(case: Case, catalogue: Catalogue) -> tuple[Coverage, Coverage]:
    """Coverage before and after; raises what scope would raise on the new catalogue."""
    settings = case.settings
    rules = compile_catalogue(catalogue, settings)
    with acts_of(case) as (engine, _scope):
        engine.create("rule_hits", hits_sql(rules[:-1]))
        before = measure_coverage(engine)
        register_rules(engine, rules, catalogue_is_signed=False)
        match_rules(engine, rules, settings)
        return before, measure_coverage(engine)


def _body(name: str, rule: Rule, signature: Signature, before: str, after: str) -> dict[str, Json]:
    return {
        "rule": name,
        "selectors": dict(selectors_of(rule)),
        "categories": list(rule.categories),
        "version": rule.version,
        "why": signature.why,
        "catalogue_before": hashlib.sha256(before.encode()).hexdigest(),
        "catalogue_after": hashlib.sha256(after.encode()).hexdigest(),
    }
