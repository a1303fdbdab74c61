# SPDX-License-Identifier: Apache-2.0
"""The verb `listen`: receives a source as syslog until it is stopped, and accounts for it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tocsin.cli.frame.options import CASE, answering, name_actor, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.settings import load_case
from tocsin.core.words import _, visible
from tocsin.listen.addresses import KINDS
from tocsin.listen.run import Wishes
from tocsin.listen.run import listen as receive
from tocsin.listen.wanted import listen_settings

WHY = {
    "no certificate": _("no certificate"),
    "certificate not accepted": _("certificate not accepted"),
    "gave up": _("broken off by the client"),
    "no TLS": _("no TLS"),
    "no handshake in time": _("no handshake in time"),
    "closed by us": _("the receiver was stopping"),
}
"""Why a client was refused, in words."""

MOST_DOWN = 3
"""Periods without a receiver that are told in words; all are in the JSON."""

Told = dict[str, Any]
"""An accounting, as `tocsin.listen.run` makes it."""


@click.command()
@CASE
@click.option("--source", required=True, help="The source of case.toml that is received.")
@click.option("--udp", help="Address for UDP (RFC 5426), as 0.0.0.0:514; goes before case.toml.")
@click.option("--tcp", help="Address for TCP (RFC 6587), as 0.0.0.0:601.")
@click.option("--tls", help="Address for TLS with client certificates (RFC 5425), as 0.0.0.0:6514.")
@click.option("--relp", help="Address for RELP, which acknowledges, as 0.0.0.0:2514.")
@click.option("--relp-tls", help="Address for RELP within TLS.")
@click.option("--every", type=click.FloatRange(0.1), default=60.0, help="Seconds between two accountings.")
@click.option("--drain", is_flag=True, help="Write what a killed receiver left behind, and end.")
@answering
@writing
@click.pass_context
def listen(
    context: click.Context,
    /,
    case: Path,
    source: str,
    every: float,
    drain: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
    **addresses: str | None,
) -> None:
    """Receive a source as syslog (UDP, TCP, TLS, RELP) into the case, until stopped.

    SIGUSR1 accounts at once, SIGTERM takes what is on its way and ends.

    Nothing is dropped: a full disk holds the senders back. What cannot be known to have arrived is stated.
    With --json each accounting is one object a line.

    \b
    Example:
      tocsin listen my-case --source gateway
      tocsin listen my-case --source gateway --tls 0.0.0.0:6514 --json
    """
    output = output_of(context, as_json=as_json, lang=lang)
    overrides = {kind: text for kind in KINDS if (text := addresses[kind]) is not None}
    wanted = listen_settings(load_case(case / "case.toml"), source, overrides)
    wishes = Wishes(_teller(output, case), every, drain_only=drain)
    stopped = _heed_signals(wishes)
    told = receive(case, source, wanted, name_actor(by), wishes)
    _say(output, told)
    number = stopped[0] if stopped else 0
    output.done("listen", told, exit_code=128 + number if number else 0, case=str(case))


def _heed_signals(wishes: Wishes) -> list[int]:
    """SIGTERM and SIGINT drain; the signals that came."""
    came: list[int] = []

    def stop(number: int, _frame: object) -> None:
        came.append(number)
        wishes.stop = True

    def account(_number: int, _frame: object) -> None:
        wishes.account = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.signal(signal.SIGUSR1, account)
    return came


def _teller(output: Output, case: Path) -> Callable[[str, Told], None]:
    def tell(what: str, told: Told) -> None:
        output.going_on("listen", {"state": what, **told}, case=str(case))
        _say_state(output, what, told)
        sys.stdout.flush()

    return tell


def _say_state(output: Output, what: str, told: Told) -> None:
    words = output.words
    if what == "listening":
        addresses = told["addresses"]
        for kind, address in sorted(addresses.items()):
            output.say(words.text(_("Listening: {kind} {address}"), kind=kind, address=visible(address)))
    elif what == "full":
        output.say(words.text(_("The disk is full: nothing is read until there is room; the senders wait.")))
    elif what == "room":
        output.say(words.text(_("There is room again: reading goes on.")))
    else:
        _say(output, told)


def _say(output: Output, told: Told) -> None:
    words = output.words
    aside = sum(one["messages"] for one in told["set_aside"].values())
    received, written = told["received"]["messages"], told["written"]["messages"]
    sentence = _("Received: {received} messages = {written} written + {aside} set aside.")
    output.say(words.text(sentence, received=received, written=written, aside=aside))
    _say_losses(output, told["losses"]["known"], told["losses"]["possible"])
    for one in told["refused"]:
        sentence = _("Refused at {listener}: {n} times ({why}).")
        output.say(
            words.text(sentence, listener=one["listener"], n=one["times"], why=words.text(WHY[one["why"]]))
        )


def _say_losses(output: Output, known: Told, possible: Told) -> None:
    """Only where there is something to say."""
    words = output.words
    if known["dropped_datagrams"]:
        sentence = _("Lost: {n} datagrams that the kernel dropped.")
        output.say(words.text(sentence, n=known["dropped_datagrams"]))
    if possible["connections_cut"]:
        sentence = _("Possibly lost: what was on its way over {n} connections that were cut.")
        output.say(words.text(sentence, n=possible["connections_cut"]))
    for one in possible["down"][-MOST_DOWN:]:
        output.say(
            words.text(_("Nobody listened from {start} to {end}."), start=one["from"], end=one["until"])
        )
