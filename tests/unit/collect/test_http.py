# SPDX-License-Identifier: Apache-2.0
"""One server asked with care: patience, limits, no other host, nothing secret in a message."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.collect.answering import Asked, Said, Server, said, serving
from tests.unit.collect.collecting import source
from tocsin.collect import http
from tocsin.collect.asked import Reach, check_reach, read_asked, read_secret
from tocsin.collect.http import AnswerTooLargeError, Web
from tocsin.core.errors import InputError, MachineError, SettingsError
from tocsin.core.extras import load_extra

SECRET = "hunter2-token"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr(http, "sleep", found.append)
    return found


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", SECRET)
    return SECRET


def web(server: Server, auth: str = "none", **keys: object) -> Web:
    asked = Reach(from_="stub", url=server.url, **keys)  # type: ignore[arg-type]
    return Web(source("stub", server.url), asked, auth, Path("/"))


def in_turn(*answers: Said) -> Iterator[Said]:
    yield from answers
    while True:
        yield answers[-1]


@pytest.mark.parametrize("status", [429, 503, 502])
def test_web_asks_again_when_the_place_is_busy(status: int, pauses: list[float]) -> None:
    turns = in_turn(Said(status=status, headers={"retry-after": "7"}), Said(status=status), said({"ok": 1}))
    with serving(lambda _: next(turns)) as server, web(server) as asking:
        assert asking.ask("GET", "x").body == b'{"ok": 1}'
    assert pauses == [7.0, 1.0]


def test_web_leaves_a_place_alone_when_it_asks_for_a_long_pause(pauses: list[float]) -> None:
    with (
        serving(lambda _: Said(status=429, headers={"retry-after": "3600"})) as server,
        web(server) as asking,
    ):
        with pytest.raises(MachineError) as caught:
            asking.ask("GET", "x")
        assert (caught.value.code, caught.value.exit_code, pauses, len(server.asked)) == ("busy", 3, [], 1)


def test_web_reads_a_retry_after_that_is_an_instant(pauses: list[float]) -> None:
    turns = in_turn(Said(status=429, headers={"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}), said({}))
    with serving(lambda _: next(turns)) as server, web(server) as asking:
        asking.ask("GET", "x")
    # It lies behind us: our own patience holds.
    assert pauses == [0.5]


def test_web_gives_up_when_the_place_stays_busy(pauses: list[float]) -> None:
    with serving(lambda _: Said(status=503)) as server, web(server, retries=2) as asking:
        with pytest.raises(MachineError, match="too busy"):
            asking.ask("GET", "x")
        assert len(server.asked) == 3
    assert pauses == [0.5, 1.0]


def test_web_does_not_ask_again_what_changes_the_place(pauses: list[float]) -> None:
    with serving(lambda _: Said(status=503)) as server, web(server) as asking:
        with pytest.raises(MachineError):
            asking.ask("POST", "x", once=True)
        assert len(server.asked) == 1
    assert pauses == []


@pytest.mark.parametrize(("status", "code"), [(401, "not_allowed"), (403, "not_allowed"), (400, "refused")])
def test_web_says_what_is_refused_without_the_answer(status: int, code: str) -> None:
    with serving(lambda _: said({"patient": "DUPONT"}, status)) as server, web(server) as asking:
        with pytest.raises(InputError) as caught:
            asking.ask("GET", "x", params=[("patient", "DUPONT")])
        assert caught.value.code == code
        assert "DUPONT" not in str(caught.value)


def test_web_takes_no_answer_that_is_cut(pauses: list[float]) -> None:
    with serving(lambda _: Said(b"x" * 1000, cut=500)) as server, web(server, retries=1) as asking:
        with pytest.raises(MachineError) as caught:
            asking.ask("GET", "x")
        assert (caught.value.code, len(server.asked), pauses) == ("broken_off", 2, [0.5])


def test_web_stops_reading_when_the_answer_is_too_large() -> None:
    large = Said(b"x" * 3_000_000)
    with (
        serving(lambda _: large) as server,
        web(server, max_answer="1MB") as asking,
        pytest.raises(AnswerTooLargeError),
    ):
        asking.ask("GET", "x")


def test_web_stops_waiting_when_the_place_is_silent(pauses: list[float]) -> None:
    held = threading.Event()

    def silent(_: Asked) -> Said:
        held.wait(10)
        return said({})

    with serving(silent) as server, web(server, timeout=1, retries=0) as asking:
        with pytest.raises(MachineError, match="ReadTimeout"):
            asking.ask("GET", "x")
        held.set()
    assert pauses == []


def test_web_says_that_nobody_is_there(pauses: list[float]) -> None:
    with serving(lambda _: said({})) as server:
        pass
    with web(server, retries=1) as asking, pytest.raises(MachineError, match="ConnectError"):
        asking.ask("GET", "x")
    assert pauses == [0.5]


@pytest.mark.parametrize("target", ["http://127.0.0.2:9/x", "https://127.0.0.1/x", "//evil.example/x"])
def test_web_does_not_follow_a_redirection_to_another_host(target: str, secret: str) -> None:
    with serving(lambda _: Said(status=302, headers={"location": target})) as server:
        with web(server, "bearer") as asking, pytest.raises(InputError) as caught:
            asking.ask("GET", "x")
        assert caught.value.code == "other_host"
        assert secret not in str(caught.value)
        assert len(server.asked) == 1


def test_web_follows_a_redirection_within_its_host() -> None:
    def answers(one: Asked) -> Said:
        return said({"there": 1}) if one.path == "/y" else Said(status=307, headers={"location": "/y"})

    with serving(answers) as server, web(server) as asking:
        assert asking.ask("GET", "x").body == b'{"there": 1}'


def test_web_ends_a_redirection_in_a_circle() -> None:
    with serving(lambda _: Said(status=302, headers={"location": "/x"})) as server, web(server) as asking:
        with pytest.raises(InputError):
            asking.ask("GET", "x")
        assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("auth", "shown"),
    [
        ("bearer", f"Bearer {SECRET}"),
        ("api-key", f"ApiKey {SECRET}"),
        ("basic", "Basic aHVudGVyMi10b2tlbg=="),
    ],
)
def test_web_shows_the_secret_of_the_environment(auth: str, shown: str, secret: str) -> None:
    assert secret
    with serving(lambda _: said({})) as server, web(server, auth) as asking:
        asking.ask("GET", "x")
        assert server.asked[0].headers["authorization"] == shown


def test_web_reads_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(lambda _: said({})) as server, web(server) as asking:
        assert asking.ask("GET", "x").status == 200


def test_secret_is_demanded_when_there_is_none() -> None:
    with serving(lambda _: said({})) as server, pytest.raises(InputError, match="TOCSIN_COLLECT_SIEM"):
        web(server, "bearer")


def test_secret_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert read_secret(source("stub", "https://x/"), tmp_path / "token") == "abc"


@pytest.mark.parametrize("content", ["", "\n", "a\nb"])
def test_secret_is_refused_when_it_is_empty_or_of_two_lines(tmp_path: Path, content: str) -> None:
    (tmp_path / "token").write_text(content)
    with pytest.raises(InputError) as caught:
        read_secret(source("stub", "https://x/"), tmp_path / "token")
    assert caught.value.code == "no_secret"


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "ftp://x/"},
        {"url": "https://user:pass@x/"},
        {"url": "https://x/?token=1"},
        {"url": "https://x:99999999/"},
        {"url": "http://siem.example/"},
        {"url": "https://x/", "timeout": 0},
        {"url": "https://x/", "retries": 99},
    ],
)
def test_reach_is_refused_when_a_value_does_not_suit(keys: dict[str, object]) -> None:
    asked = Reach(from_="stub", **keys)  # type: ignore[arg-type]
    with pytest.raises(SettingsError) as caught:
        check_reach(source("stub", None), asked)
    assert "pass" not in str(caught.value)


def test_reach_takes_a_line_in_clear_when_it_is_said() -> None:
    check_reach(source("stub", None), Reach(from_="stub", url="http://siem.example/", allow_http=True))


def test_asked_names_the_nearest_key_when_one_is_not_known() -> None:
    wrong = source("stub", "https://x/", timout=3)
    wrong.collect.pop("settle")
    with pytest.raises(SettingsError, match="timeout"):
        read_asked(wrong, Reach)


def test_asked_says_which_key_is_of_another_kind() -> None:
    wrong = source("stub", "https://x/", timeout="long")
    wrong.collect.pop("settle")
    with pytest.raises(SettingsError, match="timeout"):
        read_asked(wrong, Reach)


def test_certificate_is_refused_when_it_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with serving(lambda _: said({})) as server, pytest.raises(InputError) as caught:
        web(server, ca_file=str(tmp_path / "ca.pem"))
    assert caught.value.code == "bad_certificate"


def test_library_that_is_missing_names_its_extra() -> None:
    with pytest.raises(InputError) as caught:
        load_extra("tocsin_no_such_library", extra="collect")
    assert (caught.value.exit_code, "tocsin[collect]" in caught.value.do) == (2, True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody knows, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    made = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-days", "2", "-subj", "/CN=siem", "-addext", "subjectAltName=IP:127.0.0.1"),
        *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
    ]
    subprocess.run(made, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def tls_of(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.needs("openssl")
def test_web_trusts_an_authority_of_our_own(certificate: tuple[Path, Path], secret: str) -> None:
    with (
        serving(lambda _: said({}), tls_of(certificate)) as server,
        web(server, "bearer", ca_file=str(certificate[0])) as asking,
    ):
        assert asking.ask("GET", "x").status == 200
        assert server.asked[0].headers["authorization"] == f"Bearer {secret}"


@pytest.mark.needs("openssl")
def test_web_shows_no_secret_to_a_server_it_does_not_trust(
    certificate: tuple[Path, Path], secret: str, pauses: list[float]
) -> None:
    assert secret
    with (
        serving(lambda _: said({}), tls_of(certificate)) as server,
        web(server, "bearer", retries=1) as asking,
    ):
        with pytest.raises(MachineError, match="ConnectError"):
            asking.ask("GET", "x")
        assert (server.asked, pauses) == ([], [0.5])
