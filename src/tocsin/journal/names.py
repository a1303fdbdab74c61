# SPDX-License-Identifier: Apache-2.0
"""Whether two names are one person's: `Anne Le Gall`, `anne  le gall` and `ANNE LE-GALL` are.

It sees through case, accents, spaces and signs, not through two ways of calling somebody. Two names are a
rule that people keep; this only stops what is plainly one name.
"""

from __future__ import annotations

import re
import unicodedata


def plain_name(name: str) -> str:
    """Letters and digits alone, without accents or case; empty for a name that has none."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "", "".join(c for c in folded if not unicodedata.combining(c)))


def is_same_person(one: str, other: str) -> bool:
    """Whether both are plainly one name."""
    return plain_name(one) == plain_name(other)
