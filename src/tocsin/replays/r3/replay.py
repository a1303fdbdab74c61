# SPDX-License-Identifier: Apache-2.0
"""The replay of R3 on one page: the files that lay there, the people who share, the night of the theft.

Life size writes 1.8 million lines of files and some minutes of logs. The files stand in the case folder; two
variants read them, `proxy-only` without the log of the host that the stranger may command.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tocsin.replays.crowd import Crowd
from tocsin.replays.days import Accounting, Days, write_days
from tocsin.replays.folders import FolderReplay
from tocsin.replays.interface import Expected
from tocsin.replays.r3.acts import Acts, World, all_acts
from tocsin.replays.r3.contents import Contents, write_files
from tocsin.replays.r3.expected import expect
from tocsin.replays.r3.lines import SUMMER, proxy_lines, service_lines
from tocsin.replays.r3.size import size_at
from tocsin.replays.r3.truth import SOURCES, Known, told
from tocsin.replays.tally import write_figures

HELD, PROXY_ONLY, PLAIN, LINES_TOLD = "files-held", "proxy-only", "names-only", "lines-told"


class R3(FolderReplay):
    """A file-sharing service (summer 2021)."""

    name = "R3"
    variants = (HELD, PROXY_ONLY, PLAIN, LINES_TOLD)

    def settings(self, name: str, content: str, variant: str) -> str:
        """Which logs and files the case has; the proxy adds nothing to what the service's own log tells."""
        if name == "case.toml":
            return _case_of(content.split("# ---\n"), variant)
        if name != "catalogue.toml":
            return content
        before, kept, after = content.split("# ---\n")
        plain, told_by_lines = kept.split("# or\n")
        return before + (told_by_lines if variant in (HELD, LINES_TOLD) else plain) + after

    def fill(self, case: Path, truth: Path, scale: float, variant: str, seed: int) -> None:
        """Write files, logs and truth; see the base."""
        size, lines_told = size_at(scale), variant == LINES_TOLD
        are_read, logs = variant in (HELD, PROXY_ONLY), 1 if variant == PROXY_ONLY else SOURCES
        contents = Contents(size, Crowd.of(seed))
        world = World(size, contents, write_files(case / "fichiers", contents, truth))
        acts = all_acts(world)
        accounting = {"proxy": self._write_proxy(case, world, acts)}
        if variant != PROXY_ONLY:
            accounting["partage"] = write_days(
                Days(case / "journaux", "partage-{day}.ndjson.gz", each=7),
                acts["at"],
                lambda index: service_lines(world, acts, index, lines_told=lines_told),
            )
        figures = told(world, acts, accounting, Known(lines_told, are_read, logs))
        write_figures(truth, {"replay": self.name, "variant": variant, "seed": seed, **figures})

    def _write_proxy(self, case: Path, world: World, acts: Acts) -> Accounting:
        return write_days(
            Days(case / "journaux", "proxy-{day}.log.gz", SUMMER, each=7),
            acts["at"] // 1_000 * 1_000,
            lambda index: proxy_lines(world, acts, index),
        )

    def expect(self, truth: Mapping[str, object]) -> list[Expected]:
        """List the figures to find; see the base."""
        return expect(truth)


def _case_of(parts: list[str], variant: str) -> str:
    """The head, the service's log, the proxy's, the files, the rest."""
    head, service, proxy, held, rest = parts
    logs = proxy if variant == PROXY_ONLY else service + proxy
    return head + logs + (held if variant in (HELD, PROXY_ONLY) else "") + rest
