# SPDX-License-Identifier: Apache-2.0
"""Indicators of a MISP event (MISP core format, JSON): attributes, and those of its objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tocsin.core.json_file import Tree, dict_of, list_of, text_of
from tocsin.hunt.indicators import BadValueError, Indicator, IndicatorFile, Kind, Unread, make_test
from tocsin.hunt.tlp import read_tlp, strictest

KINDS: Final = {
    "ip-src": Kind.ADDRESS,
    "ip-dst": Kind.ADDRESS,
    "user-agent": Kind.USER_AGENT,
    "target-user": Kind.ACCOUNT,
    "email": Kind.EMAIL,
    "email-src": Kind.EMAIL,
    "email-dst": Kind.EMAIL,
    "target-email": Kind.EMAIL,
    "sha256": Kind.SHA256,
    "filename": Kind.FILE_NAME,
    "uri": Kind.OBJECT,
}
"""Types of attributes that a column of events answers to."""

COMPOSITES: Final = {
    "ip-src|port": (Kind.ADDRESS, None),
    "ip-dst|port": (Kind.ADDRESS, None),
    "filename|sha256": (Kind.FILE_NAME, Kind.SHA256),
    "filename|sha1": (Kind.FILE_NAME, None),
    "filename|md5": (Kind.FILE_NAME, None),
}
"""Types that join two values by a bar: each is looked for by itself; null for what no log holds."""

OBJECTS: Final = {
    ("user-account", "username"): Kind.ACCOUNT,
    ("user-account", "user-id"): Kind.ACCOUNT,
    ("user-account", "display-name"): Kind.ACCOUNT_NAME,
    ("credential", "username"): Kind.ACCOUNT,
    ("http-request", "uri"): Kind.OBJECT,
    ("http-request", "user-agent"): Kind.USER_AGENT,
}
"""What the place of an attribute in an object says, where its type says only that it is text."""


def is_misp(tree: Tree) -> bool:
    """Whether JSON is an event, or a list of them as the server answers."""
    return bool(_events(tree))


def read_misp(tree: Tree) -> IndicatorFile:
    """Read events; nothing is refused, what is not looked for is listed."""
    found = IndicatorFile("misp")
    marks = []
    for event in _events(tree):
        event_mark = _mark(event)
        marks.append(event_mark)
        for attribute, kind in _attributes(event):
            _read_attribute(found, attribute, kind, event_mark)
    found.tlp = strictest([*marks, *(indicator.tlp for indicator in found.indicators)])
    return found


def _events(tree: Tree) -> list[dict[str, Tree]]:
    """`{"Event": …}`, `{"response": [{"Event": …}]}`, or a list of either."""
    response = dict_of(tree).get("response")
    wrapped = list_of(response) if response is not None else list_of(tree) or [tree]
    return [event for one in wrapped if (event := dict_of(dict_of(one).get("Event")))]


def _attributes(event: dict[str, Tree]) -> Iterator[tuple[dict[str, Tree], Kind | None]]:
    """Each attribute, with the kind that its place in an object gives it."""
    for attribute in list_of(event.get("Attribute")):
        yield dict_of(attribute), None
    for each in list_of(event.get("Object")):
        name = text_of(dict_of(each).get("name")) or ""
        for attribute in list_of(dict_of(each).get("Attribute")):
            relation = text_of(dict_of(attribute).get("object_relation")) or ""
            yield dict_of(attribute), OBJECTS.get((name, relation))


def _read_attribute(
    found: IndicatorFile, attribute: dict[str, Tree], kind: Kind | None, event_mark: str | None
) -> None:
    typed, value = text_of(attribute.get("type")) or "?", text_of(attribute.get("value")) or ""
    name = text_of(attribute.get("uuid")) or str(attribute.get("id") or f"{typed}")
    told = f"{typed}: {value}"
    if attribute.get("deleted") is True:
        found.unread.append(Unread(name, told, "deleted"))
        return
    wanted = _wanted(typed, value, kind)
    if not wanted:
        found.unread.append(Unread(name, told, "not_in_logs"))
        return
    try:
        tests = [make_test(each, text) for each, text in wanted]
    except BadValueError:
        found.unread.append(Unread(name, told, "bad_value"))
        return
    found.indicators += [
        Indicator(
            name,
            f"{typed}: {test.value}",
            (((test,),),),
            valid_from=_instant(attribute.get("first_seen")),
            valid_until=_instant(attribute.get("last_seen")),
            tlp=strictest([event_mark, _mark(attribute)]),
            is_context=attribute.get("to_ids") is False,
            notes=("half",) if typed in COMPOSITES and len(wanted) == 1 else (),
        )
        for test in tests
    ]


def _wanted(typed: str, value: str, kind: Kind | None) -> list[tuple[Kind, str]]:
    """What to look for: kinds and values."""
    if typed in COMPOSITES:
        pairs = zip(COMPOSITES[typed], [*value.split("|", 1), ""], strict=False)
        return [(each, text) for each, text in pairs if each is not None]
    chosen = kind or KINDS.get(typed)
    return [] if chosen is None else [(chosen, value)]


def _mark(holder: dict[str, Tree]) -> str | None:
    """The strictest TLP tag of an event or an attribute."""
    names = [text_of(dict_of(tag).get("name")) or "" for tag in list_of(holder.get("Tag"))]
    return strictest(read_tlp(name) for name in names if name.lower().startswith("tlp"))


def _instant(value: Tree) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text_of(value) or "")
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
