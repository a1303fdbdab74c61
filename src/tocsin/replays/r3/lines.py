# SPDX-License-Identifier: Apache-2.0
"""The two logs of the sharing service: its own (JSON, UTC) and the proxy's (nginx, combined, Paris time).

The service's log tells a file's name and bytes. In the variant `lines-told` it also tells how many lines the
check on arrival had found in it, as some transfer products do.
"""

from __future__ import annotations

import numpy as np

from tocsin.replays.chance import Ints
from tocsin.replays.r3.acts import FETCH, LIST, OTHER_FILES, PROBE, STRANGER, USERS, Acts, World
from tocsin.replays.stamps import apache_days, iso_stamps, seconds
from tocsin.replays.text import Cells, digits, join, number, only, words

STRANGER_ADDRESS = "203.0.113.199"
SUMMER = 7_200_000
_OPERATIONS = ("TELECHARGEMENT", "LISTE", "ERREUR")
_RESULTS = ("ok", "ok", "refuse")
_STATUSES = np.array([200, 200, 404], dtype=np.int64)
_OTHERS = words([f"travail/{at % 97:02d}/note-{at:05d}.pdf" for at in range(OTHER_FILES)])
_FOLDERS = ("", "travail", "web.config.bak")
_USERS = words([f'"agent{at:03d}"' for at in range(USERS)] + ["null"])
_ADDRESSES = words([f"198.18.{at >> 8}.{at & 255}" for at in range(USERS)] + [STRANGER_ADDRESS])
_AGENTS = words(
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:90.0) Gecko/20100101 Firefox/90.0",
        "python-requests/2.25.1",
    ]
)


def service_lines(world: World, acts: Acts, index: Ints, *, lines_told: bool) -> tuple[bytes, Ints]:
    """Write the service's own log of these acts."""
    part = acts[index]
    kind = part["kind"].astype(np.intp)
    held = (part["file"] >= 0) & lines_told
    lengths = world.contents.lengths()[np.maximum(part["file"], 0)]
    return join(
        len(part),
        [
            b'{"time":"',
            *iso_stamps(part["at"]),
            b'Z","user":',
            _USERS[part["user"]],
            b',"remote":"',
            _ADDRESSES[part["user"]],
            b'","op":"',
            words(_OPERATIONS)[kind],
            b'","path":"/',
            *_path(world, part),
            b'","bytes":',
            number(part["bytes"], 10),
            words(["", ',"lines":'])[held.astype(np.intp)],
            number(np.where(held, lengths, -1), 8),
            b',"result":"',
            words(_RESULTS)[kind],
            b'"}\n',
        ],
    )


def proxy_lines(world: World, acts: Acts, index: Ints) -> tuple[bytes, Ints]:
    """Write the proxy's lines of these acts."""
    part = acts[index]
    local = part["at"] + SUMMER
    return join(
        len(part),
        [
            _ADDRESSES[part["user"]],
            b" - - [",
            apache_days(local),
            b":",
            seconds(local),
            b' +0200] "GET /partage/',
            *_path(world, part),
            b' HTTP/1.1" ',
            digits(_STATUSES[part["kind"].astype(np.intp)], 3),
            b" ",
            number(part["bytes"], 10),
            b' "-" "',
            _AGENTS[(part["user"] == STRANGER).astype(np.intp)],
            b'"\n',
        ],
    )


def _path(world: World, part: Acts) -> list[Cells]:
    """A file's path; a folder's; that of a probe."""
    is_file = part["kind"] == FETCH
    is_old = is_file & (part["file"] >= 0)
    files = words([f"archives/{world.contents.name_of(at)}" for at in range(world.size.files)])
    others = _OTHERS[np.maximum(-1 - part["file"], 0)]
    place = np.where(part["kind"] == PROBE, 2, np.where(part["kind"] == LIST, 1, 0))
    return [
        only(files[np.maximum(part["file"], 0)], is_old),
        only(others, is_file & ~is_old),
        words(_FOLDERS)[place],
    ]
