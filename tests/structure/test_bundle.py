# SPDX-License-Identifier: Apache-2.0
"""The offline bundle: packed alike each time, checked by hash, and run where there is no network at all.

The whole way (wheels fetched, unpacked, run) is slow; it is left out, by name, where they cannot be fetched.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.structure.source import ROOT

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def pack() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pack", ROOT / "script" / "pack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path, name: str, metadata: str = "Name: x\n", **files: str) -> Path:
    path = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        info = f"{name}.dist-info"
        archive.writestr(f"{info}/METADATA", metadata)
        for inner, text in files.items():
            archive.writestr(f"{info}/{inner.replace('__', '/')}", text)
    return path


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    wheel(wheels, "tocsin-9.9", "License-Expression: Apache-2.0\n", licenses__LICENSE="ours")
    wheel(wheels, "zebra-1.0", "Classifier: License :: OSI Approved :: MIT License\n", COPYING="theirs")
    (tmp_path / "out").mkdir()
    archive: Path = pack().main(wheels, ROOT, tmp_path / "out", [PYTHON])
    return archive


def test_bundle_is_the_same_bytes_each_time(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    for path in (tmp_path / "wheels").iterdir():
        os.utime(path, (1, 1))
    again = pack().main(tmp_path / "wheels", ROOT, tmp_path / "again", [PYTHON])
    assert again.read_bytes() == packed.read_bytes()


def test_bundle_holds_launcher_papers_and_licences(packed: Path) -> None:
    with tarfile.open(packed) as archive:
        entries = {entry.name: entry for entry in archive.getmembers()}
        names = {name.removeprefix("tocsin-9.9-linux-x86_64/") for name in entries}
        assert {"tocsin", "LISEZMOI.txt", "README.txt", "SHA256SUMS", "requirements.txt"} <= names
        assert {"licences/tocsin-9.9/LICENSE", "licences/zebra-1.0/COPYING", "licences/LISTE.txt"} <= names
        assert list(entries) == sorted(entries)
        assert {(e.mtime, e.uid, e.gid, e.uname) for e in entries.values()} == {(1_577_836_800, 0, 0, "")}
        assert entries["tocsin-9.9-linux-x86_64/tocsin"].mode == 0o755
        listed = archive.extractfile("tocsin-9.9-linux-x86_64/licences/LISTE.txt")
        assert listed is not None
        told = listed.read().decode()
    assert "tocsin-9.9\tApache-2.0\n" in told
    assert "zebra-1.0\tMIT License\n" in told


def test_every_file_of_the_bundle_has_its_checksum(packed: Path) -> None:
    with tarfile.open(packed) as archive:
        prefix = "tocsin-9.9-linux-x86_64/"
        content = {
            entry.name.removeprefix(prefix): file.read()
            for entry in archive.getmembers()
            if (file := archive.extractfile(entry)) is not None
        }
    sums = dict(line.split("  ", 1)[::-1] for line in content.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(held).hexdigest() for name, held in content.items()}
    assert (
        packed.with_suffix(".tar.sha256")
        .read_text()
        .startswith(hashlib.sha256(packed.read_bytes()).hexdigest())
    )


def unpacked(archive: Path, into: Path) -> Path:
    with tarfile.open(archive) as held:
        held.extractall(into, filter="data")
    [folder] = into.iterdir()
    return folder


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Without network where the system lets us make such a room; else with an index that is nowhere."""
    room = ["unshare", "-rn"] if has_rooms() else []
    surroundings = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder.parent / "home"),
        "TOCSIN_PYTHON": sys.executable,
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "https_proxy": "http://127.0.0.1:9/",
        **env,
    }
    return subprocess.run(
        [*room, str(folder / "tocsin"), *arguments],
        env=surroundings,
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def has_rooms() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


def test_launcher_says_what_is_missing_when_no_python_serves(packed: Path, tmp_path: Path) -> None:
    folder = unpacked(packed, tmp_path / "x")
    (folder / "PYTHONS").write_text("2.7\n")
    done = run(folder, "formats")
    assert (done.returncode, done.stdout) == (2, "")
    assert "2.7" in done.stderr


def test_launcher_leaves_nothing_half_made_when_a_wheel_is_missing(packed: Path, tmp_path: Path) -> None:
    folder = unpacked(packed, tmp_path / "x")
    done = run(folder, "formats")  # none of the wheels that the lock asks for is there
    assert done.returncode == 2
    assert "SHA256SUMS" in done.stderr
    assert not list(folder.glob(".venv*"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The true bundle, for this Python alone; skipped where wheels cannot be fetched."""
    target = tmp_path_factory.mktemp("bundle")
    env = {**os.environ, "TOCSIN_BUNDLE_PYTHONS": PYTHON, "TOCSIN_PYTHON": sys.executable}
    done = subprocess.run(
        [ROOT / "script" / "bundle", target],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode != 0:
        pytest.skip("needs wheels, which cannot be fetched here")
    [archive] = target.glob("*.tar")
    return archive


@pytest.mark.slow
def test_bundle_runs_without_network_and_without_rights(bundle: Path, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path / "x")
    done = run(folder, "formats", "--json")
    assert done.returncode == 0, done.stderr
    assert '"web-access"' in done.stdout
    again = run(folder, "demo", "R8", "--lang", "fr")
    assert again.returncode == 0, again.stderr
    assert "✗" not in again.stdout


@pytest.mark.slow
def test_bundle_in_a_folder_that_cannot_be_written_unpacks_in_the_cache(bundle: Path, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path / "x")
    cache = tmp_path / "cache"
    done = run(folder, "--version", TOCSIN_VENV=str(cache / "venv"))
    assert done.returncode == 0, done.stderr
    assert (cache / "venv" / "ready").exists()
    assert not (folder / ".venv").exists()


@pytest.mark.slow
def test_bundle_with_an_altered_wheel_is_refused(bundle: Path, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path / "x")
    [own] = folder.glob("wheels/tocsin-*.whl")
    held = io.BytesIO(own.read_bytes())
    with zipfile.ZipFile(held, "a") as archive:
        archive.writestr("tocsin/added.py", "")
    own.write_bytes(held.getvalue())
    done = run(folder, "formats")
    assert done.returncode == 2
    assert "SHA256SUMS" in done.stderr
