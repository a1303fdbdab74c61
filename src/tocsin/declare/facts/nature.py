# SPDX-License-Identifier: Apache-2.0
"""What kind of breach: confidentiality, integrity, what was done, how sure that data left, which systems."""

from __future__ import annotations

from tocsin.declare.facts.known import (
    NO,
    NOT_OBSERVED,
    YES,
    Known,
    count_of,
    shown_categories,
    unread_files,
)
from tocsin.declare.ground import NO_ANSWER, NO_FIGURE, Ground, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.texts import tell


def nature(ground: Ground, one: Input) -> Known:
    """Confidentiality by the persons shown or files that left, integrity by changes; availability asked."""
    ground.examined()
    return _integrity(ground) if one.code == "integrity" else _confidentiality(ground)


def _confidentiality(ground: Ground) -> Known:
    count = count_of(ground, "persons")
    if count.best:
        return Known(YES, persons=count.best)
    if unread_files(ground):
        return Known(YES)
    return Known(NOT_OBSERVED, at_most=count.ceiling, is_boundless=count.ceiling is None)


def _integrity(ground: Ground) -> Known:
    """`no` only when every claim of no change is proven."""
    levels = {name: ground.whole(f"modifications.records.{name}") for name in ("floor", "best", "ceiling")}
    if levels["floor"]:
        return Known(YES)
    claims = [str(row["id"]) for row in ground.report.get("claims", ()) if row["id"].startswith("no_change:")]
    grades = [ground.claim(claim) for claim in claims]
    if levels["ceiling"] == 0 and grades and set(grades) == {"proven"}:
        return Known(NO)
    return Known(NOT_OBSERVED, at_most=levels["ceiling"], is_boundless=_has_untold_changes(ground))


def _has_untold_changes(ground: Ground) -> bool:
    """Whether something was not read, or not named, that may hold other changes than those counted."""
    return bool(ground.part("modifications.records").get("untold"))


def confidentiality_type(ground: Ground, _: Input) -> Known:
    """The contract: taken is exfiltrated, shown and reconstructed are likely, the rest cannot be assessed.

    Where nobody was named, a file that left is exfiltrated, even while nobody has read whose data it holds.
    """
    ground.examined()
    if not ground.keys("certainties") and unread_files(ground):
        return Known("exfiltrated")
    held = certainties(ground)
    if held.get("taken"):
        return Known("exfiltrated")
    if held.get("shown") or held.get("reconstructed"):
        return Known("likely")
    if held.get("reachable") or held.get("unassessable"):
        return Known("cannot_be_assessed")
    raise Missing(NO_FIGURE, "certainties")


def certainties(ground: Ground) -> dict[str, int]:
    """Persons by the strongest certainty; raises Missing when any of them has no figure."""
    names = ground.keys("certainties")
    if not names:
        raise Missing(NO_FIGURE, "certainties")
    return {name: ground.whole(f"certainties.{name}") for name in names}


def unintelligible(ground: Ground, _: Input) -> Known:
    """No, as soon as one category was shown in clear; encrypted alone is for a person to judge."""
    forms = {
        form for name in shown_categories(ground) for form in ground.part(f"categories.{name}.protection")
    }
    if "clear" in forms:
        return Known("no")
    raise Missing(NO_ANSWER)


def incident(ground: Ground, one: Input) -> Known:
    """What the accesses examined say of themselves; the rest of the list is for a person."""
    ground.examined()
    if one.code == "unauthorised_access":
        return _unauthorised(ground)
    if one.code == "exfiltration":
        if unread_files(ground):
            return Known(YES)
        taken = certainties(ground).get("taken", 0)
        return Known(YES, persons=taken) if taken else Known(NOT_OBSERVED)
    if one.code == "deleted":
        if ground.whole("modifications.records.ceiling"):
            raise Missing(NO_ANSWER)
        return _integrity(ground)
    return _integrity(ground)


def _unauthorised(ground: Ground) -> Known:
    accounts, persons = count_of(ground, "accounts"), count_of(ground, "persons")
    if not persons.best and unread_files(ground):
        return Known(YES)
    if not accounts.best or not persons.best:
        raise Missing(NO_FIGURE, "counts.accounts")
    return Known(YES, persons=persons.best)


def established(ground: Ground, _: Input) -> Known:
    """Established when at least one person is in the floor, or files of persons' data surely left."""
    ground.examined()
    count = count_of(ground, "persons")
    if not count.floor and unread_files(ground):
        return Known("established")
    if not count.best:
        raise Missing(NO_FIGURE, "counts.persons.best")
    return Known("established" if count.floor else "supposed")


def description(ground: Ground, _: Input) -> Known:
    """What happened, from figures alone: accounts, accesses, persons, data, changes, what is not known."""
    events = ground.examined()
    return Known(
        tell(
            ground,
            "description",
            first=str(ground.part("period.from")),
            last=str(ground.part("period.until")),
            events=events,
            disclosed=ground.whole("scope.disclosed"),
            nothing=ground.whole("scope.nothing_shown"),
            unresolved=ground.whole("scope.unresolved"),
            accounts=count_of(ground, "accounts"),
            persons=count_of(ground, "persons"),
            categories=shown_categories(ground),
            modified=ground.whole("modifications.records.floor"),
            modified_at_most=ground.whole("modifications.records.ceiling"),
            has_untold_changes=_has_untold_changes(ground),
        )
    )


def systems(ground: Ground, _: Input) -> Known:
    """The sources whose logs were read."""
    ground.examined()
    rows = ground.keys("accounting")
    if not rows:
        raise Missing(NO_FIGURE, "accounting")
    for at in rows:
        ground.whole(f"accounting.{at}.events")
    return Known([str(ground.part(f"accounting.{at}.source")) for at in rows])


def path(ground: Ground, _: Input) -> Known:
    """By which accounts, in how many sessions; how they were obtained is not in the logs."""
    ground.examined()
    rows = ground.keys("accounts")
    judged = [at for at in rows if ground.part(f"accounts.{at}.verdict") in ("illegitimate", "doubtful")]
    if not judged:
        raise Missing(NO_FIGURE, "accounts")
    reasons = {
        str(reason["code"])
        for at in judged
        for reason in ground.part(f"accounts.{at}.reasons")
        if isinstance(reason, dict) and "code" in reason
    }
    return Known(
        tell(
            ground,
            "path",
            accounts=count_of(ground, "accounts"),
            sessions=sum(ground.whole(f"accounts.{at}.sessions") for at in judged),
            beyond="beyond_right" in reasons,
        )
    )


def traces(ground: Ground, _: Input) -> Known:
    """How many log files were read, and where their hashes stand."""
    ground.examined()
    digest = ground.file("evidence/inputs.json")
    rows = ground.keys("accounting")
    sources = [
        {
            "name": str(ground.part(f"accounting.{at}.source")),
            "files": ground.whole(f"accounting.{at}.files"),
            "records": ground.whole(f"accounting.{at}.records"),
        }
        for at in rows
    ]
    return Known(tell(ground, "traces", digest=digest, sources=sources))
