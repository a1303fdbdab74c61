# SPDX-License-Identifier: Apache-2.0
"""The launcher sets up once, whatever happens in the middle, and hands over every argument.

A stand-in for uv makes the environment, so that nothing is fetched; it notes each call.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.structure.source import ROOT

UV = """#!/bin/sh
printf '%s\\n' "$*" >>"$UV_CALLS"
case $1 in
--version) exit 0 ;;
pip) exit "${UV_FAILS:-0}" ;;
esac
for made; do :; done
mkdir -p "$made/bin"
printf '#!/bin/sh\\nprintf "<%%s>" "$@"\\n' >"$made/bin/python"
chmod +x "$made/bin/python"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, with all that the launcher reads."""
    folder = tmp_path / "a checkout"
    (folder / "script").mkdir(parents=True)
    for name in ("tocsin", "script/environment.sh", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    stand_in = tmp_path / "bin" / "uv"
    stand_in.parent.mkdir()
    stand_in.write_text(UV)
    stand_in.chmod(0o755)
    return folder


def launch(checkout: Path, *arguments: str, path: Path | None = None, **env: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    beside = checkout.parent
    surroundings = {
        "PATH": f"{beside / 'bin'}:{os.defpath}:/usr/bin:/bin",
        "TOCSIN_PYTHON": sys.executable,
        "UV_CALLS": str(beside / "calls"),
        **env,
    }
    done = subprocess.run(
        [path or checkout / "tocsin", *arguments],
        env=surroundings,
        cwd=beside,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def environments_made(checkout: Path) -> int:
    calls = (checkout.parent / "calls").read_text().splitlines()
    return sum(call.startswith("venv ") for call in calls)


def test_launcher_sets_up_once_and_is_silent_afterwards(checkout: Path) -> None:
    first = launch(checkout, "demo", "R5")
    again = launch(checkout, "demo", "R5")
    assert first[:2] == again[:2] == (0, "<-I><-m><tocsin><demo><R5>")
    assert len(first[2].splitlines()) == 1
    assert again[2] == ""
    assert environments_made(checkout) == 1


def test_launcher_hands_over_arguments_as_they_are(checkout: Path) -> None:
    _, out, _ = launch(checkout, "first", "a b.log", "--account", "", "*")
    assert out == "<-I><-m><tocsin><first><a b.log><--account><><*>"


def test_launcher_finds_its_checkout_when_called_by_a_link(checkout: Path) -> None:
    link = checkout.parent / "link"
    link.symlink_to("a checkout/tocsin")
    code, _, _ = launch(checkout, path=link)
    assert code == 0
    assert (checkout / ".tocsin/venv").is_symlink()


def test_launcher_sets_up_once_when_several_start_together(checkout: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda _: launch(checkout)[0], range(4)))
    assert codes == [0, 0, 0, 0]
    assert environments_made(checkout) == 1


def test_launcher_sets_up_anew_when_the_lock_changes(checkout: Path) -> None:
    launch(checkout)
    before = (checkout / ".tocsin/venv").readlink()
    (checkout / "requirements.txt").write_text("changed==1\n")
    assert launch(checkout)[0] == 0
    assert (checkout / ".tocsin/venv").readlink() != before
    assert (checkout / ".tocsin" / before).exists(), "what still runs goes on"
    (checkout / "requirements.txt").write_text("changed==2\n")
    launch(checkout)
    assert not (checkout / ".tocsin" / before).exists(), "the one before that is gone"


def test_launcher_leaves_the_former_environment_when_a_set_up_fails(checkout: Path) -> None:
    launch(checkout)
    before = (checkout / ".tocsin/venv").readlink()
    (checkout / "pyproject.toml").write_text("# changed\n")
    code, out, err = launch(checkout, UV_FAILS="1")
    assert (code, out) == (2, "")
    assert "run-offline" in err
    assert (checkout / ".tocsin/venv").readlink() == before
    assert launch(checkout)[0] == 0, "the next one does it again"


def test_launcher_takes_everything_from_the_folder_of_wheels_when_there_is_one(checkout: Path) -> None:
    (checkout / "wheels").mkdir()
    launch(checkout)
    calls = (checkout.parent / "calls").read_text()
    assert f"--require-hashes --no-index --find-links {checkout / 'wheels'}" in calls


def test_launcher_honours_another_place_for_the_environment(checkout: Path, tmp_path: Path) -> None:
    assert launch(checkout, TOCSIN_VENV=str(tmp_path / "elsewhere" / "venv"))[0] == 0
    assert (tmp_path / "elsewhere" / "venv").is_symlink()
    assert not (checkout / ".tocsin").exists()


def test_launcher_touches_nothing_that_it_did_not_make(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept").touch()
    code, _, err = launch(checkout, TOCSIN_VENV=str(tmp_path / "mine"))
    assert code == 2
    assert "not made by Tocsin" in err
    assert (tmp_path / "mine" / "kept").exists()


def test_launcher_says_what_is_missing_when_there_is_no_recent_python(checkout: Path, tmp_path: Path) -> None:
    code, _, err = launch(checkout, TOCSIN_PYTHON="/bin/false")
    assert code == 2
    assert "3.11" in err
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("cat", "cut", "dirname", "basename", "readlink", "sha256sum", "tr", "sh"):
        (tools / name).symlink_to(shutil.which(name) or name)
    code, _, err = launch(checkout, TOCSIN_PYTHON="", PATH=str(tools))
    assert code == 2
    assert "Python 3.11" in err
