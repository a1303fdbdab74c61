# SPDX-License-Identifier: Apache-2.0
"""What all tests share: no network, the same language everywhere, and what a missing server does.

`@pytest.mark.needs("chromium")` skips where it is missing and the run ends with a list of what was;
TOCSIN_REQUIRE=all makes each of them fail instead.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = Path(__file__).resolve().parent / "golden"

PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "omrelp": ("usr/lib*/rsyslog/omrelp.so", "usr/lib/*/rsyslog/omrelp.so"),
    "pgaudit": ("usr/lib/postgresql/*/lib/pgaudit.so", "usr/pgsql-*/lib/pgaudit.so"),
    "server_audit": ("usr/lib*/mysql/plugin/server_audit.so", "usr/lib*/mariadb/plugin/server_audit.so"),
}
"""Programs or files by which a name in `needs` is there; other names are programs of that name."""

# A busy machine is slow now and then: that is not a fault of what is tested.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
HERE = settings.get_profile("here")
settings.register_profile("ci", parent=HERE, derandomize=True, max_examples=25, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the collector of cycles, which else walks thousands of tests,
    leaves it alone, and comes round in time to free the engines of tests that have ended."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """At the end everything may go: what stayed frozen would be told as leaked."""
    gc.unfreeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Sockets reach this machine only; what a test needs and is not there is told."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    missing = [name for mark in item.iter_markers("needs") for name in mark.args if not is_there(name)]
    if not missing:
        return
    reason = f"needs {', '.join(missing)}"
    if os.environ.get("TOCSIN_REQUIRE") == "all":
        pytest.fail(f"{reason}, and TOCSIN_REQUIRE=all", pytrace=False)
    pytest.skip(reason)


def is_there(name: str) -> bool:
    """Whether a program that a test needs is on this machine."""
    return any(
        shutil.which(program) or ("/" in program and any(Path("/").glob(program)))
        for program in PROGRAMS.get(name, (name,))
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was not tested, and for want of what."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"not tested: {reason} ({tests})")


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer's own language, name and keys change nothing."""
    for name in ("LANGUAGE", "LC_MESSAGES", "LANG", "TOCSIN_BY", "TOCSIN_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real logs that the project may not carry; TOCSIN_SHARED names it."""
    folder = os.environ.get("TOCSIN_SHARED")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs the folder TOCSIN_SHARED")
    return Path(folder)


@pytest.fixture
def tmp_case(tmp_path: Path) -> Callable[..., Path]:
    """Copies the golden case to a writable folder; `detect=False` adds that setting to its case.toml."""

    def copy_case(name: str = "case", *, detect: bool = False) -> Path:
        folder = tmp_path / name
        shutil.copytree(GOLDEN / "case", folder)
        if not detect:
            with (folder / "case.toml").open("a", encoding="utf-8") as file:
                file.write("\n[detect]\nenabled = false\n")
        return folder

    return copy_case
