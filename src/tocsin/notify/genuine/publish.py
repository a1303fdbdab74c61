# SPDX-License-Identifier: Apache-2.0
"""What the public may hold: digests of all codes in files by prefix, who the sender is, a page to check.

Whoever checks a code fetches one file that many other codes share, and compares at home: the server learns a
prefix and nothing else. No file says anything of a person, and every prefix has its file, so that an unknown
code looks like any other. How many codes there are, and the digest of all of them, is journalled: a code
issued on the side would be seen.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from jinja2 import Environment, StrictUndefined

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.journal.chain import Json, sync
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.genuine.verify_notice import WORDS, prefix_of
from tocsin.notify.released import releases
from tocsin.store.case import Case
from tocsin.store.query import load_query

PUBLISHED: Final = "notify:codes:published"
SITE: Final = ("verify.js", "style.css")
PAGES: Final = {"fr": "index.html", "en": "en.html"}

_PER_FILE: Final = 16
"""Codes that a file should hold at least: who fetches one tells nobody which."""

_LEAST_BITS: Final = 4
_MOST_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Publication:
    """What was written."""

    codes: int
    files: int
    digest: str
    key: str


def publish(case: Case, folder: Path) -> Publication:
    """Write the public folder anew, whole or not at all, and journal its digest.

    Raises InputError without a release, without `[notify] page`, or for a folder that holds something else.
    """
    released = releases(case)
    if not released or not case.settings.notify.page.strip():
        raise InputError(
            _("There is nothing to publish yet: no wave was released, or the page has no address."),
            do=_("Write [notify] page in case.toml, then release a wave."),
            where=case.folder / "case.toml",
            code="nothing_to_publish",
        )
    _refuse_foreign(folder)
    contacts = sorted({contact for one in released for contact in one.contacts})
    making = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(making, ignore_errors=True)
    (making / "codes").mkdir(parents=True)
    codes, digest, bits = _write_codes(case, making / "codes")
    head = _head(case, contacts, bits, digest)
    signed = json.dumps(head, ensure_ascii=False, sort_keys=True)
    key = signing_key(case)
    document = {"signed": signed, "signature": key.sign(signed.encode()).signature.hex()}
    (making / "notice.json").write_text(json.dumps(document, indent=1), "utf-8")
    _write_site(case, making)
    _swap(making, folder)
    found = Publication(codes, 1 << bits, digest, str(head["key"]))
    body: dict[str, Json] = {"codes": found.codes, "digest": found.digest, "key": found.key}
    case.journal.append(PUBLISHED, body, by=case.by)
    return found


def _head(case: Case, contacts: Sequence[str], bits: int, digest: str) -> dict[str, Json]:
    notify = case.settings.notify
    return {
        "format": 1,
        "case": case.settings.case.id,
        "issuer": " ".join(notify.sender.split()),
        "phone": " ".join(notify.phone.split()),
        "email": notify.contact_email.strip(),
        "page": " ".join(notify.page.split()),
        "contacts": list(contacts),
        "key": bytes(signing_key(case).verify_key).hex(),
        "prefix_bits": bits,
        "codes": digest,
    }


def _write_codes(case: Case, folder: Path) -> tuple[int, str, int]:
    """Every file of digests, empty ones too. Returns codes, the SHA-256 of all lines, and prefix bits."""
    hasher, count = hashlib.sha256(), 0
    with case.engine("notices") as engine:
        total = engine.count(load_query("tocsin.notify", "code_count"))
        bits = min(max((total // _PER_FILE).bit_length() - 1, _LEAST_BITS), _MOST_BITS)
        names = (f"{number:0{(bits + 3) // 4}x}" for number in range(1 << bits))
        query = load_query("tocsin.notify", "published_digests")
        rows = (
            str(row)
            for batch in engine.stream(query, 65_536, case=case.settings.case.id)
            for row in batch.column(0).to_pylist()
        )
        for name, digests in _by_file(names, rows, bits):
            content = "".join(f"{digest}\n" for digest in digests).encode()
            (folder / name).write_bytes(content)
            hasher.update(content)
            count += len(digests)
    return count, hasher.hexdigest(), bits


def _by_file(names: Iterator[str], ordered: Iterator[str], bits: int) -> Iterator[tuple[str, list[str]]]:
    """Each name with its digests, both in order."""
    waiting = next(ordered, None)
    for name in names:
        held = []
        while waiting is not None and prefix_of(waiting, bits) == name:
            held.append(waiting)
            waiting = next(ordered, None)
        yield name, held


def _write_site(case: Case, folder: Path) -> None:
    site = files("tocsin.notify.genuine").joinpath("site")
    for name in SITE:
        (folder / name).write_text(site.joinpath(name).read_text("utf-8"), "utf-8")
    verifier = files("tocsin.notify.genuine").joinpath("verify_notice.py").read_text("utf-8")
    (folder / "verify_notice.py").write_text(verifier, "utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    notify = case.settings.notify
    for lang, name in PAGES.items():
        template = environment.from_string(site.joinpath(f"page.{lang}.html.j2").read_text("utf-8"))
        page = template.render(sender=notify.sender, phone=notify.phone, never=WORDS[lang]["never"])
        (folder / name).write_text(page, "utf-8")


def _refuse_foreign(folder: Path) -> None:
    """Raise InputError for a folder that a publication did not write: it would be replaced whole."""
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / "notice.json").exists())
    ):
        raise InputError(
            _("The folder holds something else, and would be replaced."),
            do=_("Name a new or an empty folder with --to."),
            where=folder,
            code="folder_not_empty",
        )


def _swap(making: Path, folder: Path) -> None:
    """Put the new folder in the old one's place; a death in between leaves one of the two, whole."""
    for path in (making, making / "codes"):
        sync(path)
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    making.replace(folder)
    sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
