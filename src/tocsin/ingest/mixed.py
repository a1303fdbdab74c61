# SPDX-License-Identifier: Apache-2.0
"""Two logs in one file: what one format set aside may be another's records, and a person should know it."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.interface import Sample
from tocsin.ingest.parallel import FileResult
from tocsin.ingest.planned import Warned
from tocsin.ingest.recognise import ENOUGH, rank_formats
from tocsin.store.case import Stage
from tocsin.store.query import load_query

LOOKED_AT = 200
"""Records set aside that are looked at again, of each file."""


def mixed_formats(stage: Stage, results: list[FileResult]) -> Iterator[Warned]:
    """A warning for each file of which the records set aside look like another format's."""
    if not any(chunk.set_aside for result in results for chunk in result.chunks):
        return
    stage.attach_written("set_aside")
    for result in results:
        texts = stage.engine.rows(
            load_query("tocsin.ingest", "refused_texts"), file_number=result.file_number, most=LOOKED_AT
        )
        content = "\n".join(str(text) for (text,) in texts).encode()
        ranked = rank_formats(Sample(result.plan.path, content, whole=True)) if content else []
        if (
            ranked
            and ranked[0][1].value >= ENOUGH
            and ranked[0][0].name != result.plan.form.name.partition(" in ")[0]
        ):
            said = Sentence(
                _("Records set aside look like {format}: this file holds two logs. Split it."),
                {"format": ranked[0][0].name},
            )
            yield "mixed_formats", said, result.plan.path
