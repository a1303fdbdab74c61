# SPDX-License-Identifier: Apache-2.0
"""The verb `verify-notice`: is this notice genuine? It needs no case, and asks nobody of a person."""

from __future__ import annotations

import os
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

import click

from tocsin.cli.options import answering, output_of
from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _, visible
from tocsin.notify.genuine.verify_notice import (
    GENUINE,
    MOST_BYTES,
    Answer,
    NoticeError,
    Published,
    check_document,
    check_text,
    folder_reader,
    told,
)

PLACE_VARIABLE: Final = "TOCSIN_NOTICES"
_PATIENCE_S: Final = 20.0


@click.command(name="verify-notice")
@click.argument("notice", metavar="CODE|FILE")
@click.option(
    "--against",
    metavar="DIR|URL",
    help=f"Where the sender published its codes; else {PLACE_VARIABLE}.",
)
@click.option("--key", default="", help="The sender's public key, known from elsewhere (64 digits).")
@answering
@click.pass_context
def verify_notice(
    context: click.Context, notice: str, against: str | None, key: str, as_json: bool, lang: str | None
) -> None:
    """Say whether a notice is genuine: its code, an e-mail, a page or a PDF of it, or what a QR code holds.

    Exits 0 when it is, 1 when it is not or cannot be told. A code on standard input is named `-`.

    \b
    Example:
      tocsin verify-notice 7X2K-9QBM-41ZD-R5TV --against https://www.example.org/verify
      tocsin verify-notice letter.pdf --against /srv/www/verify
    """
    output = output_of(context, as_json=as_json, lang=lang)
    place = against or os.environ.get(PLACE_VARIABLE, "")
    if not place:
        raise InputError(
            _("Where the sender published its codes is not known."),
            do=_("Name the folder or the address with --against: it stands on the notice."),
            code="no_place",
        )
    try:
        answer = _checked(notice, Published(_reader(place), key))
    except NoticeError as error:
        raise InputError(
            _("The notice could not be checked: {why}."),
            do=_("Call the number that you know, and read out the code."),
            code="not_checked",
            why=str(error),
        ) from None
    for line in told(answer, output.words.lang):
        output.say(visible(line))
    output.done("verify-notice", _told(answer), exit_code=0 if answer.verdict == GENUINE else 1)


def _checked(notice: str, published: Published) -> Answer:
    if notice == "-":
        return check_text(published, sys.stdin.readline(4096).strip())
    path = Path(notice)
    if "#" not in notice and path.is_file():
        with path.open("rb") as file:
            return check_document(published, file.read(MOST_BYTES + 1))
    return check_text(published, notice)


def _told(answer: Answer) -> dict[str, object]:
    return {
        "verdict": answer.verdict,
        "issuer": answer.issuer,
        "case": answer.case,
        "contacts": list(answer.contacts),
        "foreign": list(answer.foreign),
        "is_signed": answer.is_signed,
        "key": answer.key,
    }


def _reader(place: str) -> Callable[[str], bytes]:
    """Reads published files from a folder, or over HTTPS (HTTP on this machine alone)."""
    parts = urlsplit(place)
    if parts.scheme not in ("http", "https"):
        return folder_reader(Path(place))
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise InputError(
            _("An address without encryption can be answered by anybody."),
            do=_("Use the one that begins with https."),
            code="not_encrypted",
        )
    opener = urllib.request.build_opener(_StaysThere())

    def read(name: str) -> bytes:
        try:
            answer: IO[bytes]
            with opener.open(f"{place.rstrip('/')}/{name}", timeout=_PATIENCE_S) as answer:
                return answer.read(MOST_BYTES)
        except OSError as error:
            raise MachineError(
                _("The sender's page does not answer ({kind})."),
                do=_("Try again later, or call the number that you know."),
                code="no_answer",
                kind=type(error).__name__,
            ) from None

    return read


class _StaysThere(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: who else answers is not who was asked."""

    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        """Never."""
        return
