# SPDX-License-Identifier: Apache-2.0
"""DKIM signatures of received messages: the vectors of RFC 8463, appendix A, and what changes on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.notify.dkim import State, check_message

ED25519_RECORD = '"v=DKIM1; k=ed25519; " "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
RSA_RECORD = (
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)
MESSAGE = """\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
"""


def states(message: str, record: str = "") -> list[State]:
    return [one.state for one in check_message(message.encode(), record)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_vectors_of_the_standard_hold(end: str) -> None:
    message = MESSAGE.replace("\n", end)
    assert states(message, ED25519_RECORD) == [State.VALID, State.BAD_SIGNATURE]
    assert states(message, RSA_RECORD) == [State.BAD_SIGNATURE, State.VALID]
    assert states(message) == [State.NO_KEY, State.NO_KEY]


def test_signature_is_the_sender_s_own_and_says_what_it_does_not_cover() -> None:
    found = check_message(MESSAGE.replace("From:", "Content-Type: text/plain\nFrom:", 1).encode())[0]
    assert (found.domain, found.record_name) == (
        "football.example.com",
        "brisbane._domainkey.football.example.com",
    )
    assert found.is_aligned
    assert found.uncovered == ("content-type",)


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("We lost", "We won", State.BODY_CHANGED),
        ("Is dinner", "Is lunch", State.BAD_SIGNATURE),
        ("From: Joe", "From: Moe", State.BAD_SIGNATURE),
        ("  Are you", " Are you", State.VALID),
        ("Joe.\n", "Joe.\n\n\n", State.VALID),
        ("Subject: Is", "Subject:  Is", State.VALID),
        ("s=brisbane", "s=sydney", State.BAD_SIGNATURE),
        ("To: Suzie", "From: other@evil.example\nTo: Suzie", State.BAD_SIGNATURE),
        (" bh=", " zz=", State.MALFORMED),
        ("b=/gCr", "b=/!!!", State.MALFORMED),
        ("c=relaxed/relaxed", "c=loose/loose", State.MALFORMED),
        ("d=football", "d=x; d=football", State.MALFORMED),
    ],
)
def test_what_was_changed_on_the_way_shows(old: str, new: str, state: State) -> None:
    assert states(MESSAGE.replace(old, new, 1), ED25519_RECORD)[0] is state


def test_second_sender_belongs_to_no_domain() -> None:
    message = MESSAGE.replace("To: Suzie", "From: other@evil.example\nTo: Suzie")
    assert not check_message(message.encode())[0].is_aligned


@pytest.mark.parametrize(
    ("domain", "is_aligned"), [("example.com", True), ("evil.com", False), ("l.example.com", False)]
)
def test_signature_of_another_domain_is_not_the_sender_s(domain: str, is_aligned: bool) -> None:
    message = MESSAGE.replace("d=football.example.com", f"d={domain}")
    assert check_message(message.encode())[0].is_aligned is is_aligned


@pytest.mark.parametrize(
    "record",
    [
        "v=DKIM1; k=rsa; p=AAAA",
        "v=DKIM1; p=",
        "v=DKIM1; k=ed25519; p=AAAA",
        RSA_RECORD.replace("MIGf", "MIGe"),
    ],
)
def test_key_that_is_none_proves_nothing(record: str) -> None:
    assert State.VALID not in states(MESSAGE, record)


def test_message_without_a_signature_has_none() -> None:
    assert check_message(b"From: a@b.fr\r\n\r\nx") == []


@given(st.binary(max_size=300), st.text(max_size=60))
def test_hostile_message_never_breaks_the_check(raw: bytes, record: str) -> None:
    check_message(b"DKIM-Signature: " + raw, record)
    for found in check_message(b"DKIM-Signature: v=1; h=from; d=a; s=b; bh=; a=rsa-sha256; b=" + raw, record):
        assert found.state is not State.VALID
