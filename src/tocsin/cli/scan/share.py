# SPDX-License-Identifier: Apache-2.0
"""What `tocsin scan` says of a share beside its content: exceptional flows, what went since a scan before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.cli.frame.output import Output
from tocsin.core.words import _, visible
from tocsin.scope.profiles.hygiene import (
    Changes,
    Decision,
    Earlier,
    Flow,
    compare,
    decided,
    flow_of,
    load_decisions,
    load_earlier,
    load_flows,
)
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import is_past_purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """What a share is held to."""

    before: datetime | None
    unused: datetime | None
    flows: Sequence[Flow] | None
    """Null where no register was given."""

    decisions: Sequence[Decision]
    earlier: Earlier | None
    now: dict[str, str | None] = field(default_factory=dict)
    """Path: SHA-256, as the scan goes on."""

    @property
    def is_about_age(self) -> bool:
        """Whether a purpose was stated at all."""
        return self.before is not None or self.unused is not None or self.flows is not None

    def flow(self, profile: Profile) -> Flow | None:
        """The exceptional flow that covers a file."""
        return flow_of(self.flows or (), path_of(profile))

    def is_past(self, profile: Profile) -> bool:
        """Whether a file is kept beyond its purpose."""
        flow = self.flow(profile)
        return is_past_purpose(profile, self.before, self.unused, None if flow is None else flow.until)

    def decision(self, profile: Profile, column: str) -> Decision | None:
        """What a person confirmed of a column."""
        return decided(self.decisions, profile.label, path_of(profile)).get(column)

    def changes(self) -> Changes | None:
        """Since the earlier scan; null where none was given."""
        return None if self.earlier is None else compare(self.earlier, self.now)


def asked(
    paths: Sequence[Path],
    *,
    days: int | None,
    unused_days: int | None,
    register: Path | None,
    decisions: Path | None,
    earlier: Path | None,
) -> Asked:
    """Read what was given. Raises InputError."""
    return Asked(
        _ago(days),
        _ago(unused_days),
        None if register is None else load_flows(register),
        [] if decisions is None else load_decisions(decisions),
        None if earlier is None else load_earlier(earlier, paths),
    )


def _ago(days: int | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) - timedelta(days=days)


def path_of(profile: Profile) -> str:
    """The file's, absolute."""
    return str(profile.path.absolute()) if profile.path is not None else profile.label


def flow_object(asked: Asked, profile: Profile) -> dict[str, object] | None:
    """The flow that covers a file, for `--json`."""
    flow = asked.flow(profile)
    if flow is None:
        return None
    return {"purpose": flow.purpose, "owner": flow.owner, "until": flow.until.isoformat()}


def changes_object(asked: Asked) -> dict[str, object] | None:
    """What became of the files of the earlier scan, for `--json`."""
    changes = asked.changes()
    if changes is None or asked.earlier is None:
        return None
    return {
        "earlier_scan": asked.earlier.scanned_at,
        "gone": changes.gone,
        "moved": [{"before": before, "now": now} for before, now in changes.moved],
        "changed": changes.changed,
        "new": changes.new,
        "kept": changes.kept,
        "unknown": changes.unknown,
    }


def say_share(output: Output, asked: Asked, told: Sequence[dict[str, object]]) -> None:
    """The register and the earlier scan, in sentences."""
    words = output.words
    past = sum(bool(one["past_purpose"]) for one in told)
    if past:
        output.say(words.text(_("  files past their purpose: {n}"), n=past))
    if asked.flows is not None:
        bare = sum(bool(one["persons"]) and one["flow"] is None for one in told)
        output.say(words.text(_("  files of persons that the register does not know: {n}"), n=bare))
    changes = asked.changes()
    if changes is None or asked.earlier is None:
        return
    output.say()
    output.say(words.text(_("Since the scan of {at}:"), at=visible(asked.earlier.scanned_at)))
    output.say(words.text(_("  gone, neither the path nor the content is there: {n}"), n=len(changes.gone)))
    output.say(words.text(_("  moved, the content is still there: {n}"), n=len(changes.moved)))
    output.say(
        words.text(
            _("  changed: {changed}, new: {new}, as they were: {kept}"),
            changed=len(changes.changed),
            new=len(changes.new),
            kept=changes.kept,
        )
    )
    if changes.unknown:
        said = _("  gone, but the earlier scan did not say their content: {n}")
        output.say(words.text(said, n=len(changes.unknown)))
