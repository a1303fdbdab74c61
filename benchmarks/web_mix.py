# SPDX-License-Identifier: Apache-2.0
"""Gigabytes of mixed web logs, gzipped: Tocsin under a memory limit, beside peers and `zcat | wc -l`.

Half of the files are combined logs, half JSON; each begins with lines of its own, so that none continues another.
Peers are what a responder would take: GoAccess (C, counts only) where it is installed, and `apachelogs` (pure
Python, one record at a time) on a share of one file. Each is a process of its own; nothing is asserted.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.formats import KINDS, acts, combined, nginx_json, write_sample

MEGA = 1_000_000
BODY = 500
"""MB of the part that the files of a kind share."""

LINES = {"combined": combined, "nginx-json": nginx_json}
GOACCESS = {"combined": ["--log-format=COMBINED"], "nginx-json": []}

PARSE = """
import apachelogs, gzip, itertools, sys
parser = apachelogs.LogParser(apachelogs.COMBINED)
lines = itertools.islice(gzip.open(sys.argv[1], "rt"), int(sys.argv[2]))
print(sum(parser.parse(line).final_status == 200 for line in lines))
"""


def main() -> int:
    """Write the logs, run each way, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=15_000, help="MB of text, over all files")
    parser.add_argument("--memory", default="2GiB")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-web-mix")
    asked = parser.parse_args()
    files = {kind: _write(asked.folder, kind, asked.size // 2 // BODY) for kind in LINES}
    every = [path for paths in files.values() for path in paths]
    size = 2 * (asked.size // 2 // BODY) * BODY
    print(f"{len(every)} files, {size} MB of text, {sum(p.stat().st_size for p in every) // MEGA} MB gzipped")
    print(f"{'way':24} {'seconds':>8} {'MB/s':>6} {'peak MiB':>9}")
    names = " ".join(str(path) for path in every)
    _told("zcat | wc -l", size, ["sh", "-c", f"zcat {names} | wc -l"])
    case = _case(asked.folder / "case", asked.memory, files)
    _told("tocsin ingest", size, [sys.executable, "-m", "tocsin", "ingest", str(case)])
    if shutil.which("goaccess"):
        few = files["combined"][:2]
        joined = " ".join(str(path) for path in few)
        command = (
            f"zcat {joined} | goaccess - --log-format=COMBINED --no-progress -o /dev/null.json 2>/dev/null"
        )
        command = command.replace("/dev/null.json", str(asked.folder / "goaccess.json"))
        _told("goaccess (a share)", len(few) * BODY, ["sh", "-c", command])
    lines = 200_000
    share = lines * 240 // MEGA
    _told("apachelogs (a share)", share, [sys.executable, "-c", PARSE, str(files["combined"][0]), str(lines)])
    return 0


def _write(folder: Path, kind: str, count: int) -> list[Path]:
    """`count` gzipped files: lines of its own, then the body that all share (gzip members may be joined)."""
    body = write_sample(folder, KINDS[kind], BODY * MEGA, "gz")
    if kind == "nginx-json":
        body = _without_requests(body)
    paths = []
    for number in range(count):
        path = folder / f"{kind}-{number:03d}.log.gz"
        own = "".join(
            LINES[kind](act) + "\n" for act, _ in zip(acts(seed=number + 2), range(50), strict=False)
        )
        with path.open("wb") as file:
            file.write(gzip.compress(own.encode()))
            with body.open("rb") as shared:
                shutil.copyfileobj(shared, file)
        paths.append(path)
    return paths


def _without_requests(body: Path) -> Path:
    """Request ids would make the shared part the same records again."""
    target = body.with_name(f"bare-{body.name}")
    if not target.exists():
        command = (
            f"""zcat {body} | sed 's/"request_id": *"[0-9a-f]*"/"request_id":""/' | gzip -6 > {target}"""
        )
        subprocess.run(["sh", "-c", command], check=True)
    return target


def _case(folder: Path, memory: str, files: dict[str, list[Path]]) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sources = "".join(
        f'\n[[sources]]\nname = "{kind}"\npaths = ["{folder.parent}/{kind}-*.log.gz"]\n' for kind in files
    )
    head = f'[case]\nid = "mix"\n\n[limits]\nmemory = "{memory}"\n'
    (folder / "case.toml").write_text(head + sources, "utf-8")
    return folder


def _told(way: str, size: int, command: list[str]) -> None:
    began = time.perf_counter()
    with tempfile.NamedTemporaryFile("r") as measured:
        timed = ["/usr/bin/time", "-f", "%M", "-o", measured.name, *command]
        subprocess.run(timed, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - began
        peak = int((measured.read().split() or ["0"])[-1]) // 1024
    print(f"{way:24} {seconds:8.1f} {size / seconds:6.0f} {peak:9}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
