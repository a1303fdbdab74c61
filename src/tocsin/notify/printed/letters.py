# SPDX-License-Identifier: Apache-2.0
"""The letters of one release on paper: what all have alike, each one's code as QR."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.core.settings import CaseSettings
from tocsin.core.words import visible, words
from tocsin.notify.genuine.signing import proof_address
from tocsin.notify.interface import Notice
from tocsin.notify.letter import notice_words
from tocsin.notify.printed.render import Paper, Place, Press, Sheet, render_copy


class Letters:
    """Prints notices; to be closed. Raises InputError without the extra `letters`."""

    def __init__(self, settings: CaseSettings, released_at: datetime) -> None:
        self._page = settings.notify.page
        self._paper = paper_of(settings, released_at)
        self._press: Press | None = None
        keep = timedelta(days=settings.notify.post.keep_days)
        self.destroy_by = (released_at + keep).date().isoformat()

    def print(self, notices: Sequence[Notice]) -> tuple[bytes, list[Place]]:
        """One PDF of these, in order, and the pages of each."""
        self._press = self._press or Press()
        return self._press.chunk(self._paper, [sheet_of(notice, self._page) for notice in notices])

    def copy(self, notice: Notice) -> bytes:
        """One of them for the person who asks for it, tagged for a reading machine (PDF/UA-1)."""
        return render_copy(self._paper, sheet_of(notice, self._page), notice.proof)

    def close(self) -> None:
        """Let the process that makes the pages end."""
        if self._press is not None:
            self._press.close()


def sheet_of(notice: Notice, page: str) -> Sheet:
    """The notice as it is printed; its number is that of its message."""
    address = proof_address(page, notice.proof) if notice.proof else ""
    reference = notice.message_id.strip("<>").partition("@")[0]
    return Sheet(reference, tuple(map(visible, notice.lines)), notice.document, address, is_notice=True)


def paper_of(settings: CaseSettings, released_at: datetime) -> Paper:
    """What all letters of a release have alike."""
    notify = settings.notify
    said = notice_words(notify.language)
    day = words(notify.language).day(released_at, settings.case.zone)
    return Paper(
        lang=notify.language,
        title=said["subject"],
        sender=visible(notify.sender),
        sender_lines=tuple(visible(line) for line in [*notify.post.sender_lines, notify.phone]),
        date=said["paper"]["date"].format(day=day),
        reference=said["paper"]["reference"].format(case=visible(settings.case.id)),
        words=said["paper"],
        released_at=released_at,
        two_sided=notify.post.two_sided,
    )
