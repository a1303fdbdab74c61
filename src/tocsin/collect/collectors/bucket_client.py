# SPDX-License-Identifier: Apache-2.0
"""What is asked of S3: a listing along its continuation tokens, an object's bytes in parts, errors in our
words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from tocsin.collect.asked import demand_secret
from tocsin.core.errors import InputError, MachineError
from tocsin.core.extras import load_extra
from tocsin.core.settings.frozen import Frozen
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _, visible

_MD5 = re.compile(r"[0-9a-f]{32}")
REFUSALS = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "403", "401")
CHANGED = ("PreconditionFailed", "412", "NoSuchKey", "NoSuchVersion", "404", "InvalidRange", "416")


class _Pages(Protocol):
    def paginate(self, **where: str) -> Iterator[dict[str, list[dict[str, object]]]]: ...


class S3Client(Protocol):
    """What is used of boto3's client."""

    def get_paginator(self, operation: str) -> _Pages:
        """Answers of a listing, along its tokens."""

    def get_object(self, **which: str) -> dict[str, Any]:
        """`Body`: a stream of bytes."""


class BucketKeys(Frozen, frozen=True, kw_only=True):
    """`collect = { from = "s3", … }`; the secret is `key:secret`, or `key:secret:session`."""

    from_: str
    bucket: str
    prefix: str = ""
    match: str = "*"
    """Glob on the whole key."""

    versions: bool = False
    """Bring the earlier versions too, where the bucket keeps them."""

    url: str | None = None
    """The endpoint, where it is not Amazon's."""

    region: str = "eu-west-3"
    credentials: Literal["secret", "chain", "none"] = "secret"
    """`chain`: as the AWS tools find them (role of the machine, profile); `none`: a public bucket."""

    secret_file: str | None = None
    ca_file: str | None = None
    timeout: int = 60
    retries: int = 5
    part: int = 64 << 20
    """Bytes of an object that are held at a time: one that is not larger is brought whole or not at all."""


@dataclass(frozen=True, slots=True)
class Object:
    """One object as it is listed."""

    key: str
    etag: str
    size: int
    version: str | None = None
    storage: str = "STANDARD"
    is_removed: bool = False
    """A delete marker: no content."""


