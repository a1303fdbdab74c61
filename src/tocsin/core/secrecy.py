# SPDX-License-Identifier: Apache-2.0
"""Values about a person that never show themselves.

A `Secret` is what a person typed or a log held; its repr, str and format are blind, so that a
traceback, a log record or a f-string written in haste does not carry it. `reveal` is the one way out.
"""

from __future__ import annotations


class Secret:
    """A text that must be asked for by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself; call it at the last moment."""
        return self._text

    def __repr__(self) -> str:
        return "<secret>"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
