# SPDX-License-Identifier: Apache-2.0
"""Which values of a JSON text are envelopes, from the signs near its surface: a record is none of these."""

from __future__ import annotations

import numpy as np

from tocsin.ingest.read.json_structure import COLON, OPEN_LIST, OPEN_OBJECT, QUOTE, Places, Structure


def find_envelopes(signs: Structure, within: int, key: bytes) -> Places:
    """Which of the bare values (by number) are envelopes: lists, Bundles, objects with a list `key`.

    What makes it one must stand within so many bytes of its beginning.
    """
    opens = signs.opens(0)
    if not len(opens):
        return opens
    marks = np.concatenate((_bundle_types(signs), _lists_of(signs, key), _entries_with_resource(signs)))
    inside = np.searchsorted(opens, marks) - 1
    found = (inside >= 0) & (signs.kind[opens[inside]] == OPEN_OBJECT)
    found &= signs.at[marks] - signs.at[opens[inside]] < within
    lists = np.flatnonzero(signs.kind[opens] == OPEN_LIST)
    return np.unique(np.concatenate((lists, inside[found])))


def _bundle_types(signs: Structure) -> Places:
    """Indices of the quotes that end the text `Bundle` as an object's type."""
    types = signs.colons_of_key(b"resourceType", 1)
    types = types[types + 2 < len(signs.at)]
    lengths = signs.at[types + 2] - signs.at[types + 1] - 1
    likely = types[(signs.kind[types + 1] == QUOTE) & (lengths == len(b"Bundle"))]
    is_bundle = [signs.data.startswith(b"Bundle", signs.at[t + 1] + 1) for t in likely.tolist()]
    bundles: Places = likely[np.array(is_bundle, np.bool_)] + 2
    return bundles


def _lists_of(signs: Structure, key: bytes) -> Places:
    """Indices of the brackets that open a list under this key."""
    keys = signs.colons_of_key(key, 1)
    keys = keys[keys + 1 < len(signs.at)]
    lists: Places = keys[signs.kind[keys + 1] == OPEN_LIST] + 1
    return lists


def _entries_with_resource(signs: Structure) -> Places:
    """Colons of keys `resource` in a list `entry`: a Bundle whose type is told at its end."""
    entries = _lists_of(signs, b"entry")
    if not len(entries):
        return entries
    resources = signs.colons_of_key(b"resource", 3)
    members = signs.signs(COLON, 1)
    owners = members[np.maximum(np.searchsorted(members, resources) - 1, 0)]
    found: Places = resources[np.isin(owners + 1, entries)]
    return found
