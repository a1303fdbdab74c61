# SPDX-License-Identifier: Apache-2.0
"""The verb `verify-notice`: is this notice genuine? It needs no case, and asks nobody of a person."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from tocsin.cli.frame.options import answering, output_of
from tocsin.core.errors import InputError, MachineError
from tocsin.core.one_host import NoAnswerError, OneHost
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
    """Reads published files from a folder, or from the sender's own host and no other."""
    if urlsplit(place).scheme not in ("http", "https"):
        return folder_reader(Path(place))
    host = OneHost(place, timeout=_PATIENCE_S)

    def read(name: str) -> bytes:
        try:
            answer = host.ask("GET", name)
        except NoAnswerError as error:
            raise _no_answer(str(error)) from None
        if answer.status != HTTPStatus.OK:
            raise _no_answer(str(answer.status))
        return answer.body

    return read


def _no_answer(kind: str) -> MachineError:
    return MachineError(
        _("The sender's page does not answer ({kind})."),
        do=_("Try again later, or call the number that you know."),
        code="no_answer",
        kind=kind,
    )
