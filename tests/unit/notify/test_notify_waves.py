# SPDX-License-Identifier: Apache-2.0
"""Counts that move between two waves: who enters, who leaves, whose facts changed; nothing twice or lost."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from tests.made_case import NOON, put, rows_of
from tests.unit.notify.scenes import Sink, email_settings, exposed, person, sink, told_case
from tests.unit.notify.test_notify_sending import opener, released, send, told
from tocsin.core.errors import InputError
from tocsin.notify.channels.relay import Relay
from tocsin.notify.delivery import send_all
from tocsin.notify.letter import filled
from tocsin.notify.outbox import Outbox
from tocsin.notify.released import releases
from tocsin.notify.sending import Sender
from tocsin.notify.waves import fill_outbox, release
from tocsin.store.case import Case

Row = dict[str, object]


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Sink]:
    (tmp_path / "case").mkdir()
    with sink(tmp_path / "case" / "mail.log") as held:
        yield held


def further(folder: Path, exposure: list[Row]) -> dict[str, int]:
    """A log arrived: the case holds other exposures, and the next wave is released."""
    with Case(folder, by="DPO") as case:
        put(case, exposure=exposure)
        return release(case, why="a log arrived", named="DPO").reasons


def texts(relay: Sink, mailbox: str) -> list[str]:
    """Plain text of what a mailbox got, on one line."""
    found = []
    for raw in relay.taken:
        message = message_from_bytes(raw, policy=default)
        body = message.get_body(("plain",))
        assert body is not None
        if str(message["To"]) == mailbox:
            found.append(" ".join(str(body.get_content()).split()))
    return found


def later(rows: list[Row]) -> list[Row]:
    return [row | {"last_at": NOON + timedelta(days=3)} for row in rows]


def test_counts_that_move_between_two_waves_tell_each_only_what_is_new(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    both = ("identity.name", "id.nir")
    first = [*(row for n in (1, 2, 4, 5, 6, 8, 9) for row in exposed(n, certainty="reconstructed"))]
    first += exposed(10, certainty="taken")
    released(folder, [person(n) for n in range(1, 11)], relay.port, exposure=first)
    send(folder)
    moved = [
        *exposed(1, certainty="reconstructed"),  # nothing new
        *exposed(2, *both, certainty="reconstructed"),  # another category
        *exposed(3),  # enters
        *exposed(5, certainty="taken"),  # surer
        *later(exposed(6, certainty="reconstructed")),  # another period
        *exposed(7, count_in="ceiling"),  # not to inform
        *exposed(8, count_in="ceiling"),  # to inform no more, and not sure
        *exposed(9, certainty="reconstructed"),  # nothing new
        *exposed(10, certainty="shown"),  # less sure than was said: no notice for that
    ]  # 4 leaves
    assert further(folder, moved) == {"categories": 1, "certainty": 1, "new": 1, "period": 1, "withdrawn": 2}
    send(folder)
    send(folder)
    assert Counter(relay.mailboxes()) == {
        "p1@example.com": 1,
        "p2@example.com": 2,
        "p3@example.com": 1,
        "p4@example.com": 2,
        "p5@example.com": 2,
        "p6@example.com": 2,
        "p8@example.com": 2,
        "p9@example.com": 1,
        "p10@example.com": 1,
    }
    found = told(folder)
    assert (found.to_inform, found.delivered, found.is_closed) == (9, 9, True)
    with Case(folder, by="DPO") as case:
        with pytest.raises(InputError, match="nobody to tell"):
            release(case, why="again", named="DPO")
        codes = [row["code"] for row in rows_of(case, "notices")]
    assert len(set(codes)) == len(codes) == 14
    assert "Nous vous avons déjà écrit" not in texts(relay, "p3@example.com")[0]
    assert "Depuis, nous avons appris que d’autres données" in texts(relay, "p2@example.com")[1]
    assert "aucun accès à vos données" in texts(relay, "p4@example.com")[1]
    assert "Nous vous avons écrit le" in texts(relay, "p4@example.com")[1]
    assert "Nous ne pouvons pas l’exclure tout à fait" in texts(relay, "p8@example.com")[1]


def test_person_who_left_before_anything_was_sent_is_not_written_to(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    assert further(folder, exposed(2)) == {"withdrawn": 1}
    send(folder)
    assert relay.mailboxes() == ["p2@example.com"]
    found = told(folder)
    assert (found.to_inform, found.delivered, found.suppressed, found.is_closed) == (2, 1, 1, True)


def test_person_who_comes_back_is_told_again(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port)
    send(folder)
    further(folder, exposed(2))
    send(folder)
    assert further(folder, [*exposed(1), *exposed(2)]) == {"again": 1}
    send(folder)
    assert "vous n’étiez plus concerné" in texts(relay, "p1@example.com")[2]
    assert told(folder).is_closed


def test_notice_that_never_left_is_replaced_and_does_not_say_that_one_came_before(
    tmp_path: Path, relay: Sink
) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    assert further(folder, exposed(1, "identity.name", "id.nir")) == {"categories": 1}
    send(folder)
    [text] = texts(relay, "p1@example.com")
    assert "Nous vous avons déjà écrit" not in text
    assert told(folder).is_closed


def test_files_joined_since_are_one_person_who_is_told_no_second_time(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1), person(2)], relay.port, exposure=exposed(2))
    send(folder)
    with Case(folder, by="DPO") as case:
        held = rows_of(case, "persons")
        put(case, persons=[row | {"person_id": 1} for row in held], exposure=exposed(1))
        with pytest.raises(InputError, match="nobody to tell"):
            release(case, why="joined", named="DPO")
    assert (told(folder).to_inform, told(folder).is_closed) == (1, True)


def test_way_found_since_is_used_once(tmp_path: Path, relay: Sink) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1, email=None, address=None)], relay.port)
    with Case(folder, by="DPO") as case:
        put(case, registry=[person(1)])
        assert release(case, why="the registry was put right", named="DPO").reasons == {"route_found": 1}
    send(folder)
    assert relay.mailboxes() == ["p1@example.com"]
    assert told(folder).is_closed


def test_bounce_of_an_old_wave_opens_no_second_letter_beside_the_new_notice(
    tmp_path: Path, relay: Sink
) -> None:
    folder = tmp_path / "case"
    released(folder, [person(1)], relay.port)
    send(folder)
    further(folder, exposed(1, "identity.name", "id.nir"))
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        [first] = [row["message_id"] for row in rows_of(case, "notices") if row["wave"] == 1]
        outbox.note_bounces([(str(first).strip("<>").split("@")[0], "5.1.1")])
        assert not outbox.failed_by("email", ("bounced%", "returned%"))
    send(folder)
    assert not list((folder / "notices").glob("post/chunk-*"))
    assert told(folder).delivered == 1


def test_relay_that_answers_4xx_for_an_hour_takes_each_notice_once_in_the_end(
    tmp_path: Path, relay: Sink
) -> None:
    folder = tmp_path / "case"
    released(folder, [person(n) for n in range(1, 4)], relay.port)
    relay.refuse = {f"p{n}@example.com": "451 4.7.1 try again later" for n in range(1, 4)}
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        fill_outbox(case, outbox)
        now, tries = 1_000_000.0, 0
        while now < 1_000_000.0 + 3_600:
            with closing(Relay(case.settings.notify.email, None)) as channel:
                done = Sender(case, outbox, channel, releases(case)[-1], clock=lambda: now).send()  # noqa: B023
            tries += done.deferred > 0
            assert (done.handed, done.is_whole) == (0, False)
            now += 600
        assert tries < 6  # waits grow: the relay is not pressed
        relay.refuse = {}
        with closing(Relay(case.settings.notify.email, None)) as channel:
            last = Sender(case, outbox, channel, releases(case)[-1], clock=lambda: now + 3_600).send()
    assert (last.handed, last.is_whole) == (3, True)
    assert Counter(relay.mailboxes()) == {f"p{n}@example.com": 1 for n in range(1, 4)}


def test_template_with_a_missing_value_writes_no_notice_at_all() -> None:
    for lang in ("fr", "en"):
        for name in ("person", "easy", "withdrawn"):
            with pytest.raises(UndefinedError):
                filled(f"{name}.{lang}.j2", lang, name="Anne Durand")


def test_names_of_formulas_markup_and_marks_stay_names_on_the_printer_s_list(
    tmp_path: Path, relay: Sink
) -> None:
    folder = tmp_path / "case"
    names = ["=cmd()", "<b>Durand</b>", "Du\u202eran\u2066d", "@SUM(A1)"]
    rows = [
        person(n, family_name=name, given_names=None, email=None) for n, name in enumerate(names, start=1)
    ]
    released(folder, rows, relay.port)
    send_all(opener(folder), ("post",))
    [chunk] = (folder / "notices" / "post").glob("chunk-*")
    with (chunk / "addresses.csv").open(encoding="utf-8", newline="") as file:
        first = [row["line_1"] for row in csv.DictReader(file, delimiter=";")]
    assert first == ["'=CMD()", "<B>DURAND</B>", "DU RAN D", "'@SUM(A1)"]


def test_wave_released_and_never_sent_gives_way_to_the_next_one(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    with told_case(folder, [person(1), person(2)], settings=email_settings(1)) as case:
        release(case, why="read", named="DPO")
        put(case, exposure=[*exposed(1, "identity.name", "id.nir"), *exposed(2)])
        release(case, why="a log arrived", named="DPO")
        with closing(Outbox.open(folder)) as outbox:
            fill_outbox(case, outbox)
            fill_outbox(case, outbox)
            assert outbox.standing() == {"queued": 2}
            assert len(outbox.queued()) == 2
