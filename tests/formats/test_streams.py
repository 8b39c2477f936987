import gzip
import random
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.helpers import put
from hmtl.formats import streams
from hmtl.formats.files import text_file
from hmtl.formats.format import FormatError
from hmtl.formats.streams import Capped, numbered_lines, open_binary

LIMIT = 1 << 20
WORDS = ("the", "ship", "sank", "off", "Genoa")


def read(path: Path) -> list[tuple[int, str]]:
    with open_binary(path) as stream:
        return list(numbered_lines(Capped(stream, str(path), LIMIT)))


TEXT = st.text(st.characters(exclude_characters="\r\n\ufeff", exclude_categories=["Cs"]))


@given(st.lists(TEXT, min_size=1), st.booleans(), st.booleans())
def test_lines_do_not_depend_on_their_ends_or_a_byte_order_mark(
    lines: list[str], crlf: bool, bom: bool
) -> None:
    text = "".join(line + ("\r\n" if crlf else "\n") for line in lines)
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode()
    assert [line for _, line in numbered_lines(Capped(BytesIO(data), "f", LIMIT))] == lines
    assert [n for n, _ in numbered_lines(Capped(BytesIO(data), "f", LIMIT))] == list(range(1, len(lines) + 1))


def test_chunks_leave_no_trace_in_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["größer", "", "ab\r", "é" * 9, "last"]
    data = "\r\n".join(lines).encode()
    expected = list(enumerate(data.decode().replace("\r\n", "\n").split("\n"), start=1))
    for size in range(1, len(data) + 1):
        monkeypatch.setattr(streams, "CHUNK", size)
        monkeypatch.setattr(streams.Capped.read, "__defaults__", (size,))
        assert list(numbered_lines(Capped(BytesIO(data), "f", LIMIT))) == expected


def test_only_line_feeds_end_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "f", "a\u2028b\x0bc\x85d\ne")
    assert read(path) == [(1, "a\u2028b\x0bc\x85d"), (2, "e")]


def test_gzip_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert read(path) == [(1, "a"), (2, "b")]


def test_a_decompression_bomb_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"a\n" * LIMIT))
    with pytest.raises(
        FormatError, match=r"bomb.gz: has over 1 MB that must be in memory at once; .* raise max_megabytes"
    ):
        read(path)


def test_what_is_no_longer_held_does_not_count(tmp_path: Path) -> None:
    """A file of any size is read where each line is let go of."""
    path = put(tmp_path, "f", ("x" * 99 + "\n") * 60_000)
    file = text_file(path, path, LIMIT)
    count = 0
    for _ in file.lines:
        count += 1
        file.release()
    assert count == 60_000 and path.stat().st_size > 5 * LIMIT
    with pytest.raises(FormatError, match="f: has over 1 MB that must be in memory at once; cut it into"):
        list(file.lines)


def test_a_bomb_is_stopped_also_where_nothing_is_held(tmp_path: Path) -> None:
    rng, real, bomb = random.Random(1), tmp_path / "real.gz", tmp_path / "bomb.gz"
    real.write_bytes(gzip.compress("".join(f"{rng.choice(WORDS)} O\n" for _ in range(LIMIT)).encode()))
    bomb.write_bytes(gzip.compress(b"x O\n" * LIMIT))
    for path, message in (
        (real, None),
        (bomb, "bomb.gz: unpacks to over 100 times its size; fetch it again"),
    ):
        file = text_file(path, path, LIMIT)
        with pytest.raises(FormatError, match=message) if message else nullcontext():
            for _ in file.lines:
                file.release()


def test_an_endless_line_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_LINE", 1000)
    with pytest.raises(FormatError, match=r"f:2: is a line of over"):
        read(put(tmp_path, "f", "ok\n" + "x" * 1001))


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-12], lambda data: data[:20] + b"\xff" * 9 + data[29:]]
)
def test_damaged_gzip_is_named(tmp_path: Path, damage) -> None:
    path = tmp_path / "f.gz"
    path.write_bytes(damage(gzip.compress(bytes(range(256)) * 40)))
    with pytest.raises(FormatError, match=r"f.gz: cannot be unpacked \(.*\); the file is damaged"):
        read(path)


def test_other_encodings_are_named_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes("eins\nzwei\nfünf\n".encode("latin-1"))
    with pytest.raises(FormatError, match=r"f.txt:3: is not UTF-8 \(byte 0xfc\); convert the file to UTF-8"):
        read(path)


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=f"^{tmp_path}: .*; make the file readable$"), open_binary(tmp_path):
        pass
