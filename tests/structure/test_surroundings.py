# SPDX-License-Identifier: Apache-2.0
"""What conftest.py promises of every test: no network, and no test that is left out without a word."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.structure.source import ROOT

NEEDY = """
import pytest

@pytest.mark.needs("no-such-server")
def test_needy(): ...
"""


def run_needy(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_needy.py").write_text(NEEDY)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs(*servers): as in the project\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "."],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_missing_server_is_skipped_and_named(tmp_path: Path) -> None:
    done = run_needy(tmp_path, TOCSIN_REQUIRE="")
    assert done.returncode == 0
    assert "not tested: needs no-such-server (1)" in done.stdout


def test_missing_server_fails_when_all_is_required(tmp_path: Path) -> None:
    done = run_needy(tmp_path, TOCSIN_REQUIRE="all")
    assert done.returncode == 1
    assert "needs no-such-server, and TOCSIN_REQUIRE=all" in done.stdout


def test_no_test_reaches_the_network() -> None:
    # The refusal warns first, and here warnings are errors.
    refused = pytest.raises((SocketConnectBlockedError, UserWarning), match="tried to use socket")
    with socket.socket() as outside, refused:
        outside.connect(("192.0.2.1", 9))


def test_a_test_reaches_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_golden_case_is_copied_for_writing(tmp_case: object) -> None:
    assert callable(tmp_case)
    folder = tmp_case()
    (folder / "case.toml").write_text("")
    assert (ROOT / "tests/golden/case/case.toml").read_text("utf-8")
