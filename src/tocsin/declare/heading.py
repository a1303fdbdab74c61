# SPDX-License-Identifier: Apache-2.0
"""The head of a draft: where it goes, by when, how much is filled, who must still answer, what moved."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tocsin.core.words import Words, _, words
from tocsin.declare.clocks import Deadline
from tocsin.declare.clocks.phrases import instant_phrase
from tocsin.declare.compare import Kept
from tocsin.declare.fill import Field, is_waiting
from tocsin.declare.forms import Form
from tocsin.declare.gather import Gathered
from tocsin.declare.inputs import groups, inputs, titles
from tocsin.declare.lines import Change
from tocsin.declare.pages import Page
from tocsin.declare.said import listed
from tocsin.store.case import Case


class Making(msgspec.Struct):
    """A form in the making."""

    case: Case
    form: Form
    kind: str
    gathered: Gathered
    fields: dict[str, Field]
    """Of this form alone."""
    before: Kept | None
    """What it is compared with."""
    version: int

    @property
    def zone(self) -> str:
        """For people's eyes."""
        return self.gathered.ground.zone


def box_sizes(making: Making) -> dict[str, int]:
    """`[declare.boxes]` of case.toml: sizes that somebody measured on the live form."""
    sizes = making.gathered.ground.settings.get("declare", {}).get("boxes", {})
    return {name: int(size) for name, size in sizes.items() if isinstance(size, int)}


def page_of(making: Making, spoken: Words, changes: Mapping[str, tuple[Change, ...]]) -> Page:
    """What stands above and below the fields of a declaration, in one language."""
    form, ground = making.form, making.gathered.ground
    waiting = {
        who: [titles()[g][spoken.lang] for g in asked] for who, asked in waiting_for(making, spoken).items()
    }
    return Page(
        title=form.title[spoken.lang],
        case=str(ground.settings["case"]["id"]),
        case_title=str(ground.settings["case"].get("title") or ""),
        version=making.version,
        made=spoken.instant(ground.now, making.zone),
        kind=listed(spoken, "kind", making.kind),
        recipient=form.recipient[spoken.lang],
        brief=_brief(making, spoken),
        waiting=tuple((who, spoken.text(_("; ")).join(labels)) for who, labels in waiting.items()),
        changes=tuple((_label(name, spoken), change) for name, held in changes.items() for change in held),
        since=making.before.version if making.before else 0,
        is_stale=making.gathered.is_stale,
    )


def _label(name: str, spoken: Words) -> str:
    one = inputs()[name]
    group = titles()[one.group][spoken.lang]
    if one.group == name:
        return group
    return spoken.text(_("{group}, {box}"), group=group, box=one.title[spoken.lang])


def _brief(making: Making, spoken: Words) -> tuple[tuple[str, tuple[str, ...]], ...]:
    form = making.form
    filled, waiting = counted(making)
    rows = [
        (spoken.text(_("Where")), (form.where[spoken.lang],)),
        (spoken.text(_("Law")), (form.law[spoken.lang],)),
        (spoken.text(_("Deadline")), _deadline_lines(making, spoken)),
        (
            spoken.text(_("Fields")),
            (spoken.text(_("{filled} filled, {waiting} to be determined"), filled=filled, waiting=waiting),),
        ),
        (spoken.text(_("To know")), (form.note[spoken.lang],)),
    ]
    return tuple((label, lines) for label, lines in rows if lines)


def _deadline_lines(making: Making, spoken: Words) -> tuple[str, ...]:
    deadline = deadline_of(making.form, making.kind, making.gathered.deadlines)
    if deadline is None:
        return ()
    title = deadline.clock.title.fr if spoken.lang == "fr" else deadline.clock.title.en
    if deadline.end is None or deadline.left is None:
        return (title,)
    ends = instant_phrase(spoken, deadline.end, making.zone)
    span = spoken.elapsed(deadline.left)
    if deadline.met is not None:
        said = _("{title}: done, receipt {receipt}")
        return (spoken.text(said, title=title, receipt=deadline.met.receipt),)
    late = deadline.left.total_seconds() < 0
    said = _("{title}: passed {span} ago, on {end}") if late else _("{title}: {span} left, until {end}")
    return (spoken.text(said, title=title, span=span, end=ends),)


def deadline_of(form: Form, kind: str, deadlines: list[Deadline]) -> Deadline | None:
    """The clock that a submission of this kind ends."""
    clock = form.clocks.get(kind)
    return next((one for one in deadlines if one.clock.id == clock), None)


def waiting_for(making: Making, spoken: Words) -> dict[str, list[str]]:
    """Who can answer, as one text, to what they must still answer."""
    found: dict[str, list[str]] = {}
    for group in making.form.groups:
        held = [making.fields[name] for name in groups()[group]]
        tbd = [field for field in held if is_waiting(field)]
        if tbd and not any(f.value == "yes" for f in held):
            who = spoken.listing(listed(spoken, "roles", role) for role in tbd[0].who)
            found.setdefault(who, []).append(group)
    return found


def counted(making: Making) -> tuple[int, int]:
    """Fields of the form, a list of boxes being one: filled, and still waiting."""
    waiting = sum(len(asked) for asked in waiting_for(making, words("en")).values())
    held = [[making.fields[name] for name in groups()[group]] for group in making.form.groups]
    filled = sum(1 for fields in held if any(field.state == "filled" for field in fields))
    return filled, waiting
