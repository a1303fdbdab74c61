# SPDX-License-Identifier: Apache-2.0
"""The traffic light protocol: to whom what was read may be shown on (FIRST, TLP 2.0 and 1.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

ORDER: Final = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
"""From the most open to the strictest."""

STIX_MARKINGS: Final = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "TLP:CLEAR",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "TLP:GREEN",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "TLP:AMBER",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "TLP:RED",
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "TLP:CLEAR",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "TLP:GREEN",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "TLP:AMBER",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "TLP:AMBER+STRICT",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "TLP:RED",
}
"""The markings that STIX fixes (STIX 2.1, 7.2.1.4, and the extension for TLP 2.0)."""

_MARK: Final = re.compile(r"^(?:tlp[:_ -]*)?(clear|white|green|amber(?:\+strict)?|red)$", re.IGNORECASE)


def read_tlp(text: str) -> str | None:
    """`tlp:amber`, `TLP:WHITE`, `red`, in the words of TLP 2.0; None for what is no such mark."""
    found = _MARK.match(text.strip())
    if not found:
        return None
    colour = found[1].upper()
    return "TLP:CLEAR" if colour == "WHITE" else f"TLP:{colour}"


def strictest(marks: Iterable[str | None]) -> str | None:
    """The one that binds all; None when there is none."""
    return max((mark for mark in marks if mark is not None), key=ORDER.index, default=None)
