# SPDX-License-Identifier: Apache-2.0
"""What the files of a [[relations]] are: tables, HL7 v2 messages, FHIR resources; told by how they begin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.core.errors import InputError, Where
from tocsin.core.words import _
from tocsin.ingest.read.hl7_messages import STARTS
from tocsin.ingest.read.inputs import Input
from tocsin.ingest.recognise import take_sample

_AROUND = b"\xef\xbb\xbf \t\r\n\x0b\x1c\x00"
_RESOURCE = re.compile(r'"resourceType"\s*:\s*"[A-Z][A-Za-z]+"')


def kind_of_relations(inputs: Sequence[Input]) -> str:
    """`table`, `hl7v2` or `fhir`; raises InputError for files of two kinds."""
    kinds = {_kind_of(stream): stream for stream in inputs}
    if len(kinds) > 1:
        raise InputError(
            _("These relations mix kinds of files: {kinds}."),
            do=_("Write one [[relations]] for each kind."),
            where=Where(next(iter(kinds.values())).label),
            code="mixed_kinds",
            kinds=", ".join(sorted(kinds)),
        )
    return next(iter(kinds))


def _kind_of(stream: Input) -> str:
    if stream.member is None and stream.path.suffix.lower() == ".parquet":
        return "table"
    with stream.path.open("rb") as file:
        if stream.member is None and file.read(4) == b"PAR1":
            return "table"
    if is_messages(stream):
        return "hl7v2"
    sample = take_sample(stream)
    text = sample.text.lstrip()
    return "fhir" if text.startswith(("{", "[")) and _RESOURCE.search(text) else "table"


def is_messages(stream: Input) -> bool:
    """Whether a file begins with an HL7 v2 message or batch."""
    sample = take_sample(stream)
    first = next(STARTS.finditer(sample.head), None)
    return first is not None and not sample.head[: first.start("begin")].strip(_AROUND)
