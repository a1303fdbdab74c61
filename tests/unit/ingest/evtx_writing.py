# SPDX-License-Identifier: Apache-2.0
"""Writes small Windows event logs (EVTX), without templates: what no machine here can write.

Layout: libyal's "Windows XML Event Log (EVTX) format". Run as a program, it writes the samples of
`windows-evtx` again.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
CHUNK = 65_536
FIRST = 512


@dataclass(frozen=True)
class Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)


class Chunk:
    """64 KiB of records, with the names that they share."""

    def __init__(self) -> None:
        self.data = bytearray(FIRST)
        self.names: dict[str, int] = {}
        self.numbers: list[int] = []
        self.last = FIRST

    def add(self, number: int, at: datetime, root: Element) -> None:
        base = len(self.data)
        ticks = int((at - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
        out = bytearray(struct.pack("<IIQQ", 0x2A2A, 0, number, ticks))
        out += b"\x0f\x01\x01\x00"
        self._element(out, base, root)
        out += b"\x00"
        out += b"\x00" * (-(len(out) + 4) % 8)
        size = len(out) + 4
        struct.pack_into("<I", out, 4, size)
        self.last = base
        self.data += out + struct.pack("<I", size)
        self.numbers.append(number)

    def _element(self, out: bytearray, base: int, element: Element) -> None:
        out += struct.pack("<BI", 0x41 if element.attributes else 0x01, 0)
        size_at = len(out) - 4
        self._name(out, base, element.name)
        if element.attributes:
            self._attributes(out, base, element.attributes)
        out += b"\x02" if element.children else b"\x03"
        for child in element.children:
            if isinstance(child, str):
                _value(out, child)
            else:
                self._element(out, base, child)
        out += b"\x04" if element.children else b""
        struct.pack_into("<I", out, size_at, len(out) - size_at - 4)

    def _attributes(self, out: bytearray, base: int, attributes: dict[str, str]) -> None:
        out += struct.pack("<I", 0)
        start = len(out)
        for place, (name, value) in enumerate(attributes.items(), start=1):
            out += b"\x46" if place < len(attributes) else b"\x06"
            self._name(out, base, name)
            _value(out, value)
        struct.pack_into("<I", out, start - 4, len(out) - start)

    def _name(self, out: bytearray, base: int, name: str) -> None:
        if name in self.names:
            out += struct.pack("<I", self.names[name])
            return
        self.names[name] = base + len(out) + 4
        out += (
            struct.pack("<IIHH", self.names[name], 0, 0, len(name)) + name.encode("utf-16-le") + b"\x00\x00"
        )

    def bytes(self) -> bytes:
        numbers = self.numbers[:1] + self.numbers[-1:]
        out = bytearray(self.data.ljust(CHUNK, b"\x00"))
        ends = (128, self.last, len(self.data), zlib.crc32(bytes(self.data[FIRST:])))
        struct.pack_into("<8sQQQQIIII", out, 0, b"ElfChnk\x00", *numbers, *numbers, *ends)
        struct.pack_into("<I", out, 124, zlib.crc32(bytes(out[:120]) + bytes(out[128:FIRST])))
        return bytes(out)


def _value(out: bytearray, text: str) -> None:
    coded = text.encode("utf-16-le")
    out += struct.pack("<BBH", 5, 1, len(coded) // 2) + coded


def log_of(*chunks: Chunk) -> bytes:
    """A file."""
    following = chunks[-1].numbers[-1] + 1
    head = bytearray(4096)
    struct.pack_into(
        "<8sQQQIHHHH", head, 0, b"ElfFile\x00", 0, len(chunks) - 1, following, 128, 1, 3, 4096, len(chunks)
    )
    struct.pack_into("<I", head, 124, zlib.crc32(bytes(head[:120])))
    return bytes(head) + b"".join(chunk.bytes() for chunk in chunks)


def event(number: int, code: int, at: datetime, computer: str, **data: str) -> Element:
    """An event of the security log."""
    system = Element(
        "System",
        {},
        [
            Element("Provider", {"Name": "Microsoft-Windows-Security-Auditing"}),
            Element("EventID", {}, [str(code)]),
            Element("TimeCreated", {"SystemTime": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}),
            Element("EventRecordID", {}, [str(number)]),
            Element("Channel", {}, ["Security"]),
            Element("Computer", {}, [computer]),
        ],
    )
    fields: list[Element | str] = [
        Element("Data", {"Name": name}, [value] if value else []) for name, value in data.items()
    ]
    return Element("Event", {"xmlns": NAMESPACE}, [system, Element("EventData", {}, fields)])


def sample() -> tuple[Chunk, Chunk]:
    """Two chunks of a server's security log."""
    first, second = Chunk(), Chunk()
    start = datetime(2026, 5, 3, 12, 0, 0, 123456, tzinfo=UTC)
    server = "SRV1.chu.example"
    one = {"TargetUserName": "hélène.durand", "TargetLogonId": "0x3e7a1", "LogonType": "10"}
    first.add(7001, start, event(7001, 4624, start, server, **one, IpAddress="192.0.2.1", IpPort="50123"))
    later = start + timedelta(seconds=1)
    two = {"TargetUserName": "administrateur", "LogonType": "3", "Status": "0xc000006d"}
    first.add(7002, later, event(7002, 4625, later, server, **two, IpAddress="2001:db8::1", IpPort="-"))
    later = start + timedelta(hours=1)
    three = {"TargetUserName": "hélène.durand", "TargetLogonId": "0x3e7a1"}
    second.add(7003, later, event(7003, 4647, later, server, **three))
    return first, second


def write_samples(folder: Path) -> None:
    """The samples of `windows-evtx`."""
    whole = log_of(*sample())
    (folder / "sample.evtx").write_bytes(whole)
    damaged = bytearray(whole)
    second = damaged.find(b"**\x00\x00", 4096 + FIRST + 4)
    damaged[second + 24 : second + 60] = b"\xff" * 36
    (folder / "damaged.evtx").write_bytes(bytes(damaged))


if __name__ == "__main__":
    write_samples(Path(__file__).resolve().parents[2] / "samples" / "windows-evtx")
