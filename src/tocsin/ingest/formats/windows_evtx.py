# SPDX-License-Identifier: Apache-2.0
"""Windows event logs in their own form (EVTX): cut by `evtx_records`, read as `windows-event-json` is.

Only what is said of the security log is known; other channels' events are 'other'.
"""

from __future__ import annotations

from importlib.resources import files

from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.described.description import Described, load_description
from tocsin.ingest.described.statement import extraction_of
from tocsin.ingest.interface import NOT_MINE, Confidence, Cutter, Extraction, LogFormat, ReadOptions, Sample
from tocsin.ingest.read.evtx_records import MAGIC, EvtxCutter

_FOLDER = "tocsin.ingest.formats.described"
_NAME = "windows-event-json"


def json_description() -> Described:
    """What is known of Windows events in JSON."""
    folder = files(_FOLDER)
    return load_description(folder / f"{_NAME}.toml", folder / f"{_NAME}.sql")


class WindowsEvtx(LogFormat):
    """The file that Windows itself keeps, or saves."""

    name = "windows-evtx"
    title = "Windows event log (EVTX)"
    is_text = False

    def sniff(self, sample: Sample) -> Confidence:
        """By the file's signature."""
        if not sample.head.startswith(MAGIC):
            return NOT_MINE
        return Confidence(0.99, Sentence(_("the signature of a Windows event log"), {}))

    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """By chunks."""
        del sample, options
        return EvtxCutter()

    def extraction(self, options: ReadOptions) -> Extraction:
        """As the same events in JSON; a time of an event log is always UTC."""
        return extraction_of(json_description(), ReadOptions(zone=options.zone or "UTC"))
