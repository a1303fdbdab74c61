# SPDX-License-Identifier: Apache-2.0
"""Which format a file has: asked for by name, else recognised by content with a confidence.

A tie or a low confidence is never settled by chance: the user is told what there is and asked to say.
"""

from __future__ import annotations

from functools import cache

from tocsin.core.errors import InputError
from tocsin.core.plugins import load_plugins
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.ingest.described.description import descriptions
from tocsin.ingest.described.form import DescribedFormat
from tocsin.ingest.envelopes.enveloped import Enveloped
from tocsin.ingest.envelopes.opening import opening_named, openings
from tocsin.ingest.interface import Confidence, LogFormat, Sample
from tocsin.ingest.read.inputs import Input

SAMPLE_BYTES = 64 << 10
ENOUGH = 0.6
TIE = 0.05
FEWEST_WIDE = 16
"""Bytes by which UTF-16 without a mark can be told."""


@cache
def known_formats() -> dict[str, LogFormat]:
    """All formats, by name."""
    coded = {name: kind() for name, kind in load_plugins("tocsin.formats", LogFormat).items()}  # type: ignore[type-abstract]
    described = {found.description.name: DescribedFormat(found) for found in descriptions()}
    return dict(sorted({**coded, **described}.items()))


def take_sample(stream: Input) -> Sample:
    """The beginning of a file; raises InputError when it cannot be read, or is text of 16 bits a sign."""
    head = b""
    whole = True
    for block in stream.blocks():
        head += block
        if len(head) > SAMPLE_BYTES:
            whole = False
            break
    sample = Sample(stream.label, head[:SAMPLE_BYTES], whole)
    _refuse_utf16(sample)
    return sample


def _refuse_utf16(sample: Sample) -> None:
    """XML says its encoding, so its readers see to it; all else is UTF-8, or what a mapping says."""
    head = sample.head[:512]
    is_marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    is_wide = len(head) >= FEWEST_WIDE and any(
        head[place::2].count(0) * 2 > len(head) // 2 > head[1 - place :: 2].count(0) * 16 for place in (0, 1)
    )
    is_xml = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lstrip(b"\0 \r\n\t").startswith(b"<")
    if (is_marked or is_wide) and not is_xml:
        raise InputError(
            _("This file is UTF-16."), do=_("Convert it to UTF-8 first."), where=sample.path, code="utf16"
        )


def refuse_cr_lines(sample: Sample) -> None:
    """Raise InputError for lines that end with a carriage return alone: they would all be one record."""
    head = sample.head
    if b"\n" not in head and len([line for line in head.split(b"\r") if line.strip()]) > 1:
        raise InputError(
            _("The lines of this file end with a carriage return alone."),
            do=_("Convert its line ends first, as by: tr '\\r' '\\n'."),
            where=sample.path,
            code="cr_line_ends",
        )


def rank_formats(
    sample: Sample, envelope: str | None = None, field: str | None = None
) -> list[tuple[LogFormat, Confidence]]:
    """The formats that may be the file's, surest first; in an export, those of the records that it carries.

    Raises InputError when the envelope that was asked for is not there.
    """
    for opening in openings(sample, envelope, field):
        ranked = _ranked(opening.inner)
        if ranked and (ranked[0][1].value >= ENOUGH or envelope is not None):
            return [(Enveloped(form, opening.shape), sure) for form, sure in ranked]
    return _ranked(sample) if envelope is None else []


def format_named(name: str, sample: Sample) -> LogFormat | None:
    """The format that a file was read with, by its name in `files`; None when it is not known any more."""
    inner, _sign, shape = name.partition(" in ")
    form = known_formats().get(inner)
    if not shape or form is None:
        return form
    opening = opening_named(sample, shape)
    return None if opening is None else Enveloped(form, opening.shape)


def _ranked(sample: Sample) -> list[tuple[LogFormat, Confidence]]:
    ranked = [(form, form.sniff(sample)) for form in known_formats().values()]
    return sorted((r for r in ranked if r[1].value > 0), key=lambda r: (-r[1].value, r[0].name))


def choose_format(
    sample: Sample, asked: str | None, envelope: str | None = None, field: str | None = None
) -> LogFormat:
    """The format asked for, or the one recognised; in an export, that of the records that it carries.

    A mapping describes the export itself, unless an envelope is asked for.

    Raises InputError: `unknown_format` for a name that does not exist, `not_a_log` when no format is sure
    enough, `ambiguous_format` when two are.
    """
    if asked is not None:
        if asked not in known_formats():
            raise InputError(
                _("There is no format '{asked}'."),
                do=suggest(asked, known_formats()),
                where=sample.path,
                code="unknown_format",
                asked=asked,
            )
        return _within_export(sample, known_formats()[asked], envelope, field)
    ranked = rank_formats(sample, envelope, field)
    if not ranked or ranked[0][1].value < ENOUGH:
        seen = "; ".join(f"{form.name} {confidence.value:.0%}" for form, confidence in ranked[:3]) or "0%"
        raise InputError(
            _("No format is recognised ({seen})."),
            do=_("Say which with `format`, or describe the log with a mapping."),
            where=sample.path,
            code="not_a_log",
            seen=seen,
        )
    if len(ranked) > 1 and ranked[0][1].value - ranked[1][1].value < TIE:
        first, second = (form.name for form, _confidence in ranked[:2])
        raise InputError(
            _("Both {first} and {second} are likely."),
            do=_("Say which with `format`."),
            where=sample.path,
            code="ambiguous_format",
            first=first,
            second=second,
        )
    return ranked[0][0]


def _within_export(sample: Sample, form: LogFormat, envelope: str | None, field: str | None) -> LogFormat:
    """A format that was asked for, around it the envelope that was asked for, or that the file shows."""
    if envelope is None and form.name == "mapped":
        return form
    for opening in openings(sample, envelope, field):
        if envelope is not None or form.sniff(opening.inner).value >= ENOUGH:
            return Enveloped(form, opening.shape)
    return form
