# SPDX-License-Identifier: Apache-2.0
"""Begins a log format: a description that reads its own sample, and what the contract asks of it.

What it writes passes the contract as it stands, for a log that nobody writes: so each test that fails from
then on says something of the format, not of the scaffolding.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTIONS = ROOT / "src" / "tocsin" / "ingest" / "formats" / "described"
SAMPLES = ROOT / "tests" / "samples"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

DESCRIPTION = """\
# SPDX-License-Identifier: Apache-2.0
name = "{name}"
title = "{name}: say what it is, and which program writes it"
family = "web"  # web identity cloud transfer bastion database mail health
documentation = []  # the vendor's pages
notes = []  # what a person must know to count rightly
doubts = []  # where the documentation is silent or was found wrong

[read]
reader = "lines"  # lines records json-lines json-array csv

[recognise]
surest = 0.9

[[pattern]]
kind = "access"
line = '{name} at=(?P<time>\\S+) user=(?P<login>\\S+) from=(?P<peer>\\S+) did=(?P<verb>\\S+) (?P<target>\\S+)'

[times]
occurred_at = {{ of = "time", kind = "iso8601" }}

[columns]
account = "nullif(login, '-')"  # nobody is null: an actor is never invented
address = "peer"
action = "case verb when 'open' then 'read' else 'other' end"
object = "target"
outcome = "'success'"
"""

SAMPLE = """\
{name} at=2024-06-11T08:00:00Z user=dr.martin from=192.0.2.1 did=open /patients/1
{name} at=2024-06-11T10:00:01+02:00 user=- from=2001:db8::1 did=ping /
"""

DAMAGED = """\
{name} at=2024-06-11T08:00:00Z user=dr.martin from=192.0.2.1 did=open /patients/1
{name} at=2024-06-11T08:0
"""

NEIGHBOUR = """\
another-{name} at=2024-06-11T08:00:00Z user=dr.martin from=192.0.2.1 did=open /patients/1
"""

EXPECTED = """\
{{
  "sample.log": [
    {{"fate": "event", "occurred_at": "2024-06-11T08:00:00Z", "account": "dr.martin", "action": "read"}},
    {{"fate": "event", "occurred_at": "2024-06-11T08:00:01Z", "account": null, "action": "other"}}
  ],
  "damaged.log": [
    {{"fate": "event", "account": "dr.martin"}},
    {{"fate": "set_aside", "reason": "broken"}}
  ]
}}
"""

README = """\
# Samples of `{name}`

Made by hand. Say here from which documentation or program, which version, and what each line is there for.
"""


def new_format(name: str) -> list[Path]:
    """Write the files of a format, none of which may be there."""
    files = {
        DESCRIPTIONS / f"{name}.toml": DESCRIPTION,
        SAMPLES / name / "sample.log": SAMPLE,
        SAMPLES / name / "damaged.log": DAMAGED,
        SAMPLES / name / "neighbour.log": NEIGHBOUR,
        SAMPLES / name / "expected.json": EXPECTED,
        SAMPLES / name / "README.md": README,
    }
    standing = [path for path in files if path.exists()]
    if standing:
        raise SystemExit(f"script/new: {standing[0].relative_to(ROOT)} is already there")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name), "utf-8")
    return list(files)


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    match arguments:
        case ["format", name] if NAME.fullmatch(name):
            for path in new_format(name):
                print(path.relative_to(ROOT))
            print(f"then: script/test -k {name}, and script/docs for its page")
            return 0
        case ["format", _]:
            sys.stderr.write("script/new: a name is lower case, digits and hyphens\n")
        case _:
            sys.stderr.write("script/new format NAME\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
