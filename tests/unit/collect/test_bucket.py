# SPDX-License-Identifier: Apache-2.0
"""boto3 against a small stub of S3 written for these tests, from documentation: list-type=2 with continuation
tokens, versions, GetObject with Range and If-Match.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import pytest

from tests.unit.collect.answering import Asked, Said, serving
from tests.unit.collect.collecting import codes, collect, drain, source, values
from tocsin.collect.collectors.bucket import Bucket, file_of
from tocsin.collect.collectors.bucket_client import Object
from tocsin.collect.interface import Page
from tocsin.core.errors import InputError, MachineError, SettingsError, TocsinError


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", "AKIA:hunter2")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@dataclass
class S3:
    """The stub."""

    objects: dict[str, bytes]
    page: int = 2
    older: list[tuple[str, bytes, str]] = field(default_factory=list)
    storage: str = "STANDARD"
    twice: str | None = None
    """A key that each listing gives twice."""
    stuck: bool = False
    """Each listing gives the same token."""
    cut: int | None = None
    other_content: bytes | None = None
    refuses: tuple[int, str] | None = None
    got: list[Asked] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Said:
        assert "Credential=AKIA/" in asked.headers.get("authorization", "")
        if self.refuses:
            status, code = self.refuses
            return xml(f"<Error><Code>{code}</Code><Message>DUPONT</Message></Error>", status)
        if asked.path == "/logs":
            names = [name for name, _ in asked.params]
            return self._versions() if "versions" in names else self._list(asked)
        self.got.append(asked)
        return self._get(asked)

    def _list(self, asked: Asked) -> Said:
        assert asked.param("list-type") == "2"
        keys = sorted(key for key in self.objects if key.startswith(asked.param("prefix")))
        keys = sorted([*keys, self.twice]) if self.twice else keys
        start = 0 if self.stuck else int(asked.param("continuation-token") or 0)
        rows = "".join(self._row(key) for key in keys[start : start + self.page])
        more = start + self.page < len(keys)
        token = f"<NextContinuationToken>{start + self.page}</NextContinuationToken>" if more else ""
        return xml(
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{rows}</ListBucketResult>"
        )

    def _row(self, key: str) -> str:
        body = self.objects[key]
        return (
            f"<Contents><Key>{escape(key)}</Key><ETag>&quot;{etag(body)}&quot;</ETag><Size>{len(body)}</Size>"
            f"<LastModified>2020-07-21T09:00:00.000Z</LastModified><StorageClass>{self.storage}</StorageClass></Contents>"
        )

    def _versions(self) -> Said:
        rows = "".join(
            f"<Version><Key>{key}</Key><VersionId>{version}</VersionId><ETag>&quot;{etag(body)}&quot;</ETag>"
            f"<Size>{len(body)}</Size><IsLatest>false</IsLatest></Version>"
            for key, body, version in self.older
        )
        gone = "<DeleteMarker><Key>gone</Key><VersionId>9</VersionId><IsLatest>true</IsLatest></DeleteMarker>"
        return xml(f"<ListVersionsResult><IsTruncated>false</IsTruncated>{rows}{gone}</ListVersionsResult>")

    def _get(self, asked: Asked) -> Said:
        key = asked.path.removeprefix("/logs/")
        version = asked.param("versionId")
        body = next(b for k, b, v in self.older if v == version) if version else self.objects[key]
        if asked.headers.get("if-match", f'"{etag(body)}"') != f'"{etag(body)}"':
            return xml("<Error><Code>PreconditionFailed</Code></Error>", 412)
        found = re.match(r"bytes=(\d+)-", asked.headers.get("range", ""))
        content = (self.other_content or body)[int(found[1]) if found else 0 :]
        return Said(content, 206 if found else 200, {"etag": f'"{etag(body)}"'}, cut=self.cut)


def xml(text: str, status: int = 200) -> Said:
    return Said(f'<?xml version="1.0"?>{text}'.encode(), status, {"content-type": "application/xml"})


def etag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def run(stub: S3, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:
        given = {"bucket": "logs", "retries": 0, "timeout": 5, **keys}
        return collect(Bucket(), source("s3", server.url.rstrip("/"), **given), stands)


def contents(pages: list[Page]) -> list[bytes]:
    found: dict[str, bytes] = {}
    for page in pages:
        found[page.name] = found.get(page.name, b"") + page.records
    return sorted(found.values())


LOGS = {f"2020/07/{n}.log.gz": gzip.compress(b"line %d\n" % n * 50) for n in range(5)}


def test_collector_brings_each_object_byte_for_byte_over_pages_of_the_listing() -> None:
    pages = run(S3(dict(LOGS)))
    assert contents(pages) == sorted(LOGS.values())
    assert codes(pages) == []
    assert all(page.name.endswith(".log.gz") for page in pages)


def test_collector_brings_nothing_again_when_all_stands() -> None:
    stub = S3(dict(LOGS))
    whole = run(stub)
    stub.got.clear()
    assert run(stub, whole) == []
    assert stub.got == []


def test_collector_brings_what_is_new_alone_wherever_it_stands_in_the_listing() -> None:
    stub = S3(dict(LOGS))
    whole = run(stub)
    stub.objects["1999/early.log"] = b"early\n"
    assert contents(run(stub, whole)) == [b"early\n"]


def test_collector_says_that_an_object_was_overwritten_and_brings_it_beside() -> None:
    stub = S3(dict(LOGS))
    whole = run(stub)
    stub.objects["2020/07/1.log.gz"] = b"other\n"
    rest = run(stub, whole)
    assert contents(rest) == [b"other\n"]
    assert codes(rest) == ["overwritten"]
    assert rest[0].name not in {page.name for page in whole}
    assert run(stub, [*whole, *rest]) == []


def test_collector_takes_once_an_object_that_is_listed_twice() -> None:
    pages = run(S3(dict(LOGS), twice="2020/07/2.log.gz"))
    assert contents([page for page in pages if page.count]) == sorted(LOGS.values())
    assert values(pages, "listed_twice") == {"n": 1}
    assert sum(page.repeated for page in pages) == 1


def test_collector_notices_a_listing_in_a_circle() -> None:
    with pytest.raises(MachineError) as caught:
        run(S3(dict(LOGS), stuck=True))
    assert caught.value.code == "link_loop"


def test_collector_holds_a_large_object_in_parts_and_goes_on_within_it() -> None:
    body = bytes(range(256)) * 2000
    stub = S3({"large.log": body})
    whole = run(stub, part=1 << 16)
    assert (max(len(page.records) for page in whole), len(whole)) == (1 << 16, 8)
    assert [page.count for page in whole] == [0] * 7 + [1]
    for stop in (1, 4, 7):
        rest = run(stub, whole[:stop], part=1 << 16)
        assert contents([*whole[:stop], *rest]) == [body]


def test_collector_takes_no_object_that_is_cut_and_goes_on_behind_what_came() -> None:
    body = bytes(range(256)) * 2000
    stub = S3({"large.log": body}, cut=200_000)
    taken: list[Page] = []
    with serving(stub) as server:
        asked = source("s3", server.url.rstrip("/"), bucket="logs", retries=0, part=1 << 16)
        with pytest.raises(MachineError) as caught:
            drain(Bucket().pages(asked, None), taken)
    assert caught.value.code in ("broken_off", "object_cut")
    stub.cut = None
    assert contents([*taken, *run(stub, taken, part=1 << 16)]) == [body]


def test_collector_takes_no_object_whose_content_is_not_that_of_its_etag() -> None:
    with pytest.raises(MachineError) as caught:
        run(S3({"a.log": b"right\n"}, other_content=b"wrong\n"))
    assert caught.value.code == "object_cut"


def test_collector_refuses_an_object_that_changed_since_it_was_listed() -> None:
    stub = S3({"a.log": b"old\n"})

    def changing(asked: Asked) -> Said:
        answer = stub(asked)
        stub.objects["a.log"] = b"new\n"
        return answer

    with serving(changing) as server, pytest.raises(MachineError) as caught:
        collect(Bucket(), source("s3", server.url.rstrip("/"), bucket="logs", retries=0))
    assert caught.value.code == "object_changed"


def test_collector_brings_earlier_versions_when_asked() -> None:
    stub = S3({}, older=[("a.log", b"one\n", "1"), ("a.log", b"two\n", "2")])
    pages = run(stub, versions=True)
    assert contents([page for page in pages if page.count]) == [b"one\n", b"two\n"]
    assert values(pages, "removed") == {"n": 1}


def test_collector_says_which_objects_lie_in_an_archive() -> None:
    pages = run(S3(dict(LOGS), storage="GLACIER"))
    assert [page.records for page in pages] == [b""]
    assert values(pages, "asleep") == {"n": 5}


def test_collector_keeps_to_the_prefix_and_the_pattern() -> None:
    stub = S3({"a/1.log": b"1", "a/2.txt": b"2", "b/3.log": b"3", "a/": b""})
    assert contents(run(stub, prefix="a/", match="*.log")) == [b"1"]


def test_collector_brings_an_empty_object_as_an_empty_file() -> None:
    pages = run(S3({"empty.log": b""}))
    assert [(page.records, page.count) for page in pages] == [(b"", 1)]


@pytest.mark.parametrize(
    ("status", "code", "said", "kind"),
    [
        (403, "AccessDenied", "not_allowed", InputError),
        (404, "NoSuchBucket", "refused", InputError),
        (503, "SlowDown", "busy", MachineError),
    ],
)
def test_collector_says_why_the_place_refuses(
    status: int, code: str, said: str, kind: type[TocsinError]
) -> None:
    with pytest.raises(kind) as caught:
        run(S3({}, refuses=(status, code)))
    assert caught.value.code == said
    assert "DUPONT" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("secret", ["", "AKIA", ":x", "AKIA:"])
def test_collector_refuses_a_secret_that_is_not_of_two_parts(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", secret)
    with pytest.raises(InputError) as caught:
        run(S3({}))
    assert caught.value.code == "no_secret"


def test_collector_says_that_nobody_is_there() -> None:
    with pytest.raises(MachineError) as caught:
        collect(Bucket(), source("s3", "http://127.0.0.1:9", bucket="logs", retries=0, timeout=1))
    assert caught.value.code == "broken_off"


def test_file_of_an_object_names_no_folder_and_is_not_long() -> None:
    name = file_of(Object("../../etc/é" + "x" * 300 + ".gz", "e", 1))
    assert re.fullmatch(r"[A-Za-z0-9._~-]{1,100}", name)


@pytest.mark.parametrize(
    "keys", [{"bucket": ""}, {"bucket": "a/b"}, {"bucket": "a", "part": 1}, {"bukcet": "a"}]
)
def test_collector_refuses_settings_that_do_not_suit(keys: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        collect(Bucket(), source("s3", None, **keys))
