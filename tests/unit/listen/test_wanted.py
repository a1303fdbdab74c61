# SPDX-License-Identifier: Apache-2.0
"""How a source is to be received: what lacks is said before anything is opened."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings import CaseSettings, load_case
from tocsin.listen.addresses import open_listener, parse_address
from tocsin.listen.datagrams import read_datagrams
from tocsin.listen.wanted import check_certificates, listen_settings, setup_of


def settings(folder: Path, source: str) -> CaseSettings:
    (folder / "case.toml").write_text(f'[case]\nid = "T"\n[[sources]]\nname = "app"\n{source}\n')
    return load_case(folder / "case.toml")


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ('listen = { tcp = ":601" }', "other", "no source"),
        ('paths = ["x"]', "app", "has paths"),
        ("listen = {}", "app", "no address"),
        ('listen = { tls = ":6514", key = "k", client_ca = "c" }', "app", "`certificate` is lacking"),
        ('listen = { relp_tls = ":6514", key = "k", certificate = "c" }', "app", "`client_ca` is lacking"),
        ('listen = { tcp = ":601", max_message = 10 }', "app", "too small"),
        ('listen = { tcp = ":601", connections = 1000000000 }', "app", "open files"),
    ],
    ids=["unknown", "paths", "no address", "no certificate", "no authority", "short", "many"],
)
def test_listen_says_what_lacks(tmp_path: Path, source: str, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        listen_settings(settings(tmp_path, source), name, {})


def test_listen_takes_addresses_of_the_command_line_before_those_of_the_case(tmp_path: Path) -> None:
    wanted = listen_settings(settings(tmp_path, 'listen = { tcp = ":601" }'), "app", {"tcp": ":602"})
    assert wanted.tcp == ":602"


@pytest.mark.parametrize("text", ["601", "host:", "host:port", ":70000", ":-1", ":٣"])
def test_listen_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match="not an address"):
        parse_address(text)


def test_listen_reads_addresses_as_people_write_them() -> None:
    assert parse_address(":601") == ("0.0.0.0", 601)  # noqa: S104  # it is what is asked for
    assert parse_address("[::1]:6514") == ("::1", 6514)


def test_listen_says_when_an_address_is_taken() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(InputError, match="Nothing can listen"),
    ):
        open_listener("tcp", f"127.0.0.1:{taken.getsockname()[1]}")


def test_listen_refuses_a_certificate_that_is_none(tmp_path: Path) -> None:
    names = ("certificate", "key", "client_ca")
    source = ", ".join(f'{name} = "{name}.pem"' for name in names)
    case = settings(tmp_path, f'listen = {{ tls = ":6514", {source} }}')
    wanted = listen_settings(case, "app", {})
    with pytest.raises(InputError, match="cannot be read"):
        setup_of(tmp_path, "app", wanted, "tests")
    for name in names:
        (tmp_path / f"{name}.pem").write_text("no PEM")
    with pytest.raises(InputError, match="cannot be used"):
        check_certificates(setup_of(tmp_path, "app", wanted, "tests"))


def test_listen_key_of_case_toml_is_checked(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Unknown key 'tpc'"):
        settings(tmp_path, 'listen = { tpc = ":601" }')


def test_datagrams_are_read_when_whole() -> None:
    stream = (
        b"192.0.2.1 514 1700000000000000 5 <1>a\n".replace(b" <1>", b"\n<1>") + b"2001:db8::1 514 17 3\n<1"
    )
    found, taken = read_datagrams(stream)
    assert [(one.peer, one.message) for one in found] == [("192.0.2.1", b"<1>a\n")]
    assert stream[taken:] == b"2001:db8::1 514 17 3\n<1"
