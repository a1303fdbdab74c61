# SPDX-License-Identifier: Apache-2.0
"""LemonLDAP::NG seen live: sign-in, sign-out and failures on its portal, read from its own log."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.live.identity_programs import PORTAL_MODULE, PORTAL_SETTINGS, Program, portal, wait_for
from tests.unit.ingest.scenes import Scene

pytestmark = pytest.mark.needs("plackup")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    if not PORTAL_MODULE.is_file() or not PORTAL_SETTINGS.is_file():
        pytest.skip("needs LemonLDAP::NG's portal")
    folder = tmp_path_factory.mktemp("lemonldap")
    with portal(folder) as server:
        sign_in_and_out(server)
        wait_for(lambda: b"Bad password" in server.log.read_bytes(), "the refusal")
    zone = time.tzname[0] if time.tzname[0] == "UTC" else "Europe/Paris"
    source = f'[[sources]]\nname = "portal"\npaths = ["../portal.log"]\nzone = "{zone}"\n'
    scene = Scene(folder / "case", source)
    scene.ingest()
    return scene.rows("events")


def sign_in_and_out(server: Program) -> None:
    base = f"http://127.0.0.1:{server.port}/"
    with httpx.Client(base_url=base, timeout=20, follow_redirects=False) as browser:
        signed_in = browser.post("/", data={"user": "dwho", "password": "dwho"})
        assert signed_in.status_code == 302
        cookie = signed_in.headers["set-cookie"].split(";")[0]
        assert browser.get("/?logout=1", headers={"cookie": cookie}).status_code == 200
        assert browser.post("/", data={"user": "rtyler", "password": "wrong"}).status_code == 200


def test_portal_tells_who_signed_in_out_and_in_vain(events: list[dict[str, object]]) -> None:
    told = {(event["action"], event["account"], event["outcome"]) for event in events}
    assert ("login", "dwho", "success") in told
    assert ("logout", "dwho", "success") in told
    assert ("login_failed", "rtyler", "failure") in told


def test_sign_out_names_the_address(events: list[dict[str, object]]) -> None:
    (left,) = [event for event in events if event["action"] == "logout"]
    assert left["address"] == "127.0.0.1"


def test_one_sign_in_is_one_login(events: list[dict[str, object]]) -> None:
    assert len([event for event in events if event["action"] == "login"]) == 1
