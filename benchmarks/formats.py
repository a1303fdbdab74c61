# SPDX-License-Identifier: Apache-2.0
"""Synthetic logs of each format, of a given size: the same size gives the same bytes.

A hospital's days: some thousand accounts, many addresses, long user agents. Nothing here is anybody's.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

FIRST = datetime(2024, 6, 11, 0, 0, 0, tzinfo=UTC)
EVENTS_PER_SECOND = 14
BLOCK_EVENTS = 20_000

_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "practice-client/7.2 (build 4411)",
)
_PATHS = (
    "/v1/patients/{n}/card",
    "/v1/patients/{n}/documents?page=2&size=20",
    "/v1/appointments/{n}",
    "/v1/search?name=Durand&city=Saint-%C3%89tienne",
    "/static/app-4f1c2b.js",
)
_METHODS = ("GET", "GET", "GET", "GET", "POST", "PUT")
_STATUSES = ("200", "200", "200", "200", "200", "304", "404", "500")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Act:
    """What one event says; each format writes it in its own way."""

    number: int
    at: datetime
    account: str
    address: str
    method: str
    target: str
    status: str
    size: int
    agent: str
    person: int
    request: str


def acts(seed: int = 1) -> Iterator[Act]:
    """Without end, in order of time."""
    chance = random.Random(seed)  # noqa: S311  # reproducible on purpose
    number = 0
    while True:
        person = chance.randrange(1_000_000)
        yield Act(
            number,
            FIRST + timedelta(milliseconds=number * 1000 // EVENTS_PER_SECOND),
            "-" if chance.random() < 0.1 else f"dr.martin{chance.randrange(4000):04d}",
            f"10.{chance.randrange(8)}.{chance.randrange(256)}.{chance.randrange(256)}",
            chance.choice(_METHODS),
            chance.choice(_PATHS).format(n=person),
            chance.choice(_STATUSES),
            chance.randrange(200, 90_000),
            chance.choice(_AGENTS),
            person,
            f"{chance.getrandbits(128):032x}",
        )
        number += 1


def combined(act: Act) -> str:
    """Apache and nginx `combined`."""
    at = act.at
    return (
        f"{act.address} - {act.account} [{at.day:02d}/{MONTHS[at.month - 1]}/{at.year}:{at:%H:%M:%S} +0000] "
        f'"{act.method} {act.target} HTTP/1.1" {act.status} {act.size} '
        f'"https://portal.example.org/v1/home" "{act.agent}"'
    )


def nginx_json(act: Act) -> str:
    """nginx, `log_format … escape=json`."""
    return json.dumps(
        {
            "time_iso8601": act.at.isoformat(timespec="seconds"),
            "remote_addr": act.address,
            "remote_user": "" if act.account == "-" else act.account,
            "request": f"{act.method} {act.target} HTTP/1.1",
            "status": act.status,
            "body_bytes_sent": str(act.size),
            "request_time": f"{act.size % 900 / 1000:.3f}",
            "http_referrer": "https://portal.example.org/v1/home",
            "http_user_agent": act.agent,
            "request_id": act.request,
        }
    )


def json_object(act: Act) -> dict[str, object]:
    """An application's own log, for the mapping below."""
    return {
        "time": act.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": "info",
        "user": {"id": act.account, "role": "doctor"},
        "ip": act.address,
        "op": act.method,
        "path": act.target,
        "patient": f"Patient/{act.person}",
        "request_id": act.request,
        "status": int(act.status),
        "bytes": act.size,
        "app": "portal",
        "tags": ["web", "v1"],
    }


def json_line(act: Act) -> str:
    """One a line."""
    return json.dumps(json_object(act))


def csv_row(act: Act) -> str:
    """An export with `;`, times without a zone."""
    return (
        f"{act.at:%d/%m/%Y %H:%M:%S};{act.account};{act.address};{'READ' if act.method == 'GET' else 'WRITE'};"
        f"Dossier;{act.person};{act.request[:16]};{'OK' if act.status < '400' else 'KO'};{act.number}"
    )


