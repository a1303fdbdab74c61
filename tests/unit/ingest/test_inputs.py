# SPDX-License-Identifier: Apache-2.0
"""Files as they come: compressed, packed, cut short, hostile. Whole or refused, never less in silence."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from pathlib import Path

import pytest
import zstandard

from tests.unit.ingest.scenes import packed
from tocsin.core.errors import InputError
from tocsin.ingest.read import decompression, inputs
from tocsin.ingest.read.inputs import Input, find_inputs

KINDS = ("plain", "gz", "zst", "bz2", "xz", "zip")
CONTENT = b"".join(b"line %d\n" % n for n in range(20_000))


def read(folder: Path, content: bytes) -> bytes:
    path = folder / "a"
    path.write_bytes(content)
    return b"".join(block for stream in find_inputs(["a"], folder) for block in stream.blocks())


def refusal(folder: Path, content: bytes) -> InputError:
    with pytest.raises(InputError) as caught:
        read(folder, content)
    assert caught.value.exit_code == 2
    assert caught.value.what
    assert caught.value.do
    assert str(folder / "a") in str(caught.value.where)
    return caught.value


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [CONTENT, b"", b"x"], ids=["long", "empty", "short"])
def test_content_is_the_same_however_it_is_compressed(tmp_path: Path, kind: str, content: bytes) -> None:
    assert read(tmp_path, packed(kind, content)) == content


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz"])
def test_streams_one_after_the_other_are_all_read(tmp_path: Path, kind: str) -> None:
    assert (
        read(tmp_path, packed(kind, CONTENT) + packed(kind, b"") + packed(kind, b"more\n"))
        == CONTENT + b"more\n"
    )


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_streams_are_found_wherever_the_pieces_read_are_cut(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for piece in (1, 2, 3, 7, 64):
        monkeypatch.setattr(decompression, "PIECE", piece)
        assert read(tmp_path, packed(kind, b"one\n") + packed(kind, b"two\n")) == b"one\ntwo\n"


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_zeros_behind_a_stream_are_padding(tmp_path: Path, kind: str) -> None:
    assert read(tmp_path, packed(kind, CONTENT) + b"\0" * 1024) == CONTENT


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz", "zip"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    whole = packed(kind, os.urandom(50_000))
    assert refusal(tmp_path, whole[: int(len(whole) * share)]).code == "unreadable"


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz"])
@pytest.mark.parametrize("tail", [b"garbage", b"\x1f", b"BZh"])
def test_garbage_behind_a_stream_is_refused(tmp_path: Path, kind: str, tail: bytes) -> None:
    assert refusal(tmp_path, packed(kind, CONTENT) + tail).code == "unreadable"


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz", "zip"])
def test_altered_byte_is_refused(tmp_path: Path, kind: str) -> None:
    whole = bytearray(packed(kind, os.urandom(50_000)))
    whole[len(whole) // 2] ^= 0x55
    if kind == "zst":
        whole = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(os.urandom(50_000)))
        whole[len(whole) // 2] ^= 0x55
    assert refusal(tmp_path, bytes(whole)).code == "unreadable"


@pytest.mark.parametrize("inner", ["gz", "zst", "bz2", "xz", "zip", "tar"])
@pytest.mark.parametrize("outer", ["gz", "zst", "bz2", "xz"])
def test_archive_within_a_compressed_file_is_refused(tmp_path: Path, outer: str, inner: str) -> None:
    assert refusal(tmp_path, packed(outer, packed(inner, CONTENT))).code == "nested_archive"


@pytest.mark.parametrize("inner", ["zip", "tar"])
def test_archive_within_an_archive_is_refused(tmp_path: Path, inner: str) -> None:
    assert refusal(tmp_path, packed("zip", packed(inner, CONTENT))).code == "nested_archive"


@pytest.mark.parametrize("inner", ["gz", "zst", "bz2", "xz"])
def test_compressed_member_of_an_archive_is_read(tmp_path: Path, inner: str) -> None:
    assert read(tmp_path, packed("zip", packed(inner, CONTENT))) == CONTENT


@pytest.mark.parametrize("head", [b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"\x04\x22\x4d\x18"])
def test_archive_of_an_unknown_kind_is_refused(tmp_path: Path, head: bytes) -> None:
    assert refusal(tmp_path, head + bytes(100)).code == "nested_archive"


def test_tar_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, packed("tar", CONTENT)).code == "nested_archive"


@pytest.mark.parametrize("kind", ["gz", "zst", "bz2", "xz", "zip"])
def test_archive_that_swells_is_refused_before_it_is_read(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "BOMB_FLOOR", 1 << 20)
    monkeypatch.setattr(inputs, "BOMB_RATIO", 100)
    assert refusal(tmp_path, packed(kind, bytes(64 << 20))).code == "archive_bomb"


def test_nested_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "BOMB_FLOOR", 1 << 20)
    assert refusal(tmp_path, packed("zip", packed("gz", bytes(32 << 20)))).code == "archive_bomb"


def test_members_that_swell_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "BOMB_FLOOR", 1 << 20)
    monkeypatch.setattr(inputs, "BOMB_RATIO", 100)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.log", bytes(1 << 19))
    assert refusal(tmp_path, target.getvalue()).code == "archive_bomb"


def test_archive_of_too_many_members_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "MEMBERS", 3)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.log", "x")
    assert refusal(tmp_path, target.getvalue()).code == "archive_bomb"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archive_with_two_members_of_one_name_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.log", "one")
        archive.writestr("a.log", "two")
    assert refusal(tmp_path, target.getvalue()).code == "same_member"


def test_archive_without_members_is_refused(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w"):
        pass
    assert refusal(tmp_path, target.getvalue()).code == "empty_archive"


def test_encrypted_member_is_refused(tmp_path: Path) -> None:
    whole = bytearray(packed("zip", CONTENT))
    whole[6] |= 1
    central = whole.rindex(b"PK\x01\x02")
    whole[central + 8] |= 1
    assert refusal(tmp_path, bytes(whole)).code == "encrypted_archive"


def archive_of(method: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_cut_archive_is_not_the_one_that_it_holds(tmp_path: Path) -> None:
    """Cut anywhere, it still holds the end of the inner one, by which a zip is found."""
    whole = archive_of(a=archive_of(log=b"inner\n"), b=b"outer\n")
    for cut in range(1, len(whole)):
        assert refusal(tmp_path, whole[:-cut]).code in ("damaged_archive", "unreadable", "nested_archive")
        if cut > len(whole) - 120:
            break


def test_archives_that_were_joined_are_refused(tmp_path: Path) -> None:
    one, other = archive_of(a=b"one\n"), archive_of(b=b"two\n")
    assert refusal(tmp_path, one + other).code == "damaged_archive"
    assert refusal(tmp_path, one + one[one.rindex(b"PK\x05\x06") :]).code in ("damaged_archive", "unreadable")


def test_archive_with_something_behind_it_is_refused_but_for_zeros(tmp_path: Path) -> None:
    whole = archive_of(a=b"one\n")
    assert refusal(tmp_path, whole + b"more\n").code == "damaged_archive"
    assert read(tmp_path, whole + bytes(512)) == b"one\n"


def test_archive_with_a_comment_is_read(tmp_path: Path) -> None:
    target = io.BytesIO(archive_of(a=b"one\n"))
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"of the gateway"
    assert read(tmp_path, target.getvalue()) == b"one\n"
    assert refusal(tmp_path, target.getvalue()[:-3]).code == "damaged_archive"


@pytest.mark.parametrize("gap", [4096, 1 << 35])
def test_members_may_be_aligned_but_no_gap_is_read_into_memory(tmp_path: Path, gap: int) -> None:
    """The larger gap is a hole of a sparse file: thirty gigabytes of zeros."""
    path = tmp_path / "a"
    with path.open("wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", b"one\n")
        archive.start_dir += gap
        archive.writestr("b", b"two\n")
    if gap > 1 << 16:
        with pytest.raises(InputError) as caught:
            find_inputs(["a"], tmp_path)
        assert caught.value.code == "damaged_archive"
    else:
        streams = find_inputs(["a"], tmp_path)
        assert [b"".join(stream.blocks()) for stream in streams] == [b"one\n", b"two\n"]


def test_archive_behind_a_program_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"MZ a program\n" + archive_of(a=b"one\n")).code == "prepended_archive"


def test_member_that_the_table_does_not_name_is_not_lost(tmp_path: Path) -> None:
    whole, alone = archive_of(a=b"one\n", b=b"two\n"), archive_of(a=b"one\n")
    table = whole.index(b"PK\x01\x02")
    size = alone.index(b"PK\x05\x06") - alone.index(b"PK\x01\x02")
    end = bytearray(alone[alone.index(b"PK\x05\x06") :])
    end[16:20] = table.to_bytes(4, "little")
    assert refusal(tmp_path, whole[: table + size] + end).code == "damaged_archive"


@pytest.mark.parametrize("place", [14, 18, 22, 8], ids=["crc", "packed", "size", "method"])
def test_member_whose_header_is_not_as_in_the_table_is_refused(tmp_path: Path, place: int) -> None:
    whole = bytearray(archive_of(zipfile.ZIP_DEFLATED, a=CONTENT))
    whole[place] ^= 1
    assert refusal(tmp_path, bytes(whole)).code == "damaged_archive"


def test_archive_written_to_a_pipe_is_read(tmp_path: Path) -> None:
    """Its sizes stand behind each member."""

    class Pipe(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, content: object) -> int:
            piece = bytes(content)  # type: ignore[call-overload]
            self.written += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a", "b"):
            archive.writestr(name, f"{name}\n")
    assert read(tmp_path, pipe.written) == b"a\nb\n"


def test_zst_cut_or_followed_by_something_else_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, packed("zst", CONTENT) + b"garbage").code == "unreadable"


def test_tar_is_refused_whole_or_cut(tmp_path: Path) -> None:
    whole = packed("tar", CONTENT)
    assert (
        refusal(tmp_path, whole).code == refusal(tmp_path, whole[: len(whole) // 2]).code == "nested_archive"
    )


def test_xz_that_asks_for_too_much_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompression, "XZ_MEMORY", 1 << 20)
    assert refusal(tmp_path, lzma.compress(CONTENT, preset=9)).code == "unreadable"


def test_zst_with_skippable_frames_is_read(tmp_path: Path) -> None:
    frame = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    assert read(tmp_path, frame + packed("zst", CONTENT) + frame) == CONTENT


def test_members_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("b.log", "two")
        archive.mkdir("c")
        archive.writestr("a.log", "one")
    assert read(tmp_path, target.getvalue()) == b"onetwo"


def test_text_that_begins_like_a_magic_is_text(tmp_path: Path) -> None:
    for text in (b"BZh, said the bee\n", b"PK\n", b"7z\n"):
        assert read(tmp_path, text) == text


def test_paths_and_globs_give_each_file_once_in_order(tmp_path: Path) -> None:
    for name in ("b.log", "a.log", "c.txt"):
        (tmp_path / name).write_text(name)
    found = find_inputs(["*.log", "a.log", "c.txt", str(tmp_path / "b.*")], tmp_path)
    assert [stream.path.name for stream in found] == ["a.log", "b.log", "c.txt"]


def test_name_that_looks_like_a_glob_is_a_name_where_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "case[1]"
    folder.mkdir()
    (folder / "a[1].log").write_text("x")
    assert find_inputs(["a[1].log"], folder) == [Input(folder / "a[1].log")]
    assert find_inputs(["*.log"], folder) == [Input(folder / "a[1].log")]


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("none.log", "no_file"),
        ("none/*.log", "no_file"),
        ("folder", "folder"),
        ("fold*", "folder"),
        ("pipe", "not_a_file"),
        ("broken", "unreadable"),
        ("brok*", "unreadable"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, pattern: str, code: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError) as caught:
        find_inputs([pattern], tmp_path)
    assert caught.value.code == code
    assert caught.value.do
    assert caught.value.where.file


def test_folder_among_files_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    assert find_inputs(["fi*", "f*"], tmp_path) == [Input(tmp_path / "file")]


def test_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("x")

    def refuse(*_args: object, **_others: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="Permission denied") as caught:
        find_inputs(["a"], tmp_path)
    assert caught.value.code == "unreadable"


def test_every_block_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for compress in (gzip.compress, bz2.compress, lzma.compress, zstandard.ZstdCompressor().compress):
        path.write_bytes(compress(bytes(20 << 20)))
        sizes = [len(block) for block in Input(path).blocks()]
        assert max(sizes) <= decompression.BLOCK
        assert sum(sizes) == 20 << 20
