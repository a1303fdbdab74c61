# SPDX-License-Identifier: Apache-2.0
"""How a case is to be watched: its settings, checked, and the channels that they name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import CaseSettings
from tocsin.core.words import _, words
from tocsin.watch.channels.email import AlarmMail
from tocsin.watch.channels.syslog import Syslog
from tocsin.watch.channels.webhook import Webhook
from tocsin.watch.interface import AlarmChannel


def check_wanted(settings: CaseSettings) -> None:
    """Raise InputError for a case without sources, SettingsError for numbers that cannot be meant."""
    if not settings.sources:
        raise InputError(
            _("There is nothing to watch: case.toml has no [[sources]]."),
            do=_("Name the logs, as tocsin init does."),
            code="no_sources",
        )
    watch = settings.watch
    least = {"every": 0.05, "detect_hours": 0.01, "burst_minute": 2, "repeat_days": 0, "silent_minutes": 0}
    for key, bound in least.items():
        if not getattr(watch, key) >= bound:  # not even a NaN
            raise SettingsError(
                _("'{key}' in [watch] is too small."), do=_("Write a larger number."), key=key
            )


def channels_of(settings: CaseSettings, folder: Path, clock: Callable[[], float]) -> list[AlarmChannel]:
    """The channels that case.toml names; raises what they raise for settings that cannot work."""
    watch = settings.watch
    found: list[AlarmChannel] = []
    if watch.webhook is not None:
        found.append(Webhook(watch.webhook, folder, clock))
    if watch.syslog is not None:
        found.append(Syslog(watch.syslog, folder, watch.language))
    if watch.email is not None:
        found.append(AlarmMail(watch.email, words(watch.language), settings.case.zone))
    return found
