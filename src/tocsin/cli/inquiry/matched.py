# SPDX-License-Identifier: Apache-2.0
"""What `tocsin match` tells: counts and shares, in words and as plain values; no value of the sample."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from datetime import datetime
from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.hunt.matching import Match
from tocsin.hunt.origins import Origin
from tocsin.hunt.sample_columns import Column
from tocsin.report.codes import CATEGORIES

LISTED: Final = 10
IN_ORDER: Final = 0.95
"""Of neighbours, the share from which rows are said to be in an order."""

BASES: Final = {
    "confirmed": _("as you say"),
    "ids": _("its values are ids of the case"),
    "shape": _("by the shape of its values"),
    "header": _("by its name"),
    "contradicted": _("its values are not what its name says"),
    "unknown": _("not recognised"),
}
KEYS: Final = {
    "local_id": _("by local id"),
    "record": _("by record"),
    "ins": _("by INS"),
    "nir_birth": _("by NIR and birth date"),
    "name_birth": _("by name and birth date"),
}
KINDS: Final = {
    "view": _("view, by rule {name}"),
    "file": _("file {name}"),
    "no_rule": _("request without a rule, {name}"),
    "registry": _("registry {name}, taken whole (no log of an access shows that)"),
}
ORDERS: Final = {
    "local_id": _("local id"),
    "record": _("record"),
    "family_name": _("family name"),
    "birth_date": _("birth date"),
    "nir": _("NIR"),
}
LIMITS: Final = {
    "no_key": _(
        "It holds no key: neither a local id nor an INS, nor a birth date with a NIR or a name. Which "
        "persons it holds, in which order, and whether it exceeds the logs cannot be told."
    ),
    "one_column": _(
        "It has one column: what can be told is what kind of data it is, how many of its values the case "
        "knows, and which views show that kind; one column fits many origins."
    ),
    "unknown_rows": _(
        "Some rows fit nobody in the registries: of another base, of another time, or invented."
    ),
    "ambiguous_rows": _(
        "Some rows fit several persons (twins, homonyms, a shared number): they are not counted."
    ),
    "unknown_columns": _('Some columns are not recognised: say what they are with --column "theirs=ours".'),
}


def matched_lines(words: Words, found: Match, case: str) -> list[str]:
    """One page in words."""
    sample, rows = found.sample, found.rows
    lines = [
        words.text(
            _("{path}: {rows} rows, {columns} columns (SHA-256 {digest})."),
            path=visible(str(sample.path)),
            rows=sample.rows,
            columns=len(sample.names),
            digest=found.sha256[:16],
        )
    ]
    if not sample.has_header:
        lines.append(words.text(_("It has no header: its columns are numbered.")))
    if sample.longer_rows:
        lines.append(words.text(_("Rows with more cells than columns: {n}."), n=sample.longer_rows))
    lines += ["", *(_column_line(words, column) for column in found.columns)]
    lines += ["", *_rows_lines(words, found)]
    lines += _time_lines(words, found)
    lines += _origin_lines(words, found)
    lines += [words.text(LIMITS[code]) for code in found.limits]
    return [*lines, "", *_verdict_lines(words, found, case)] if rows.persons else lines


def _column_line(words: Words, column: Column) -> str:
    kind = words.text(CATEGORIES[column.category]) if column.category in CATEGORIES else column.ours or "–"
    told = words.text(
        _("  {name} → {kind} ({basis}): {filled} filled, {distinct} distinct"),
        name=visible(column.name)[:60],
        kind=kind,
        basis=words.text(BASES[column.basis]),
        filled=column.filled,
        distinct=column.distinct,
    )
    if column.fitting < column.filled:
        told += words.text(_(", {n} of that shape"), n=column.fitting)
    if column.known:
        told += words.text(_(", {n} known to the case"), n=column.known)
    return told


def _rows_lines(words: Words, found: Match) -> list[str]:
    rows = found.rows
    lines = [
        words.text(
            _(
                "Rows: {identified} identified, {ambiguous} that fit several persons, {unknown} that fit "
                "nobody. Distinct persons: {persons}."
            ),
            identified=rows.identified,
            ambiguous=rows.ambiguous,
            unknown=rows.unknown,
            persons=rows.persons,
        )
    ]
    lines += [f"  {words.text(KEYS[key])}: {words.number(n)}" for key, n in found.found_by.items()]
    if rows.persons:
        lines.append(
            words.text(
                _("Of these persons, {shown} are in the exposure of this case and {beyond} are not."),
                shown=rows.shown,
                beyond=rows.beyond,
            )
        )
    return lines


def _time_lines(words: Words, found: Match) -> list[str]:
    lines = []
    ordered = [words.text(ORDERS[name]) for name, share in found.orders.items() if share >= IN_ORDER]
    if ordered and found.sample.rows > 2:
        lines.append(words.text(_("Its rows are in the order of: {orders}."), orders=words.listing(ordered)))
    moment = found.moment
    if moment is None or not (moment.from_at or moment.until_at):
        return lines
    if not moment.is_one:
        return [*lines, words.text(_("No one moment of the registry explains all its rows."))]
    return [
        *lines,
        words.text(
            _("{agreeing} of {compared} rows are the registry’s as it stood from {first} until {last}."),
            agreeing=moment.agreeing,
            compared=moment.compared,
            first=_instant(moment.from_at) or "…",
            last=_instant(moment.until_at) or "…",
        ),
    ]


def _origin_lines(words: Words, found: Match) -> list[str]:
    if not found.origins:
        return []
    lines = ["", words.text(_("It may come from (share of its persons, share of its columns):"))]
    for one in found.origins[:LISTED]:
        lines.append(_origin_line(words, one))
        if one.missing:
            missing = words.listing(words.text(CATEGORIES[name]) for name in one.missing)
            lines.append("    " + words.text(_("does not show: {kinds}"), kinds=missing))
    return lines


def _origin_line(words: Words, one: Origin) -> str:
    persons, columns = one.share
    said = words.text(
        _("  {persons} · {columns}  {origin}: {n} of {all} whom it showed"),
        persons=words.share(persons),
        columns=words.share(columns),
        origin=words.text(KINDS[one.kind], name=visible(one.name)),
        n=one.persons,
        all=one.all_persons,
    )
    first, last = _instant(one.first_at), _instant(one.last_at)
    if first and last:
        said += words.text(_(", from {first} to {last} (UTC)"), first=first, last=last)
    if one.in_order is not None and one.in_order >= IN_ORDER and one.persons > 2:
        said += words.text(_(", in the order of the accesses"))
    return said


def _verdict_lines(words: Words, found: Match, case: str) -> list[str]:
    if not found.exceeds:
        return [words.text(_("It does not exceed what the logs say."))]
    lines = [words.text(_("IT EXCEEDS WHAT THE LOGS SAY: what was taken for proven is no longer."))]
    if found.rows.beyond:
        lines.append(
            words.text(
                _(
                    "{beyond} persons are in it whom no access in scope shows; of these, {elsewhere} are "
                    "named by accesses outside the scope."
                ),
                beyond=found.rows.beyond,
                elsewhere=found.elsewhere,
            )
        )
    lines += [
        words.text(
            _("    {account}: {persons} of them, in {events} accesses"),
            account=visible(account) or "–",
            persons=persons,
            events=events,
        )
        for account, persons, events in found.elsewhere_accounts
    ]
    for name in found.excess_categories:
        persons, beyond = found.beyond_categories[name]
        lines.append(
            words.text(
                _("{kind}: {beyond} of {persons} persons have it in the sample, and no access showed it."),
                kind=words.text(CATEGORIES[name]),
                beyond=beyond,
                persons=persons,
            )
        )
    again = f"tocsin run {visible(shlex.quote(case))}"
    lines.append(words.text(_("Run the case again to grade its claims anew: {command}"), command=again))
    return lines


def matched_result(found: Match) -> dict[str, object]:
    """The same, as plain values."""
    moment = found.moment
    return {
        "path": str(found.sample.path),
        "sha256": found.sha256,
        "has_header": found.sample.has_header,
        "rows": found.sample.rows,
        "longer_rows": found.sample.longer_rows,
        "columns": [asdict(column) for column in found.columns],
        "identified": asdict(found.rows),
        "found_by": dict(found.found_by),
        "agreement": {k: {"same": a, "of": b} for k, (a, b) in moment.agreement.items()} if moment else {},
        "as_of": None
        if moment is None
        else {
            "from": _instant(moment.from_at),
            "until": _instant(moment.until_at),
            "one_moment": moment.is_one,
            "rows": moment.agreeing,
            "of": moment.compared,
        },
        "orders": dict(found.orders),
        "origins": [_origin(one) for one in found.origins],
        "beyond_categories": {
            name: {"persons": persons, "beyond": beyond}
            for name, (persons, beyond) in found.beyond_categories.items()
        },
        "elsewhere": {
            "persons": found.elsewhere,
            "accounts": [
                {"account": account, "persons": persons, "events": events}
                for account, persons, events in found.elsewhere_accounts
            ],
        },
        "limits": list(found.limits),
        "exceeds": found.exceeds,
    }


def _origin(one: Origin) -> dict[str, object]:
    persons, columns = one.share
    plain = asdict(one) | {"first_at": _instant(one.first_at), "last_at": _instant(one.last_at)}
    return plain | {"persons_share": persons, "columns_share": columns}


def _instant(value: object) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else None
