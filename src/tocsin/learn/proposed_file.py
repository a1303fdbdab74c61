# SPDX-License-Identifier: Apache-2.0
"""`catalogue.proposed.toml`: what was proposed, for a person to read, correct and sign.

It is a catalogue of its own, which the settings loader reads, and it counts for nothing. A rule without
categories stands behind `#|`: without them it would say that its requests show nothing. `x-rule` is its
name; `x-proposed` the digest of what was proposed, by which a correction made by hand is known and kept.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.settings import Rule, load_catalogue
from tocsin.core.words import Words, _
from tocsin.learn.basis import Basis
from tocsin.learn.proposals import Proposal, name_of
from tocsin.learn.templates import Measured, Template
from tocsin.learn.toml_text import comment_line, rule_lines

FILE: Final = "catalogue.proposed.toml"
_WAITING: Final = re.compile(r"^#\| ?", re.MULTILINE)
_SHOWN_BASIS: Final = 12


@dataclass(frozen=True, slots=True)
class Kept:
    """A rule as it stands in the file."""

    name: str
    rule: Rule
    is_waiting: bool
    """Behind `#|`: without its categories."""

    is_edited: bool
    """Not as it was proposed."""


def write_proposals(
    folder: Path, proposals: Sequence[Proposal], words: Words, case_name: str
) -> tuple[Path, str]:
    """Write the file, whole or not at all; returns its path and digest.

    What a person corrected in the former file stands; the former file, if it was corrected, is kept beside
    as `.before`.
    """
    path = folder / FILE
    kept = {one.name: one for one in read_proposals(folder)} if path.exists() else {}
    if any(one.is_edited for one in kept.values()):
        path.with_name(f"{FILE}.before").write_bytes(path.read_bytes())
    lines = _head(words, case_name)
    for one in proposals:
        before = kept.get(one.name)
        if before is not None and before.is_edited and not before.is_waiting:
            lines += _block(replace(one, rule=before.rule, edited=True), words, digest=_digest(one.rule))
        else:
            lines += _block(one, words, digest=_digest(one.rule))
    text = "\n".join(lines) + "\n"
    temporary = path.with_name(f".{FILE}.tmp")
    temporary.write_text(text, "utf-8")
    try:
        load_catalogue(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path, hashlib.sha256(text.encode()).hexdigest()


def read_proposals(folder: Path) -> list[Kept]:
    """The rules of the file, those that wait for their categories too.

    Raises SettingsError for what is no catalogue, InputError when there is no such file.
    """
    path = folder / FILE
    if not path.exists():
        raise InputError(
            _("There are no proposals here yet."),
            do=_("Make them with `tocsin catalogue learn`."),
            where=path,
            code="no_proposals",
        )
    standing = load_catalogue(path)
    text = path.read_text("utf-8-sig")
    named = _blocks(tomllib.loads(text))
    kept = [
        Kept(name, rule, is_waiting=False, is_edited=_digest(rule) != proposed)
        for (name, proposed), rule in zip(named, standing.shows, strict=True)
    ]
    names = {one.name for one in kept}
    return kept + [one for one in _waiting(path, text) if one.name not in names]


def _waiting(path: Path, text: str) -> list[Kept]:
    """The rules behind `#|`: each as a catalogue of its own would have it."""
    marked = "\n".join(line for line in text.splitlines() if line.startswith("#|"))
    plain = _WAITING.sub("", marked)
    try:
        raw = tomllib.loads(plain)
        named = _blocks(raw)
        rules = [_rule_of(block) for block in raw.get("shows", [])]
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, AttributeError, TypeError):
        raise InputError(
            _("A rule behind #| is no longer a rule."),
            do=_("Make the proposals anew with `tocsin catalogue learn`."),
            where=path,
            code="bad_proposals",
        ) from None
    return [
        Kept(name, rule, is_waiting=True, is_edited=False)
        for (name, _proposed), rule in zip(named, rules, strict=True)
    ]


def _rule_of(block: Mapping[str, object]) -> Rule:
    plain = {key: value for key, value in block.items() if not key.startswith("x-")}
    return msgspec.convert(plain, Rule, builtin_types=(datetime,))


def _blocks(raw: Mapping[str, object]) -> list[tuple[str, str]]:
    """`x-rule` and `x-proposed` of each rule; one that a person wrote has a name of its selectors."""
    shows = raw.get("shows")
    blocks = [block for block in shows if isinstance(block, dict)] if isinstance(shows, list) else []
    return [
        (str(block.get("x-rule") or name_of(_rule_of(block))), str(block.get("x-proposed", "")))
        for block in blocks
    ]


def _digest(rule: Rule) -> str:
    content = msgspec.json.encode(rule, order="deterministic")
    return hashlib.sha256(content).hexdigest()[:16]


def _head(words: Words, case_name: str) -> list[str]:
    said = [
        words.text(_("Proposed rules: they count for nothing until a named person signs them one by one.")),
        words.text(_("Read each, correct its categories here if need be, then:")),
        f'  tocsin catalogue sign {case_name} RULE --by "…" --why "…"',
        words.text(
            _("A rule behind #| lacks its categories: add them when signing, or here without the #|.")
        ),
    ]
    return [comment_line(line) for line in said]


def _block(one: Proposal, words: Words, *, digest: str) -> list[str]:
    lines = ["", *(comment_line(line) for line in _about(one, words))]
    block = rule_lines(one.rule, {"x-rule": one.name, "x-proposed": digest})
    return lines + ([f"#| {line}" for line in block] if one.is_open else block)


def _about(one: Proposal, words: Words) -> list[str]:
    template, effect = one.template, one.effect
    said = [
        words.text(
            _("{name}: {events} acts, {ids} distinct ids, {samples} distinct objects; uncovered: {n}."),
            name=one.name,
            events=template.events,
            ids=template.ids,
            samples=template.samples,
            n=effect.uncovered,
        )
    ]
    said += [_measured(place, words) for place in template.measured]
    said += [
        f"  {basis.category} ← {_BASES[basis.evidence.value]} {basis.where}" for basis in _some(one.basis)
    ]
    if one.edited:
        said.append(words.text(_("Corrected by hand: kept as it was.")))
    said += _of_protocol(one, words) if one.is_of_protocol else _of_request(template, words)
    if effect.covered_already:
        said.append(
            words.text(
                _("{n} of its acts are under another rule already: narrow one of the two before signing."),
                n=effect.covered_already,
            )
        )
    if effect.shared:
        said.append(
            words.text(
                _("{n} of its acts are under another proposal too: sign one of the two."), n=effect.shared
            )
        )
    return said


def _of_request(template: Template, words: Words) -> list[str]:
    if not template.names_nobody:
        return []
    return [
        words.text(_("It names nobody: without a replay, what it showed stays unresolved (who, not what)."))
    ]


def _of_protocol(one: Proposal, words: Words) -> list[str]:
    """A step of a protocol is proposed as showing nothing only where none of its acts speaks against it."""
    if one.shows_nothing:
        return [
            words.text(
                _(
                    "Steps of a protocol (tokens, results, connections): they name nobody, ask for nothing"
                    " and hand nothing over. Proposed as showing nothing."
                )
            )
        ]
    return [
        words.text(
            _(
                "Looks like steps of a protocol, but {n} of its acts name something or somebody, or say how"
                " much came back: look at these first."
            ),
            n=one.effect.telling,
        )
    ]


_BASES: Final = {"walk": "HAR", "openapi": "OpenAPI", "fhir": "FHIR R4"}


def _measured(place: Measured, words: Words) -> str:
    if place.candidate is None:
        return words.text(
            _("segment {place}: {values} distinct values, which no table of the case knows"),
            place=place.place,
            values=place.values,
        )
    said = words.text(
        _("segment {place}: of {values} distinct values, {hits} are of {table}"),
        place=place.place,
        values=place.values,
        hits=place.hits,
        table=place.candidate,
    )
    if place.other_candidate is None:
        return said
    return said + words.text(_("; {hits} of {table}"), hits=place.other_hits, table=place.other_candidate)


def _some(basis: tuple[Basis, ...]) -> list[Basis]:
    return list(basis[:_SHOWN_BASIS])
