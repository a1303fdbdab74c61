# SPDX-License-Identifier: Apache-2.0
"""Rule files read as what strangers wrote: each document a rule or a refusal, bounded in size and depth.

`pack:health` names the rules that come with Tocsin; anything else is a path or a glob within the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import yaml
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from tocsin.core.errors import InputError, Sentence
from tocsin.core.words import _
from tocsin.detect.sigma.refusals import RefusedError

PACK = "pack:health"
MAX_BYTES = 1 << 20
MAX_DEPTH = 40
_KINDS_REFUSED = ("action", "filter")
_NAME = re.compile(r"[^\w .,:;/()'%-]")

AnyRule = SigmaRule | SigmaCorrelationRule


@dataclass(slots=True)
class Rules:
    """Rules that parse, those referred to before those that refer; and what was refused."""

    rules: list[AnyRule] = field(default_factory=list)
    refused: dict[str, Sentence] = field(default_factory=dict)
    """Rule: why."""


def rule_texts(patterns: Sequence[str], folder: Path) -> list[tuple[str, str]]:
    """(name, text) of each rule file, in order. Raises InputError for a pattern that matches nothing."""
    found: dict[str, str] = {}
    for pattern in patterns:
        for name, text in _pack() if pattern == PACK else _files(pattern, folder):
            found.setdefault(name, text)
    return list(found.items())


def read_rules(texts: Sequence[tuple[str, str]]) -> Rules:
    """Rules of these texts; a document that is no rule, or refers to none, is refused and said."""
    found = Rules()
    taken: set[str] = set()
    for name, text in texts:
        for label, document in _documents(name, text, found):
            try:
                rule = _rule_of(document)
            except (SigmaError, RefusedError, ValueError, TypeError, AttributeError, KeyError) as error:
                found.refused[label] = _reason(error)
                continue
            key = rule_id(rule)
            if key in taken:
                found.refused[label] = Sentence(_("its id stands twice"), {})
                continue
            taken.add(key)
            found.rules.append(rule)
    _resolve(found)
    return found


def rule_id(rule: AnyRule) -> str:
    """Its id, else its name, else its title: what a finding is called by."""
    return str(rule.id or rule.name or rule_title(rule))


def rule_title(rule: AnyRule) -> str:
    """Its title without signs that could play tricks, and not too long."""
    return _NAME.sub("", rule.title).strip()[:120]


def _pack() -> Iterator[tuple[str, str]]:
    folder = files("tocsin.detect.sigma").joinpath("rules")
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yml"):
            yield f"{PACK}/{entry.name}", entry.read_text("utf-8")


def _files(pattern: str, folder: Path) -> Iterator[tuple[str, str]]:
    exact = folder / pattern
    paths = [exact] if exact.is_file() else sorted(p for p in folder.glob(pattern) if p.is_file())
    if not paths:
        raise InputError(
            _("No Sigma rule is at '{pattern}'."),
            do=_("Give the path of rule files within the case, or {pack}."),
            where=exact,
            code="no_file",
            pattern=pattern,
            pack=PACK,
        )
    for path in paths:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        yield path.relative_to(folder).as_posix(), raw.decode("utf-8", "replace")


def _documents(name: str, text: str, found: Rules) -> Iterator[tuple[str, dict[str, object]]]:
    """The documents of a file; a file that is no plain YAML is refused as a whole."""
    try:
        _refuse_tricks(text)
        documents = [one for one in yaml.safe_load_all(text) if one is not None]
    except RefusedError as error:
        found.refused[name] = error.said
        return
    except (yaml.YAMLError, RecursionError, ValueError):
        found.refused[name] = Sentence(_("it is no YAML"), {})
        return
    for number, document in enumerate(documents):
        label = name if len(documents) == 1 else f"{name}#{number + 1}"
        if isinstance(document, dict):
            yield label, document
        else:
            found.refused[label] = Sentence(_("it is no rule"), {})


def _refuse_tricks(text: str) -> None:
    """No aliases (they swell without bound), no depths, no giants."""
    if len(text) > MAX_BYTES:
        raise RefusedError(_("it is larger than a rule can be"))
    depth = 0
    for event in yaml.parse(text):
        if isinstance(event, yaml.AliasEvent):
            raise RefusedError(_("YAML aliases"))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise RefusedError(_("it is nested too deep"))


def _rule_of(document: dict[str, object]) -> AnyRule:
    for kind in _KINDS_REFUSED:
        if kind in document:
            raise RefusedError(_("a document with '{kind}'"), kind=kind)
    if "correlation" in document:
        return SigmaCorrelationRule.from_dict(document)
    return SigmaRule.from_dict(document)


def _reason(error: Exception) -> Sentence:
    if isinstance(error, RefusedError):
        return error.said
    # pySigma quotes what it refuses: a rule's own text, never an event's.
    return Sentence(_("pySigma refuses it: {why}"), {"why": _NAME.sub(" ", str(error))[:200]})


def _resolve(found: Rules) -> None:
    """Take out rules that refer to what is not there, as often as needed; then put them in order."""
    while True:
        known = {str(key) for rule in found.rules for key in (rule.id, rule.name) if key}
        lost = [r for r in found.rules if isinstance(r, SigmaCorrelationRule) and not _refers(r, known)]
        if not lost:
            break
        for rule in lost:
            found.rules.remove(rule)
            found.refused[rule_id(rule)] = Sentence(_("it refers to a rule that is not there"), {})
    collection = SigmaCollection(list(found.rules))
    try:
        collection.resolve_rule_references()
    except (SigmaError, RecursionError):
        for rule in [r for r in found.rules if isinstance(r, SigmaCorrelationRule)]:
            found.refused[rule_id(rule)] = Sentence(_("rules that refer to each other"), {})
        found.rules = [r for r in found.rules if isinstance(r, SigmaRule)]
        return
    found.rules = list(collection.rules)


def _refers(rule: SigmaCorrelationRule, known: set[str]) -> bool:
    return rule.rules is not None and all(one.reference in known for one in rule.rules)
