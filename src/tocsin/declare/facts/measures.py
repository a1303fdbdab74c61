# SPDX-License-Identifier: Apache-2.0
"""Measures that the case itself shows, consequences that follow from the figures, the risk as assessed.

What a measure was worth, and what else was in place, is for the security officer to say.
"""

from __future__ import annotations

from tocsin.declare.facts.known import NOT_OBSERVED, YES, Known, count_of, shown_categories, unread_files
from tocsin.declare.ground import NO_ANSWER, NO_ENTRY, NO_FIGURE, Ground, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.texts import tell
from tocsin.journal.containment import Status, fold

CONTAINED = "contain:"
"""Beginning of the kinds of journal entries that containment writes."""


def measure_before(ground: Ground, one: Input) -> Known:
    """Only what the accesses or the settings show: encryption, pseudonyms, limits of accounts, logs."""
    if one.code == "levels_of_access":
        return _limits(ground)
    ground.examined()
    if one.code == "other":
        if not _logged(ground):
            raise Missing(NO_FIGURE, "accounting")
        return Known(YES)
    wanted = "encrypted" if one.code == "encryption" else "pseudonymised"
    forms = {
        form for name in ground.keys("categories") for form in ground.part(f"categories.{name}.protection")
    }
    if wanted not in forms:
        raise Missing(NO_ANSWER)
    return Known(YES)


def _limits(ground: Ground) -> Known:
    """The directory of accounts says what each may see."""
    for at, row in enumerate(ground.settings.get("accounts", ())):
        if "may_see" in row.get("columns", {}):
            ground.setting(f"accounts.{at}.columns.may_see")
            return Known(YES)
    raise Missing(NO_ANSWER)


def _logged(ground: Ground) -> list[dict[str, object]]:
    rows = [
        {
            "source": str(ground.part(f"accounting.{at}.source")),
            "records": ground.whole(f"accounting.{at}.records"),
            "custody": ground.part(f"accounting.{at}.custody"),
        }
        for at in ground.keys("accounting")
    ]
    return [row for row in rows if row["records"]]


def measures_description(ground: Ground, _: Input) -> Known:
    """Which accesses were logged, who kept the logs, what was refused."""
    ground.examined()
    logged = _logged(ground)
    if not logged:
        raise Missing(NO_FIGURE, "accounting")
    reasons = ground.keys("nothing_shown")
    refused = ground.whole("nothing_shown.failure") if "failure" in reasons else 0
    return Known(tell(ground, "measures_description", sources=logged, refused=refused))


def effect(ground: Ground, _: Input) -> Known:
    """Data seen by somebody who had no right went further than foreseen."""
    return _seen(ground)


def impact(ground: Ground, one: Input) -> Known:
    """What the exposure itself is; professional secrecy where health data or a specialty were shown."""
    if one.code != "secrecy":
        return _seen(ground)
    shown = [n for n in shown_categories(ground) if _is_secret(n)]
    if not shown and not any(unread_files(ground, n) for n in ground.keys("categories") if _is_secret(n)):
        raise Missing(NO_ANSWER)
    return Known(YES)


def _is_secret(category: str) -> bool:
    return category.startswith("health.") or category.endswith(".specialty")


def _seen(ground: Ground) -> Known:
    ground.examined()
    best = count_of(ground, "persons").best
    if not best and unread_files(ground):
        return Known(YES)
    if not best:
        raise Missing(NO_FIGURE, "counts.persons.best")
    return Known(YES, persons=best)


def effect_on(ground: Ground, one: Input) -> Known:
    """Health data by the categories shown or the records modified; other bodies by the controllers."""
    if one.code == "others":
        ground.examined()
        count = ground.whole("controllers.count")
        return Known(YES) if count > 1 else Known(NOT_OBSERVED)
    shown = [name for name in shown_categories(ground) if name.startswith("health.")]
    modified = ground.whole("modifications.records.floor")
    if not shown and not modified:
        raise Missing(NO_ANSWER)
    return Known(YES)


def measures_taken(ground: Ground, _: Input) -> Known:
    """The steps of containment that stand: what was undone, or found not to hold, is no measure."""
    acts = [entry for entry in ground.journal if entry.kind.startswith(CONTAINED)]
    accounts = fold(acts).values()
    standing = [step for account in accounts for step in account.steps.values() if step.done is not None]
    if not standing:
        raise Missing(NO_ENTRY)
    for entry in acts:
        ground.rest_on(entry)
    checked = sum(step.status is Status.CHECKED for step in standing)
    return Known(
        tell(
            ground,
            "measures_taken",
            accounts=sum(bool(account.steps) for account in accounts),
            standing=len(standing),
            checked=checked,
            emergencies=sum(len(account.emergencies) for account in accounts),
            last=max(step.done.at for step in standing if step.done is not None).isoformat(),
        )
    )


def risk_outcome(ground: Ground, _: Input) -> Known:
    """The conclusion that a person signed after the assessment."""
    return Known(str(ground.assessed("outcome")))


def risk_method(ground: Ground, _: Input) -> Known:
    """The method, its score and its factors."""
    told = ground.assessed("method")
    return Known({"fr": str(told["fr"]), "en": str(told["en"])})


def cnil_cause(ground: Ground, _: Input) -> Known:
    """The EDPB's cause in the CNIL's words, once a person has said it."""
    cause = str(ground.answered("3.2.cause"))
    if cause == "to_be_determined":
        raise Missing(NO_ANSWER)
    return Known(cause)


def cnil_told(ground: Ground, _: Input) -> Known:
    """The EDPB's answer on informing persons in the CNIL's words, once a person has said it."""
    told = str(ground.answered("5.told"))
    words = {"yes": "yes", "will_be": "will_be", "investigating": "not_determined"}
    return Known(words.get(told, "no"))
