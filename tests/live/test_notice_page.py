# SPDX-License-Identifier: Apache-2.0
"""The public page in a real browser: codes and signatures are checked there; the server learns a prefix."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.unit.notify.test_genuine import Scene, make_scene
from tocsin.notify.codes import grouped, make_code

pytestmark = pytest.mark.needs("chromium")


class Site:
    """What the page's server saw."""

    def __init__(self, address: str, asked: list[str]) -> None:
        self.address, self.asked = address, asked


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            asked.append(str(self.requestline))

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.server_port}", asked)
        server.shutdown()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return make_scene(tmp_path_factory.mktemp("page"), 40)


@pytest.fixture(scope="module")
def site(scene: Scene) -> Iterator[Site]:
    with served(scene.site) as site:
        yield site


@pytest.fixture(scope="module")
def page(site: Site) -> Iterator[Page]:
    program = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(locale="fr-FR", viewport={"width": 360, "height": 740})
        faults: list[str] = []
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        browser.close()
    assert not faults  # the policy of the page forbids nothing that it needs


def typed(page: Page, site: Site, code: str) -> str:
    page.goto(f"{site.address}/index.html")
    page.fill("#code", code)
    page.click("button")
    return told(page)


def told(page: Page) -> str:
    page.wait_for_selector("#answer[data-shown]")
    shown = str(page.get_attribute("#answer", "data-shown"))
    assert page.locator(f"h2[data-verdict={shown}]").is_visible()
    assert page.locator("h2[data-verdict]:visible").count() == 1
    return shown


def test_typed_codes_are_told_genuine_unknown_or_mistyped(scene: Scene, site: Site, page: Page) -> None:
    code = scene.codes()[0]
    assert typed(page, site, grouped(code).lower()) == "genuine"
    assert page.inner_text("[data-field=phone]") == "02 99 00 00 00"
    assert typed(page, site, make_code()) == "unknown"
    assert not page.locator("#issuer").is_visible()
    assert typed(page, site, code[:-1] + ("7" if code[-1] != "7" else "8")) == "not_a_code"


def test_every_signature_verifies_in_the_browser_and_no_altered_one_does(
    scene: Scene, site: Site, page: Page
) -> None:
    assert scene.mails
    for mail in scene.mails[:8]:
        proof = message_from_bytes(mail, policy=default)["X-Notice-Proof"].replace(" ", "")
        page.goto("about:blank")
        page.goto(f"{site.address}/index.html#{proof}")
        assert told(page) == "genuine"
        assert page.inner_text("[data-field=issuer]") == "Clinique des Lices"
        assert "#" not in page.url
        altered = proof[:-4] + ("A" if proof[-4] != "A" else "B") + proof[-3:]
        page.goto("about:blank")
        page.goto(f"{site.address}/en.html#{altered}")
        assert told(page) == "altered"


def test_server_is_asked_for_nothing_but_static_files_and_prefixes(
    scene: Scene, site: Site, page: Page
) -> None:
    site.asked.clear()
    codes = [*scene.codes()[:10], *(make_code() for _ in range(10))]
    for code in codes:
        typed(page, site, code)
    asked = {line.split()[1] for line in site.asked}
    assert asked
    static = r"/(?:index\.html|en\.html|verify\.js|style\.css|notice\.json|favicon\.ico|codes/[0-9a-f]{1,4})"
    assert all(re.fullmatch(static, path) for path in asked)
    seen = " ".join(site.asked)
    assert not any(code in seen or grouped(code) in seen for code in codes)


def test_page_reads_on_a_narrow_screen_and_by_its_structure(site: Site, page: Page) -> None:
    for name in ("index.html", "en.html"):
        page.goto(f"{site.address}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.locator("h1").count() == 1
        assert page.locator("label[for=code]").count() == 1
        assert page.locator("#answer").get_attribute("aria-live") == "polite"
