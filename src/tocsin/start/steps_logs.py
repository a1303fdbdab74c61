# SPDX-License-Identifier: Apache-2.0
"""Where the logs are: what is recognised, what it covers, what is not; the zone of times that carry none."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.ingest.recognise import known_formats
from tocsin.start.kept import Answer
from tocsin.start.logs import Found
from tocsin.start.reading import Reading, SourceRead, settings_of
from tocsin.start.scene import Scene
from tocsin.start.talk import Question, Step

_NAMED = 5
"""Files named one by one; of more, the number."""


FORMATS = {
    "web-access": _("web access log (nginx, Apache)"),
    "nginx-json": _("web access log (nginx, JSON)"),
    "caddy-json": _("web access log (Caddy)"),
    "traefik-json": _("web access log (Traefik)"),
    "fhir-audit-event": _("audit events (FHIR)"),
    "atna-audit-message": _("audit messages (ATNA, DICOM)"),
}


class Logs(Step):
    """Where the logs are."""

    key = "logs"

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("Where are the logs? Give a folder (or a file).")),
            scene.words.text(
                _(
                    "Access logs are the files in which your software or its publisher writes who opened "
                    "what and when. Tocsin only reads them, and copies nothing elsewhere. If you have none "
                    "yet, answer 'I do not know': the letters that ask the publisher for them come next."
                )
            ),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        scene.changed()
        before = dict(scene.kept.answers)
        scene.kept.answers.pop("zoneless", None)
        scene.kept.answers["logs"] = text
        try:
            found = scene.files()
            _tell_found(scene, found)
            _refuse_none(found, text)
            zoneless = _read(scene)
        except BaseException:
            scene.kept.answers = before
            scene.changed()
            raise
        if zoneless:
            scene.kept.answers["zoneless"] = zoneless
        return text

    def tell(self, scene: Scene) -> None:
        if not scene.kept.word("logs"):
            scene.face.say(
                "  "
                + scene.words.text(
                    _(
                        "Then nothing can be counted yet. Ask for the logs at once: many are erased within "
                        "days."
                    )
                )
            )
        elif not scene.kept.texts("zoneless"):
            tell_read(scene, scene.reading().sources())


class Zone(Step):
    """In which zone the clock of the logs was, when they do not say."""

    key = "zone"
    may_skip = False

    def applies(self, scene: Scene) -> bool:
        return bool(scene.kept.texts("zoneless"))

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(
                _("The times in {sources} carry no time zone. Which one was the clock in?"),
                sources=scene.words.listing(scene.kept.texts("zoneless")),
            ),
            scene.words.text(
                _(
                    "An hour's error would attribute acts to the wrong moment, or to the wrong person. Most "
                    "French software writes Europe/Paris; some servers write UTC. Ask the publisher when "
                    "unsure."
                )
            ),
            default="Europe/Paris",
        )

    def take(self, scene: Scene, text: str) -> Answer:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(
                _("'{zone}' is not a time zone."),
                do=_("Write it as Europe/Paris or UTC."),
                code="bad_zone",
                zone=text,
            ) from None
        zoneless = scene.kept.texts("zoneless")
        sources = [settings_of(s, text if s.name in zoneless else "") for s in scene.sources()]
        with scene.face.progress() as progress:
            Reading(scene.folder, scene.by, sources).read(progress)
        return text

    def tell(self, scene: Scene) -> None:
        tell_read(scene, scene.reading().sources())


def _format_said(scene: Scene, name: str) -> str:
    return scene.words.text(FORMATS[name]) if name in FORMATS else known_formats()[name].title


def _refuse_none(found: Found, where: str) -> None:
    if not found.sources:
        raise InputError(
            _("No log is recognised there."),
            do=_("Give another folder, or answer: don't know."),
            where=where,
            code="no_log",
        )


def _read(scene: Scene) -> list[str]:
    """Read all; or the sources that cannot be read before somebody says their zone."""
    try:
        with scene.face.progress() as progress:
            scene.reading().read(progress)
    except InputError as error:
        if error.code != "no_zone":
            raise
        return _zoneless(scene)
    return []


def _zoneless(scene: Scene) -> list[str]:
    """Sources whose times carry no zone: found by reading them without one."""
    found = []
    for source in scene.sources():
        try:
            Reading(scene.folder, scene.by, [settings_of(source, "")]).check()
        except InputError as error:
            if error.code != "no_zone":
                raise
            found.append(source.name)
    return found


def _tell_found(scene: Scene, found: Found) -> None:
    say, text = scene.face.say, scene.words.text
    for source in found.sources:
        say(
            "  "
            + scene.words.plural(
                "✓ {n} log file '{name}': {format}",
                "✓ {n} log files '{name}': {format}",
                len(source.files),
                name=visible(source.name),
                format=_format_said(scene, source.format),
            )
        )
    if found.tables:
        names = [path.name for path in found.tables[:_NAMED]]
        say("  " + text(_("· Tables, which may be lists for later: {names}"), names=_listed(scene, names)))
    for path in found.unknown[:_NAMED]:
        say(
            "  "
            + text(
                _(
                    "✗ Not recognised, left out: {name}. If it is a log, a mapping can describe it later "
                    "(docs: describe a log without code)."
                ),
                name=visible(path.name),
            )
        )
    if len(found.unknown) > _NAMED:
        say("  " + text(_("✗ … and {n} more files that are not recognised"), n=len(found.unknown) - _NAMED))
    for path, error in found.unreadable[:_NAMED]:
        scene.face.warn(f"{visible(path.name)}: {scene.told(error)}")


def tell_read(scene: Scene, sources: list[SourceRead]) -> None:
    """What was read of each source, and the period it covers."""
    for source in sources:
        if source.first_at is None or source.last_at is None:
            line = scene.words.text(
                _("'{name}': {records} {records:record|records} read, none is an act."),
                name=visible(source.name),
                records=source.records,
            )
        else:
            line = scene.words.text(
                _("'{name}': {events} {events:act|acts}, from {first} to {last}."),
                name=visible(source.name),
                events=source.events,
                first=scene.instant(source.first_at),
                last=scene.instant(source.last_at),
            )
        scene.face.say("  " + line)
        if source.set_aside:
            scene.face.say(
                "  "
                + scene.words.plural(
                    "{n} record could not be read and is set aside; nothing is lost.",
                    "{n} records could not be read and are set aside; nothing is lost.",
                    source.set_aside,
                )
            )


def _listed(scene: Scene, names: list[str]) -> str:
    return scene.words.listing([visible(name) for name in names])


STEPS: tuple[Step, ...] = (Logs(), Zone())
