"""The program from end to end: what it prints, what it leaves on disk, and how it fails."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from hmtl.corpora import catalogue, origin

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import get_corpora  # noqa: E402

CONTENT = b"Maria\tB-PER\n"
ENTRY = """
tasks = "NER (1)"
size = "one sentence"
licence = "CC0"
cite = "Nobody (2000), Nothing"
how = "Read: format `conll2003`."
files = [ {{ path = "tiny/a.conll", from = "r", source = "a.conll", bytes = {size}, sha256 = "{sha256}" }} ]
[repositories]
r = "o/n@0123456789abcdef0123456789abcdef01234567"
"""
ASK = """
tasks = "NER (1)"
size = "large"
licence = "dear"
cite = "Somebody (2001), Something"
how = "Get: ask. Read: format `conll2003`. Convert: allennlp convert a b --to jsonl"
"""


@pytest.fixture(autouse=True)
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two corpora, one of them to be asked for, and a folder that has the other."""
    entries, copy = tmp_path / "entries", tmp_path / "copy"
    entries.mkdir(), (copy / "tiny").mkdir(parents=True)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    (entries / "tiny.toml").write_text(ENTRY.format(size=len(CONTENT), sha256=sha256))
    (entries / "ask.toml").write_text(ASK)
    (copy / "tiny" / "a.conll").write_bytes(CONTENT)
    monkeypatch.setattr(catalogue, "ENTRIES", entries)
    monkeypatch.setenv("HMTL_DATA", str(tmp_path / "data"))
    return copy


def run(*arguments: object) -> int:
    return get_corpora.main(list(map(str, arguments)))


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", "tiny", "ask"]
    assert lines[2].endswith("not fetched") and lines[1].endswith("CC0")


def test_a_corpus_is_got_once(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("get", "tiny", "--from", copy) == 0
    assert (tmp_path / "data" / "tiny" / "a.conll").read_bytes() == CONTENT
    out = capsys.readouterr().out
    assert "licence: CC0" in out and "cite: Nobody" in out
    assert run("get", "tiny", "--from", tmp_path / "nowhere") == 0
    assert "nothing to do" in capsys.readouterr().out


def test_all_are_those_that_can_be_fetched(copy: Path, tmp_path: Path) -> None:
    assert run("get", "--all", "--from", copy, "--to", tmp_path / "here") == 0
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["tiny"]


def test_one_to_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("get", "ask") == 0
    out = capsys.readouterr().out
    assert "Get: ask." in out and "allennlp convert" in out and not (tmp_path / "data").exists()


def test_verify(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("get", "tiny", "--from", copy)
    capsys.readouterr()
    assert run("verify") == 0 and capsys.readouterr().out == "tiny: every checksum is right\n"
    (tmp_path / "data" / "tiny" / "a.conll").write_bytes(b"other")
    assert run("verify", tmp_path / "data") == 1
    assert "tiny/a.conll: has the checksum" in capsys.readouterr().out


def test_another_content_stays_until_forced(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "data" / "tiny" / "a.conll"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    assert run("get", "tiny", "--from", copy) == 1
    assert "--force" in capsys.readouterr().err and place.read_bytes() == b"mine"
    assert run("get", "tiny", "--from", copy, "--force") == 0 and place.read_bytes() == CONTENT


def test_cite(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cite", "tiny") == 0 and capsys.readouterr().out == "Nobody (2000), Nothing\n"


@pytest.mark.parametrize("arguments", [("get", "tine"), ("cite", "tine")])
def test_an_unknown_name(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 1
    assert capsys.readouterr().err == "tine: no such corpus; choose from tiny, ask\n"


def test_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(origin, "FILE", "http://127.0.0.1:1/{path}")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    assert run("get", "tiny") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "Connection refused" in line and "--from DIR" in line
    assert list((tmp_path / "data").iterdir()) == []


def test_an_interruption(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(origin.Copy, "put", interrupt)
    assert run("get", "tiny", "--from", copy) == 130
    assert "the next run goes on" in capsys.readouterr().err


def test_a_place_that_cannot_be_written(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert run("get", "tiny", "--from", copy, "--to", tmp_path / "file") == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("tiny: ") and "--to" in line


def test_a_full_disk_gives_one_line(data_root: Path, tmp_path: Path) -> None:
    command = [sys.executable, ROOT / "scripts" / "get_corpora.py", "get", "fire_v0", "--from", data_root]
    # no file may grow beyond this, which the system reports as it does a full disk
    limit = 100_000
    done = subprocess.run(
        [*map(str, command), "--to", str(tmp_path / "here")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "File too large; make room" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "here" / "fire_v0").exists()
