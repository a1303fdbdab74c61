# SPDX-License-Identifier: Apache-2.0
"""The verb `receive`: opens what a case handed over. Whoever receives it needs no case, and no network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from tocsin.cli.frame.options import answering, output_of
from tocsin.core.words import _, visible
from tocsin.notify.opening import open_pack, read_pack, refuse_past_term


@click.command()
@click.argument("pack", type=click.Path(path_type=Path))
@click.option("--key", "private", type=click.Path(path_type=Path), help="Your private key, if it is sealed.")
@click.option("--to", "target", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--sender", default="", help="The sender's public key, known from elsewhere (64 digits).")
@answering
@click.pass_context
def receive(
    context: click.Context,
    pack: Path,
    private: Path | None,
    target: Path,
    sender: str,
    as_json: bool,
    lang: str | None,
) -> None:
    """Open a pack or a chunk: check signature and files, unseal, and say until when it may be kept.

    Without --sender it exits 1: the pack then vouches for itself alone, and somebody has to compare its key.

    \b
    Example:
      tocsin receive packs/4f2a --key practice.key --sender 3b6a27bc… --to opened
    """
    output = output_of(context, as_json=as_json, lang=lang)
    found = read_pack(pack, sender)
    refuse_past_term(found, datetime.now(UTC).date())
    opened = open_pack(found, private, target)
    for name in opened.files:
        output.say(visible(str(target / name)))
    output.say(output.words.text(_("What for: {purpose}"), purpose=found.purpose))
    day = found.destroy_by.isoformat()
    output.say(output.words.text(_("Destroy all of it by {day}, what you opened as well."), day=day))
    if opened.unsigned:
        names = ", ".join(map(visible, opened.unsigned))
        output.warn("unsigned_file", _("Not signed by the sender, and left where it is."), names)
    if not sender:
        output.warn("unknown_sender", _("Compare this key with the one that the sender gave you."), found.key)
    result = {
        "files": list(opened.files),
        "unsigned": list(opened.unsigned),
        "purpose": found.purpose,
        "destroy_by": day,
        "sender": found.key,
        "case": found.said.get("case"),
    }
    output.done("receive", result, exit_code=0 if sender else 1)
