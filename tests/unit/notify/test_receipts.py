# SPDX-License-Identifier: Apache-2.0
"""What the carrier tells of letters: every row in one box, nothing doubled, then the next way."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.notify.scenes import email_settings, person, sink, told_case
from tests.unit.notify.test_genuine import PAGE
from tocsin.core.errors import InputError
from tocsin.notify.after import balance, follow_up
from tocsin.notify.delivery import send_all
from tocsin.notify.outbox import Outbox, State
from tocsin.notify.receipts import Receipts, take_in
from tocsin.notify.waves import release
from tocsin.store.case import Case


def outbox_of(letters: int) -> Outbox:
    """Letters that the printer took; the reference of each is its number in 32 digits."""
    outbox = Outbox(":memory:")
    outbox.fill(
        1,
        (
            (number, "post", f"<{number:032x}@tocsin.invalid>", State.ACCEPTED, "", "person")
            for number in range(1, letters + 1)
        ),
    )
    return outbox


def csv_of(folder: Path, *rows: str, head: str = "reference;status;reason") -> Path:
    path = folder / "carrier.csv"
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return path


def test_every_row_has_one_box_and_a_second_reading_changes_nothing(tmp_path: Path) -> None:
    with closing(outbox_of(4)) as outbox:
        path = csv_of(
            tmp_path,
            f"{1:032x};Distribué;",
            f"{2:032x};NPAI;n'habite pas à l'adresse <b>",
            f"{9:032x};delivered;",
            f"{3:032x};en cours;",
            "=cmd;returned;",
            f"{1:032x};delivered;",
        )
        assert take_in(outbox, path) == Receipts(6, delivered=1, returned=1, repeated=1, unknown=2, other=1)
        assert outbox.standing() == {"delivered": 1, "failed": 1, "accepted": 2}
        assert ("post", "failed", "returned nhabite pas à ladresse b", 1) in outbox.reasons()
        again = take_in(outbox, path)
        assert (again.repeated, again.delivered + again.returned) == (3, 0)


def test_letter_that_came_back_after_it_was_called_delivered_came_back(tmp_path: Path) -> None:
    with closing(outbox_of(1)) as outbox:
        take_in(outbox, csv_of(tmp_path, f"{1:032x};delivered;"))
        take_in(outbox, csv_of(tmp_path, f"{1:032x};returned;"))
        take_in(outbox, csv_of(tmp_path, f"{1:032x};delivered;"))
        assert outbox.standing() == {"failed": 1}


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["delivered", "returned", "posted", ""])), max_size=30
    )
)
def test_boxes_add_up_to_the_rows_and_persons_stay_as_many(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[int, str]]
) -> None:
    with closing(outbox_of(4)) as outbox:
        rows = [f"{number:032x};{status};" for number, status in told]
        found = take_in(outbox, csv_of(tmp_path_factory.mktemp("carrier"), *rows))
        boxes = found.delivered + found.returned + found.repeated + found.unknown + found.other
        assert found.rows == boxes == len(told)
        assert sum(outbox.standing().values()) == 4


@pytest.mark.parametrize("head", ["reference;state", "ref;status"])
def test_file_without_its_columns_is_refused(tmp_path: Path, head: str) -> None:
    with closing(outbox_of(1)) as outbox, pytest.raises(InputError, match="There is no column"):
        take_in(outbox, csv_of(tmp_path, "x;y", head=head))


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with closing(outbox_of(1)) as outbox, pytest.raises(InputError, match="no such file"):
        take_in(outbox, tmp_path / "none.csv")


def test_letter_that_came_back_is_followed_by_an_e_mail_and_the_balance_closes(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    with sink(folder / "mail.log") as relay:
        rows = [person(1), person(2, email=None)]
        notify = 'prefer = "post"\n' + PAGE
        with told_case(folder, rows, notify=notify, settings=email_settings(relay.port)) as case:
            release(case, why="read", named="DPO")
        opener = lambda read_only: Case(folder, by="DPO", read_only=read_only)  # noqa: E731
        send_all(opener, ("email", "post"), None)
        with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
            tokens = [
                row[0].strip("<>").partition("@")[0]
                for row in outbox.connection.execute("select message_id from notice")
            ]
            take_in(outbox, csv_of(tmp_path, *(f"{token};pnd;" for token in tokens)))
            assert follow_up(case, outbox) == 1
            assert follow_up(case, outbox) == 0
        send_all(opener, ("email", "post"), None)
        assert relay.mailboxes() == ["p1@example.com"]
        with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
            follow_up(case, outbox)
            found = balance(case, outbox)
    assert (found.delivered, found.failed, found.is_closed) == (1, 1, True)
