# SPDX-License-Identifier: Apache-2.0
"""The channels that come with Tocsin keep the promises that those of others have to."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from tests.unit.notify.scenes import email_settings, sink, told_case
from tests.unit.notify.test_provider import Firm, open_firm
from tocsin.core.one_host import OneHost
from tocsin.core.settings import CaseSettings
from tocsin.core.settings.notify import EmailSettings
from tocsin.notify.channels.dry_run import DryRun
from tocsin.notify.channels.folder import Folder, Signed
from tocsin.notify.channels.provider import Provider
from tocsin.notify.channels.relay import Relay
from tocsin.notify.channels.sms import SmsFolder, SmsProvider
from tocsin.notify.interface import Channel, Fate, Handed, Notice
from tocsin.notify.outbox import Outbox
from tocsin.notify.printed.letters import Letters
from tocsin.notify.relay_log import RelayLog
from tocsin.testing.channels import check_channel, check_handed

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEY = SigningKey(b"k" * 32)


def notice(number: int, kind: str = "email") -> Notice:
    return Notice(
        f"<{number:032x}@example.org>",
        "fr",
        AT,
        "Objet",
        "Bonjour",
        "<p>Bonjour</p>",
        email=f"p{number}@example.com" if kind == "email" else "",
        lines=("ANNE DURAND", "1 RUE DES LICES", "35000 RENNES") if kind == "post" else (),
        document="# Titre\n\nBonjour",
        phone=f"+3361234567{number}" if kind == "sms" else "",
    )


def two(kind: str) -> list[Notice]:
    return [notice(1, kind), notice(2, kind)]


def public_key() -> str:
    return base64.b64encode(bytes(PrivateKey.generate().public_key)).decode()


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> CaseSettings:
    with told_case(tmp_path_factory.mktemp("case"), [], settings=email_settings(1)) as case:
        return case.settings


@pytest.fixture
def firm() -> Iterator[Firm]:
    with open_firm() as firm:
        yield firm


def test_relay_keeps_its_word(tmp_path: Path) -> None:
    with sink(tmp_path / "mail.log") as held:
        settings = EmailSettings(from_="notice@example.org", port=held.port, timeout=2.0)
        outbox = Outbox(":memory:")
        log = tmp_path / "mail.log"
        log.touch()
        check_channel(lambda: Relay(settings, RelayLog(log, outbox)), two("email"))


def test_relay_without_a_log_keeps_its_word(tmp_path: Path) -> None:
    with sink(tmp_path / "mail.log") as held:
        settings = EmailSettings(from_="notice@example.org", port=held.port, timeout=2.0)
        check_channel(lambda: Relay(settings, None), two("email"))


def test_folder_of_letters_keeps_its_word(tmp_path: Path, settings: CaseSettings) -> None:
    signed = Signed.of(KEY, AT, 30)
    check_channel(
        lambda: Folder(tmp_path / "post", tmp_path / "notes", Letters(settings, AT), signed), two("post")
    )


@pytest.mark.parametrize("recipient", ["", public_key()], ids=["open", "sealed"])
def test_folder_of_messages_keeps_its_word(tmp_path: Path, recipient: str) -> None:
    signed = Signed.of(KEY, AT, 30)
    check_channel(
        lambda: SmsFolder(tmp_path / "sms", tmp_path / "notes", "CHPORT", signed, recipient), two("sms")
    )


def test_firm_of_letters_keeps_its_word(firm: Firm, settings: CaseSettings) -> None:
    def make() -> Channel:
        return Provider(OneHost(f"http://127.0.0.1:{firm.port}/v1", timeout=5.0), "t", Letters(settings, AT))

    check_channel(make, two("post"))


class _Messages(Firm):
    """Takes text messages."""

    def take(self, batch: str, told: dict[str, object]) -> list[dict[str, str]]:
        items: list[dict[str, object]] = told["items"]  # type: ignore[assignment]
        assert told["from"] == "CHPORT"
        assert all(str(item["phone"]).startswith("+33") and item["segments"] == 1 for item in items)
        self.batches.setdefault(batch, [self._item(item) for item in items])
        return self.batches[batch]

    def _item(self, item: dict[str, object]) -> dict[str, str]:
        return super()._item({**item, "lines": []})


def test_firm_of_messages_keeps_its_word(firm: Firm) -> None:
    firm.__class__ = _Messages

    def make() -> Channel:
        host = OneHost(f"http://127.0.0.1:{firm.port}/v1", timeout=5.0)
        return SmsProvider(host, "t", "CHPORT", "2026-12-22")

    check_channel(make, two("sms"))


class _Worse(DryRun):
    """A channel that breaks one promise."""

    def __init__(self, broken: Callable[[Sequence[Notice]], list[Handed]]) -> None:
        super().__init__("email")
        self._broken = broken

    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        yield from self._broken(notices)


BROKEN: Mapping[str, Callable[[Sequence[Notice]], list[Handed]]] = {
    "twice": lambda some: [Handed(some[0].message_id, Fate.ACCEPTED)] * 2,
    "not handed over": lambda some: [Handed("<x@y>", Fate.ACCEPTED)],
    "absent": lambda some: [Handed(one.message_id, Fate.ABSENT) for one in some],
    "a code": lambda some: [Handed(some[0].message_id, Fate.BOUNCED, "p1@example.com: no such user")],
    "nothing was taken": lambda some: [Handed(one.message_id, Fate.UNKNOWN) for one in some],
}


@pytest.mark.parametrize("what", BROKEN)
def test_check_finds_the_promise_that_is_broken(what: str) -> None:
    with pytest.raises(AssertionError, match=what):
        check_handed(list(_Worse(BROKEN[what]).hand_over(two("email"))), two("email"))


def test_rehearsal_takes_nothing_and_the_check_says_so() -> None:
    with pytest.raises(AssertionError, match="called absent"):
        check_channel(lambda: DryRun("email"), two("email"))