def open_client(source: SourceSettings, asked: BucketKeys, folder: Path) -> S3Client:
    """The client; raises InputError without boto3, or without the secret."""
    session_kind = load_extra("boto3.session", extra="collect").Session
    config_kind = load_extra("botocore.config", extra="collect").Config
    given: dict[str, str] = {}
    if asked.credentials == "secret":
        file = None if asked.secret_file is None else folder / asked.secret_file
        given = _keys(source, demand_secret(source, file))
    config = config_kind(
        connect_timeout=asked.timeout,
        read_timeout=asked.timeout,
        retries={"max_attempts": asked.retries + 1, "mode": "standard"},
        signature_version=load_extra("botocore", extra="collect").UNSIGNED
        if asked.credentials == "none"
        else "s3v4",
        s3={"addressing_style": "auto" if asked.url is None else "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    verify = None if asked.ca_file is None else str(folder / asked.ca_file)
    session = session_kind(region_name=asked.region, **given)
    client: S3Client = session.client("s3", endpoint_url=asked.url, verify=verify, config=config)
    return client


def _keys(source: SourceSettings, secret: str) -> dict[str, str]:
    key, _sign, rest = secret.partition(":")
    secret_key, _sign, session = rest.partition(":")
    if not key or not secret_key:
        raise InputError(
            _("The secret of the source '{name}' is not written as key:secret."),
            do=_("Write key:secret, or key:secret:session."),
            code="no_secret",
            name=source.name,
        )
    found = {"aws_access_key_id": key, "aws_secret_access_key": secret_key}
    return found | ({"aws_session_token": session} if session else {})


def listed(client: S3Client, asked: BucketKeys, name: str) -> Iterator[Object]:
    """All objects under the prefix; raises MachineError when the listing goes round in a circle."""
    where = {"Bucket": asked.bucket, "Prefix": asked.prefix}
    kind = "list_object_versions" if asked.versions else "list_objects_v2"
    with _told(name):
        for answer in client.get_paginator(kind).paginate(**where):
            yield from _objects(answer)


def _objects(answer: dict[str, list[dict[str, object]]]) -> Iterator[Object]:
    for row in [*answer.get("Contents", []), *answer.get("Versions", [])]:
        version = row.get("VersionId")
        yield Object(
            str(row["Key"]),
            str(row.get("ETag", "")).strip('"'),
            int(str(row["Size"])),
            None if version in (None, "null") else str(version),
            str(row.get("StorageClass", "STANDARD")),
        )
    for row in answer.get("DeleteMarkers", []):
        if row.get("IsLatest"):
            yield Object(str(row["Key"]), "", 0, is_removed=True)


@dataclass(frozen=True, slots=True)
class PartReader:
    """Reads objects of one bucket."""

    client: S3Client
    asked: BucketKeys
    name: str

    def parts(self, one: Object, begun: int) -> Iterator[bytes]:
        """Its bytes from `begun` on; at least one part, be it empty.

        Raises MachineError when the object changed since it was listed, or its bytes are not all there.
        """
        which = {"Bucket": self.asked.bucket, "Key": one.key}
        which |= (
            {"VersionId": one.version} if one.version else {"IfMatch": f'"{one.etag}"'} if one.etag else {}
        )
        which |= {"Range": f"bytes={begun}-"} if begun else {}
        with _told(self.name):
            answer = self.client.get_object(**which)
            left = one.size - begun
            with answer["Body"] as body:
                while True:
                    part = _read_whole(body, min(self.asked.part, left), self.name)
                    left -= len(part)
                    if not left and body.read(1):
                        raise _cut(self.name)
                    if begun == 0 and len(part) == one.size:
                        _check_digest(part, one, answer.get("ServerSideEncryption", ""), self.name)
                    yield part
                    if not left:
                        return


def _read_whole(body: IO[bytes], size: int, name: str) -> bytes:
    """So many bytes, however few each reading gives: no part is taken that ends where the line broke."""
    held: list[bytes] = []
    while size:
        block = body.read(size)
        if not block:
            raise _cut(name)
        held.append(block)
        size -= len(block)
    return b"".join(held)


def _check_digest(content: bytes, one: Object, encryption: str, name: str) -> None:
    """The ETag of an object that was put whole is its MD5, unless a key of the owner's encrypts it."""
    if not _MD5.fullmatch(one.etag) or encryption.startswith("aws:"):
        return
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != one.etag:
        raise _cut(name)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Errors of the library, in our words and without its own."""
    known = load_extra("botocore.exceptions", extra="collect")
    try:
        yield
    except known.PaginationError:
        raise _in_circle(name) from None
    except known.ClientError as error:
        raise _refused(name, visible(str(error.response.get("Error", {}).get("Code", "?")))[:60]) from None
    except (
        known.BotoCoreError,
        load_extra("urllib3.exceptions", extra="collect").HTTPError,
        OSError,
    ) as error:
        raise MachineError(
            _("The place of the source '{name}' did not answer to the end ({kind})."),
            do=_("What was brought stands. Run again; check the network and ca_file."),
            code="broken_off",
            name=name,
            kind=type(error).__name__,
        ) from None


def _refused(name: str, said: str) -> InputError | MachineError:
    if said in CHANGED:
        return MachineError(
            _("An object of the source '{name}' changed while it was being read ({said})."),
            do=_("What was brought stands. Run again."),
            code="object_changed",
            name=name,
            said=said,
        )
    if said in ("SlowDown", "ServiceUnavailable", "InternalError", "500", "503"):
        return MachineError(
            _("The place of the source '{name}' is too busy to answer ({status})."),
            do=_("What was brought stands. Run again later."),
            code="busy",
            name=name,
            status=said,
        )
    rights = _("Check the secret, and what it may read.")
    return InputError(
        _("The place of the source '{name}' refuses the question ({status})."),
        do=rights if said in REFUSALS else _("Check the address, the names and the query."),
        code="not_allowed" if said in REFUSALS else "refused",
        name=name,
        status=said,
    )


def _cut(name: str) -> MachineError:
    return MachineError(
        _("An object of the source '{name}' did not come as it is listed."),
        do=_("It was not taken to its end. Run again."),
        code="object_cut",
        name=name,
    )


def _in_circle(name: str) -> MachineError:
    return MachineError(
        _("The listing of the source '{name}' leads in a circle."),
        do=_("What was brought stands. Tell those who run the place."),
        code="link_loop",
        name=name,
    )
