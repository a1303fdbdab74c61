# SPDX-License-Identifier: Apache-2.0
"""A case made of log files: tests write them, ingest, and look at the tables."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import zstandard

from tocsin.core.tables import TABLES
from tocsin.ingest.run import IngestReport, run
from tocsin.store.case import Case
from tocsin.store.query import quote

WEB = '[[sources]]\nname = "web"\npaths = ["logs/*"]\nformat = "web-access"\n'
GATEWAY = '[[sources]]\nname = "gateway"\npaths = ["logs/*"]\nmapping = "gateway.toml"\n'
GATEWAY_MAPPING = """
reader = "json-lines"
zone = "UTC"
[fields]
occurred_at = { path = "$.ts" }
request = { path = "$.rid" }
account = { path = "$.user" }
action = { path = "$.op", default = "read" }
person = { path = "$.patient", strip_prefix = "Patient/" }
node = { path = "$.node" }
sequence = { path = "$.seq" }
[skip]
path = "$.kind"
in = ["heartbeat"]
"""


class Scene:
    """A case folder under a temporary one."""

    def __init__(self, folder: Path, settings: str = WEB, **files: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.settings(settings)
        if "gateway.toml" in settings:
            self.write("gateway.toml", GATEWAY_MAPPING)
        for name, content in files.items():
            self.write(name, content)

    def settings(self, text: str) -> None:
        self.write("case.toml", f'[case]\nid = "scene"\nzone = "Europe/Paris"\n{text}')

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self) -> IngestReport:
        with Case(self.folder, by="tests") as case:
            return run(case)

    def rows(self, table: str) -> list[dict[str, object]]:
        names = [quote(name) for name in TABLES[table].column_names]
        key = ", ".join(quote(name) for name in TABLES[table].key)
        with Case(self.folder, by="tests") as case, case.engine(table) as engine:
            found = engine.rows(f"select {', '.join(names)} from {table} order by {key}")
        return [dict(zip(TABLES[table].column_names, row, strict=True)) for row in found]

    def current(self) -> str | None:
        path = self.folder / "tables" / "CURRENT"
        return path.read_text("utf-8") if path.exists() else None

    def fates(self) -> dict[str, int]:
        """Records by fate or, for what is not an event, by reason."""
        found: dict[str, int] = {}
        for row in self.rows("accounting"):
            name = str(row["reason"] or row["fate"])
            found[name] = found.get(name, 0) + int(str(row["records"]))
        return found

    def parts(self) -> Mapping[str, object]:
        """What CURRENT names, table by table."""
        return json.loads(self.current() or "{}").get("tables", {})


def web_line(second: int, path: str = "/", user: str = "-", **others: str) -> str:
    """One line of a combined log, at 10:00 UTC and some seconds of 11 June 2024."""
    time = f"11/Jun/2024:{10 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d} +0000"
    values = {"address": "192.0.2.1", "status": "200", "bytes": "12", "agent": "curl/8", **others}
    return (
        f'{values["address"]} - {user} [{time}] "GET {path} HTTP/1.1" {values["status"]} {values["bytes"]} '
        f'"-" "{values["agent"]}"'
    )


def web_log(count: int, start: int = 0, **others: str) -> str:
    return "".join(web_line(start + n, f"/p/{start + n}", **others) + "\n" for n in range(count))


def gateway_line(second: int, **members: object) -> str:
    time = f"2024-06-11T{10 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    return json.dumps({"ts": time, **members})


def packed(kind: str, content: bytes, name: str = "a.log") -> bytes:
    """Content as a file of a kind of compression or archive."""
    if kind in ("zip", "tar"):
        target = io.BytesIO()
        if kind == "zip":
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, content)
        else:
            with tarfile.open(fileobj=target, mode="w") as archive:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        return target.getvalue()
    return {
        "plain": lambda: content,
        "gz": lambda: gzip.compress(content),
        "bz2": lambda: bz2.compress(content),
        "xz": lambda: lzma.compress(content),
        "zst": lambda: zstandard.ZstdCompressor().compress(content),
    }[kind]()