CSV_HEADER = "date;login;ip;acte;objet;ipp;requete;resultat;no"


def fhir_object(act: Act) -> dict[str, object]:
    """A FHIR R4 AuditEvent (https://hl7.org/fhir/R4/auditevent.html)."""
    dicom = "http://dicom.nema.org/resources/ontology/DCM"
    return {
        "resourceType": "AuditEvent",
        "id": act.request,
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "subtype": [{"system": "http://hl7.org/fhir/restful-interaction", "code": "read"}],
        "action": "R" if act.method == "GET" else "U",
        "recorded": act.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "outcome": "0" if act.status < "400" else "4",
        "agent": [
            {
                "type": {"coding": [{"system": dicom, "code": "110153", "display": "Source Role ID"}]},
                "who": {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": act.account}},
                "requestor": True,
                "network": {"address": act.address, "type": "2"},
            },
            {"who": {"display": "portal"}, "requestor": False},
        ],
        "source": {"observer": {"reference": "Device/portal-1"}, "site": "hospital"},
        "entity": [
            {
                "what": {"reference": f"Patient/{act.person}"},
                "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1"},
                "role": {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"},
            },
            {
                "what": {"reference": f"DocumentReference/{act.number}"},
                "type": {"code": "2"},
                "role": {"code": "3"},
            },
        ],
    }


def fhir_line(act: Act) -> str:
    """One a line."""
    return json.dumps(fhir_object(act), separators=(",", ":"))


def fhir_xml(act: Act) -> str:
    """The same as XML, an entry of a Bundle."""
    read = "R" if act.method == "GET" else "U"
    return f"""  <entry>
    <resource>
      <AuditEvent xmlns="http://hl7.org/fhir">
        <id value="{act.request}"/>
        <type>
          <system value="http://terminology.hl7.org/CodeSystem/audit-event-type"/>
          <code value="rest"/>
        </type>
        <action value="{read}"/>
        <recorded value="{act.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")}"/>
        <outcome value="{"0" if act.status < "400" else "4"}"/>
        <agent>
          <who>
            <identifier>
              <system value="urn:oid:1.2.250.1.71.4.2.1"/>
              <value value="{act.account}"/>
            </identifier>
          </who>
          <requestor value="true"/>
          <network>
            <address value="{act.address}"/>
            <type value="2"/>
          </network>
        </agent>
        <source>
          <observer>
            <reference value="Device/portal-1"/>
          </observer>
        </source>
        <entity>
          <what>
            <reference value="Patient/{act.person}"/>
          </what>
          <type>
            <code value="1"/>
          </type>
          <role>
            <code value="1"/>
          </role>
        </entity>
      </AuditEvent>
    </resource>
  </entry>"""


def atna_syslog(act: Act) -> str:
    """A DICOM audit message (PS3.15 A.5) in a syslog line (RFC 5424)."""
    at = act.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return (
        f"<85>1 {at} portal-1 xds 4711 IHE+RFC-3881 - "
        '<?xml version="1.0" encoding="UTF-8"?><AuditMessage><EventIdentification '
        f'EventActionCode="{"R" if act.method == "GET" else "U"}" EventDateTime="{at}" '
        f'EventOutcomeIndicator="{"0" if act.status < "400" else "4"}">'
        '<EventID csd-code="110110" codeSystemName="DCM" originalText="Patient Record"/></EventIdentification>'
        f'<ActiveParticipant UserID="{act.account}" UserIsRequestor="true" NetworkAccessPointID="{act.address}" '
        'NetworkAccessPointTypeCode="2"><RoleIDCode csd-code="110153" codeSystemName="DCM" '
        'originalText="Source Role ID"/></ActiveParticipant>'
        '<AuditSourceIdentification AuditSourceID="portal-1" AuditEnterpriseSiteID="hospital"/>'
        f'<ParticipantObjectIdentification ParticipantObjectID="{act.person}^^^&amp;1.2.250.1.213.1.4.10&amp;ISO" '
        'ParticipantObjectTypeCode="1" ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2" '
        'codeSystemName="RFC-3881" originalText="Patient Number"/></ParticipantObjectIdentification></AuditMessage>'
    )


class Writable(Protocol):
    """What bytes are written to."""

    def write(self, block: bytes, /) -> object:
        """As of a file."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a file of a format is written, and what case.toml says of it."""

    name: str
    write: Callable[[Act], str]
    form: str
    extension: str
    before: str = ""
    between: str = "\n"
    after: str = "\n"
    mapping: str = ""
    """TOML of the mapping, for format = "mapped"."""

    floor: int = 100
    """MB/s that it should reach on a machine of two cores."""


_JSON_FIELDS = """zone = "UTC"
[fields]
occurred_at = { path = "$.time", time = "iso8601" }
account = { path = "$.user.id" }
address = { path = "$.ip" }
request = { path = "$.request_id" }
action = { path = "$.op", map = { GET = "read", POST = "create", PUT = "update" }, default = "other" }
object = { path = "$.path" }
person = { path = "$.patient", strip_prefix = "Patient/" }
status = { path = "$.status" }
bytes = { path = "$.bytes" }
client = { path = "$.app" }
"""

_CSV_FIELDS = """reader = "csv"
delimiter = ";"
zone = "Europe/Paris"
[fields]
occurred_at = { column = "date", time = "%d/%m/%Y %H:%M:%S" }
account = { column = "login" }
address = { column = "ip" }
action = { column = "acte", map = { READ = "read", WRITE = "update" }, default = "other" }
object_type = { column = "objet" }
person = { column = "ipp" }
request = { column = "requete" }
outcome = { column = "resultat", map = { OK = "success", KO = "failure" }, default = "unknown" }
"""

_BUNDLE = '<?xml version="1.0" encoding="UTF-8"?>\n<Bundle xmlns="http://hl7.org/fhir">\n  <type value="searchset"/>\n'

KINDS = {
    kind.name: kind
    for kind in (
        Kind("combined", combined, "web-access", "log"),
        Kind("nginx-json", nginx_json, "nginx-json", "ndjson"),
        Kind("json-lines", json_line, "mapped", "ndjson", mapping='reader = "json-lines"\n' + _JSON_FIELDS),
        Kind("csv", csv_row, "mapped", "csv", before=CSV_HEADER + "\n", mapping=_CSV_FIELDS),
        Kind("fhir", fhir_line, "fhir-audit-event", "ndjson"),
        Kind(
            "fhir-xml", fhir_xml, "fhir-audit-event", "xml", before=_BUNDLE, after="\n</Bundle>\n", floor=40
        ),
        Kind(
            "json-array",
            json_line,
            "mapped",
            "json",
            before="[\n",
            between=",\n",
            after="\n]\n",
            mapping='reader = "json-array"\n' + _JSON_FIELDS,
            floor=40,
        ),
        Kind("atna", atna_syslog, "atna-audit-message", "log"),
    )
}


def write_sample(folder: Path, kind: Kind, size: int, compression: str = "") -> Path:
    """A file of at least `size` bytes before compression (`gz`, `zst` or none), made once."""
    suffix = f".{compression}" if compression else ""
    path = folder / f"{kind.name}-{size}.{kind.extension}{suffix}"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".writing")
    with temporary.open("wb") as raw, _compressor(raw, compression) as out:
        for block in _blocks(kind, size):
            out.write(block)
    temporary.replace(path)
    return path


@contextmanager
def _compressor(raw: BinaryIO, compression: str) -> Iterator[Writable]:
    if compression == "gz":
        with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
            yield packed
    elif compression == "zst":
        with zstandard.ZstdCompressor(3).stream_writer(raw, closefd=False) as packed:
            yield packed
    else:
        yield raw


def _blocks(kind: Kind, size: int) -> Iterator[bytes]:
    written = 0
    source = acts()
    separator = kind.before
    while written < size:
        block = (
            separator + kind.between.join(kind.write(next(source)) for _ in range(BLOCK_EVENTS))
        ).encode()
        written += len(block)
        separator = kind.between
        yield block
    yield kind.after.encode()
