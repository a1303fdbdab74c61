# SPDX-License-Identifier: Apache-2.0
"""Notices dropped into a folder for a firm that passes them on: a chunk at a time, whole or not at all.

A chunk of letters is a PDF and a CSV of their addresses and pages; of text messages, a CSV. With it goes a
manifest that the case signs: SHA-256, what it is for, until when it may be kept. With `recipient`, an X25519
public key, the contents are sealed to it. A note of what each chunk holds is synced in the case before the
chunk takes its name: so a process that died between the two is told apart.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from nacl.public import PublicKey, SealedBox
from nacl.signing import SigningKey

from tocsin.core.cells import inert
from tocsin.core.words import visible
from tocsin.journal.chain import sync
from tocsin.notify.interface import Channel, Fate, Handed, Notice
from tocsin.notify.printed.letters import Letters
from tocsin.notify.printed.render import Place

COLUMNS: Final = ("reference", *(f"line_{number}" for number in range(1, 7)), "first_page", "last_page")
PURPOSE: Final = "print and post these letters (art. 34 GDPR), then destroy them"


@dataclass(frozen=True, slots=True)
class Signed:
    """What the manifests of a release have alike: the last day, and who signs."""

    destroy_by: str
    key: SigningKey = field(repr=False)

    @classmethod
    def of(cls, key: SigningKey, released_at: datetime, keep_days: int) -> Signed:
        """The last day is so many after the release."""
        return cls((released_at + timedelta(days=keep_days)).date().isoformat(), key)

    def manifest(self, head: Mapping[str, object]) -> str:
        """What was signed, as text, with its signature (Ed25519) and the key to check it by."""
        said = {**head, "destroy_by": self.destroy_by}
        signed = json.dumps(said, sort_keys=True)
        proof = {
            "signed": signed,
            "signature": self.key.sign(signed.encode()).signature.hex(),
            "key": bytes(self.key.verify_key).hex(),
        }
        return json.dumps(said | proof, indent=1) + "\n"


class Dropped(Channel):
    """Drops chunks; what stands in one is its kind's."""

    takes_whole_batches = True

    def __init__(self, folder: Path, notes: Path, signed: Signed, recipient: str = "") -> None:
        self._folder = folder
        self._notes = notes
        self._signed = signed
        self._recipient = recipient

    @abstractmethod
    def contents(self, notices: Sequence[Notice]) -> dict[str, bytes]:
        """Files of one chunk, by name."""

    @abstractmethod
    def head(self, notices: Sequence[Notice]) -> dict[str, object]:
        """What the manifest says of them."""

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """One chunk; accepted when it has its name."""
        if not notices:
            return
        ids = [notice.message_id for notice in notices]
        name = "chunk-" + hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
        making = self._making(name)
        self._write(making, notices)
        self._note(name, ids)
        making.replace(self._folder / name)
        sync(self._folder)
        for message_id in ids:
            yield Handed(message_id, Fate.ACCEPTED)

    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        """A chunk that is noted and no longer in the making was dropped, whether or not it was collected."""
        dropped: set[str] = set()
        for note in self._notes.glob("chunk-*.json"):
            if not self._making(note.stem).exists():
                dropped |= set(json.loads(note.read_text("utf-8")))
        return {one: Fate.ACCEPTED if one in dropped else Fate.ABSENT for one in message_ids}

    def _making(self, name: str) -> Path:
        return self._folder / f".{name}.tmp"

    def _note(self, name: str, ids: list[str]) -> None:
        self._notes.mkdir(parents=True, exist_ok=True)
        temporary = self._notes / f".{name}.tmp"
        temporary.write_text(json.dumps(ids), "utf-8")
        sync(temporary)
        temporary.replace(self._notes / f"{name}.json")
        sync(self._notes)

    def _write(self, folder: Path, notices: Sequence[Notice]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files = {}
        for name, content in self.contents(notices).items():
            place = folder / (f"{name}.sealed" if self._recipient else name)
            place.write_bytes(self._sealed(content))
            files[place.name] = hashlib.sha256(place.read_bytes()).hexdigest()
            sync(place)
        place = folder / "manifest.json"
        place.write_text(self._signed.manifest({**self.head(notices), "files": files}), "utf-8")
        sync(place)
        sync(folder)

    def _sealed(self, content: bytes) -> bytes:
        if not self._recipient:
            return content
        return bytes(SealedBox(PublicKey(base64.b64decode(self._recipient))).encrypt(content))


class Folder(Dropped):
    """Drops letters for whoever prints and posts them."""

    name = "folder"
    kind = "post"

    def __init__(
        self, folder: Path, notes: Path, letters: Letters, signed: Signed, recipient: str = ""
    ) -> None:
        super().__init__(folder, notes, signed, recipient)
        self._letters = letters

    def contents(self, notices: Sequence[Notice]) -> dict[str, bytes]:
        """Pages and addresses."""
        pages, places = self._letters.print(notices)
        return {"addresses.csv": _addresses(notices, places), "letters.pdf": pages}

    def head(self, notices: Sequence[Notice]) -> dict[str, object]:
        """How many, and what for."""
        return {"letters": len(notices), "purpose": PURPOSE}

    def close(self) -> None:
        """Let the process that makes the pages end."""
        self._letters.close()


def _addresses(notices: Sequence[Notice], places: Sequence[Place]) -> bytes:
    """`;` between columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for notice, place in zip(notices, places, strict=True):
        lines = [inert(visible(line)) for line in notice.lines] + [""] * (6 - len(notice.lines))
        writer.writerow([place.reference, *lines, place.first, place.last])
    return text.getvalue().encode()
