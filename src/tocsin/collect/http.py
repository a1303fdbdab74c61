# SPDX-License-Identifier: Apache-2.0
"""One server over HTTP, asked with care: time limits, patience, size limits, its own certificates.

A secret goes to the one host it was given for: another host is refused, be it in a redirection or in the link
to a next page. Messages name the host and the path alone: a question may name a person.
"""

from __future__ import annotations

import base64
import logging
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tocsin import __version__
from tocsin.collect.asked import Reach, demand_secret, read_secret
from tocsin.core.errors import InputError, MachineError, TocsinError
from tocsin.core.extras import load_extra
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _, visible
from tocsin.store.engine import parse_size

if TYPE_CHECKING:
    import httpx

BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTIONS = 3
LONGEST_PAUSE = 120.0
"""Seconds: a place that asks for more is left alone until the next run."""

sleep = time.sleep

# Its lines would hold whole addresses, with what was asked.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class AnswerTooLargeError(InputError):
    """An answer above `max_answer`: a smaller piece may fit."""

    code = "answer_too_large"


class Web:
    """One server; to be used in a `with`."""

    def __init__(self, source: SourceSettings, reach: Reach, auth: str, folder: Path) -> None:
        """`auth` holds where the settings say nothing; relative paths start in the folder.

        Raises InputError without httpx, or without the secret.
        """
        self._name = source.name
        self._base = reach.url.rstrip("/") + "/"
        self._reach = reach
        self._most = parse_size(reach.max_answer)
        self._httpx = load_extra("httpx", extra="collect")
        self._authorization = _authorization(source, reach, reach.auth or auth, folder)
        self._client: httpx.Client = self._httpx.Client(
            verify=_trusted(reach, folder),
            timeout=self._httpx.Timeout(reach.timeout),
            follow_redirects=False,
            trust_env=False,
            proxy=reach.proxy,
            headers={"user-agent": f"tocsin/{__version__}"},
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def address(self, link: str) -> str:
        """A path or a whole address at this server; raises InputError (`other_host`) for any other server."""
        whole = urljoin(self._base, link)
        if _origin(whole) != _origin(self._base):
            raise InputError(
                _("The source '{name}' is sent on to another server ({host})."),
                do=_("Nothing was asked there. If it is to be trusted, write its address as `url`."),
                where=_shown(self._base),
                code="other_host",
                name=self._name,
                host=visible(urlsplit(whole).netloc.rpartition("@")[2])[:200],
            )
        return whole

    def ask(  # the parts of a request
        self,
        method: str,
        link: str,
        *,
        params: list[tuple[str, str]] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
        allowed: Collection[int] = (),
    ) -> Answer:
        """The whole answer, of a status below 300 or among those allowed.

        `once`: the question changes the server's state (a scroll), so it is not asked again. Raises
        MachineError when the server does not answer, is busy for too long or breaks off; InputError when it
        refuses; AnswerTooLargeError.
        """
        tries = 1 if once else self._reach.retries + 1
        for number in range(tries):
            try:
                answer = self._through_redirections(method, link, params, body, dict(headers or {}))
            except self._httpx.TransportError as error:
                if number + 1 == tries:
                    raise self._silent(link, type(error).__name__) from None
                sleep(_back_off(number))
                continue
            if answer.status < 300 or answer.status in allowed:
                return answer
            if answer.status not in BUSY:
                raise self._refused(link, answer.status)
            pause = _asked_pause(answer) or _back_off(number)
            if number + 1 == tries or pause > LONGEST_PAUSE:
                raise self._busy(link, answer.status)
            sleep(pause)
        raise self._silent(link, "")

    def _through_redirections(
        self,
        method: str,
        link: str,
        params: list[tuple[str, str]] | None,
        body: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        url = self.address(link)
        for _step in range(MOST_REDIRECTIONS + 1):
            answer = self._once(method, url, params, body, headers)
            target = answer.headers.get("location", "")
            if answer.status not in REDIRECTIONS or method != "GET" or not target:
                return answer
            url, params = self.address(urljoin(url, target)), None
        raise self._refused(link, answer.status)

    def _once(
        self,
        method: str,
        url: str,
        params: list[tuple[str, str]] | None,
        body: bytes | None,
        headers: dict[str, str],
    ) -> Answer:
        shown = {**headers, **self._authorization}
        given = None if params is None else tuple(params)
        with self._client.stream(method, url, params=given, content=body, headers=shown) as response:
            kept: list[bytes] = []
            size = 0
            for block in response.iter_bytes():
                size += len(block)
                if size > self._most:
                    raise AnswerTooLargeError(
                        _("The answer is larger than {limit}."),
                        do=_("Ask for smaller pages, or raise max_answer."),
                        where=_shown(url),
                        limit=self._reach.max_answer,
                    )
                kept.append(block)
            return Answer(response.status_code, b"".join(kept), dict(response.headers))

    def _refused(self, link: str, status: int) -> TocsinError:
        rights = _("Check the secret, and what it may read.")
        return InputError(
            _("The place of the source '{name}' refuses the question ({status})."),
            do=rights if status in (401, 403) else _("Check the address, the names and the query."),
            where=_shown(urljoin(self._base, link)),
            code="not_allowed" if status in (401, 403) else "refused",
            name=self._name,
            status=str(status),
        )

    def _busy(self, link: str, status: int) -> TocsinError:
        return MachineError(
            _("The place of the source '{name}' is too busy to answer ({status})."),
            do=_("What was brought stands. Run again later."),
            where=_shown(urljoin(self._base, link)),
            code="busy",
            name=self._name,
            status=str(status),
        )

    def _silent(self, link: str, kind: str) -> TocsinError:
        return MachineError(
            _("The place of the source '{name}' did not answer to the end ({kind})."),
            do=_("What was brought stands. Run again; check the network and ca_file."),
            where=_shown(urljoin(self._base, link)),
            code="broken_off",
            name=self._name,
            kind=kind,
        )


def _trusted(reach: Reach, folder: Path) -> ssl.SSLContext:
    """TLS 1.2 at least, names checked; with our own authorities alone where they are given."""
    try:
        context = ssl.create_default_context(cafile=None if reach.ca_file is None else folder / reach.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if reach.client_cert is not None:
            key = None if reach.client_key is None else folder / reach.client_key
            context.load_cert_chain(folder / reach.client_cert, key)
    except (OSError, ssl.SSLError):
        raise InputError(
            _("A certificate or key of `collect` cannot be read."),
            do=_("Check ca_file, client_cert and client_key: PEM files."),
            where=reach.ca_file or reach.client_cert,
            code="bad_certificate",
        ) from None
    return context


def _authorization(source: SourceSettings, reach: Reach, auth: str, folder: Path) -> dict[str, str]:
    """The header that shows the secret; `optional`: where there is one."""
    if auth == "none":
        return {}
    file = None if reach.secret_file is None else folder / reach.secret_file
    secret = read_secret(source, file) if auth == "optional" else demand_secret(source, file)
    if secret is None:
        return {}
    if auth == "optional":
        auth = "basic" if ":" in secret else "bearer"
    if auth == "basic":
        return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    return {"authorization": {"bearer": "Bearer ", "api-key": "ApiKey "}[auth] + secret}


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or {"http": 80, "https": 443}.get(parts.scheme)


def _shown(url: str) -> str:
    """An address without what may be a secret or name a person."""
    parts = urlsplit(url)
    return visible(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")[:300]


def _back_off(number: int) -> float:
    return float(min(0.5 * 2**number, 30.0))


def _asked_pause(answer: Answer) -> float | None:
    """Seconds of `Retry-After` (RFC 9110 §10.2.3): a number, or an instant."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit() and len(said) < 10:
        return float(said)
    try:
        instant = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    zoned = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
