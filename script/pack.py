# SPDX-License-Identifier: Apache-2.0
"""Packs wheels, launcher, checksums and licences into one archive: sorted, dated alike, the same each time.

    pack.py WHEELS CHECKOUT TARGET PYTHON…

Called by script/bundle. Fetches nothing.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path

PLATFORM = "linux-x86_64"
DATE = 1_577_836_800
"""1 January 2020: no clock value in the archive."""

LICENCE_NAMES = re.compile(
    r"(?:^|/)(?:licen[cs]es?/.+|(?:licen[cs]e|copying|notice|authors)[^/]*)$", re.IGNORECASE
)


def main(wheels: Path, checkout: Path, target: Path, pythons: list[str]) -> Path:
    """Write the archive and its checksum beside it; returns its path."""
    found = sorted(wheels.glob("*.whl"))
    [own] = [wheel for wheel in found if wheel.name.startswith("tocsin-")]
    version = own.name.split("-")[1]
    files: dict[str, bytes] = {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in found}
    pip = pip_wheel()
    files[f"wheels/{pip.name}"] = pip.read_bytes()
    files["requirements.txt"] = locked(checkout, own, version)
    files["VERSION"] = f"{version}\n".encode()
    files["PYTHONS"] = "".join(f"{python}\n" for python in pythons).encode()
    for name in ("tocsin", "LISEZMOI.txt", "README.txt"):
        files[name] = (checkout / "script" / "bundled" / name).read_bytes()
    files["LICENSE"] = (checkout / "LICENSE").read_bytes()
    files |= licences([*found, pip])
    files["SHA256SUMS"] = sums(files)
    name = f"tocsin-{version}-{PLATFORM}"
    archive = target / f"{name}.tar"
    write_tar(archive, name, files)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_suffix(".tar.sha256").write_text(f"{digest}  {archive.name}\n", "utf-8")
    return archive


def pip_wheel() -> Path:
    """pip as this Python carries it: run from its wheel, it needs no rights and no ensurepip."""
    import ensurepip  # noqa: PLC0415  # absent where a distribution took it out

    places = [Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels")]
    found = sorted(wheel for place in places for wheel in place.glob("pip-*.whl"))
    if not found:
        sys.exit("bundle: this Python carries no pip wheel; use another (TOCSIN_PYTHON).")
    return found[-1]


def locked(checkout: Path, own: Path, version: str) -> bytes:
    """The lock, and Tocsin's own wheel by its hash."""
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    lock = (checkout / "requirements.txt").read_text("utf-8").rstrip("\n")
    return f"{lock}\ntocsin=={version} \\\n    --hash=sha256:{digest}\n".encode()


def licences(wheels: list[Path]) -> dict[str, bytes]:
    """The licence texts that the wheels carry, by package, and a list of them all."""
    files: dict[str, bytes] = {}
    listed: dict[str, str] = {}
    for path in wheels:
        package = "-".join(path.name.split("-")[:2])
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            [metadata] = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
            listed[package] = licence_of(wheel.read(metadata).decode("utf-8", "replace"))
            for name in names:
                if ".dist-info/" in name and LICENCE_NAMES.search(name) and not name.endswith("/"):
                    inner = name.split(".dist-info/", 1)[1].removeprefix("licenses/")
                    files[f"licences/{package}/{inner}"] = wheel.read(name)
    lines = "".join(f"{package}\t{licence}\n" for package, licence in sorted(listed.items()))
    files["licences/LISTE.txt"] = lines.encode()
    return files


def licence_of(metadata: str) -> str:
    """What a package says of its licence, on one line."""
    head = HeaderParser().parsestr(metadata)
    said = head.get("License-Expression") or ""
    if not said:
        classifiers = [
            c.split(" :: ")[-1] for c in head.get_all("Classifier", []) if c.startswith("License ::")
        ]
        said = "; ".join(classifiers) or (head.get("License") or "see its files").splitlines()[0]
    return said.strip()


def sums(files: dict[str, bytes]) -> bytes:
    """As sha256sum writes and checks them."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())
    ).encode()


def write_tar(path: Path, folder: str, files: dict[str, bytes]) -> None:
    """Entries in order of name, all of one date and one owner."""
    temporary = path.with_name(f".{path.name}.part")
    with tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mtime = len(content), DATE
            entry.mode = 0o755 if name == "tocsin" else 0o644
            archive.addfile(entry, io.BytesIO(content))
    temporary.replace(path)


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
