"""Each rule of the annotation guide is broken once; the shipped corpus keeps all and equals a rebuild."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import build_corpus  # noqa: E402
from corpus_source import read_piece  # noqa: E402

HEADER = "# train\n# genre: news\n"
MARIA = "{PER@m [PERSON Maria]}"
Offsets = list[list[int]]
EXAMPLE = (
    HEADER + "{PER@k [PERSON Maria Keller]}, {PER@k the master of {GPE@q [GPE Quillmouth]}}, sold "
    "{VEH@t the [PRODUCT Grey Tern]} to {PER@b {PER@k her} brother} on [DATE Tuesday].\n"
    "> ORG-AFF k#2 q\n> PER-SOC k#3 b\n\n> ART b t\n{PER@b He}'s pleased with {VEH@t it}.\n> ART b t\n"
)


def problems_of(folder: Path, content: str) -> list[str]:
    path = folder / "piece.txt"
    path.write_text(content, encoding="utf-8")
    _, problems = build_corpus.read_corpus([path])
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "content, line, cause",
    [
        ("# learn\n# genre: news\nRain.\n", 1, "the first line is '# learn'"),
        ("# dev\nnews\nRain.\n", 2, "the second line is 'news'"),
        (HEADER, 1, "a piece without sentences"),
        (HEADER + "# a remark\n", 3, "a '#' line below the header"),
        (HEADER + "Rain  fell.\n", 3, "white space"),
        (HEADER + "> PHYS a b\n", 3, "a relation before any sentence"),
        (HEADER + f"{MARIA} left}}.\n", 3, "'}' that closes nothing"),
        (HEADER + "Rain.\n{PER@m [PERSON Maria] left.\n", 4, "'{' of PER is never closed"),
        (HEADER + "{PER@m [PERSON Maria}] left.\n", 3, "'[' of PERSON at 'Maria' is closed by '}'"),
        (HEADER + "[PLACE Lisk] sleeps.\n", 3, "unknown entity type 'PLACE'"),
        (HEADER + "{PERSON@m [PERSON Maria]} left.\n", 3, "unknown mention type 'PERSON'"),
        (HEADER + "{PER [PERSON Maria]} left.\n", 3, "names no cluster"),
        (HEADER + "{PER@m [PERSON@m Maria]} left.\n", 3, "names a cluster"),
        (HEADER + "{PER@m[PERSON Maria]} left.\n", 3, "no space after '{PER@m'"),
        (HEADER + "{PER@m [PERSON Mar]ia} left.\n", 3, "'Mar' is not on token boundaries"),
        (HEADER + "{PER@m She }left.\n", 3, "'She ' is not on token boundaries"),
        (HEADER + "[DATE 3 May [DATE 1987]] came.\n", 3, "'1987' lies inside '3 May 1987'"),
        (HEADER + "{ORG@c [ORG {GPE@l Lisk} Council]} met.\n", 3, "'Lisk' is a part of the name"),
        (HEADER + "[GPE Lisk] sleeps.\n", 3, "the GPE name 'Lisk' stands in no mention"),
        (HEADER + "{PER@m a [GPE Lisk] girl} left.\n", 3, "'Lisk' stands directly in a PER mention"),
        (HEADER + "{PER@a {PER@b She}} left.\n", 3, "'She' is marked as a mention twice"),
        (HEADER + "{PER@m [PERSON Maria]'s} hat.\n", 3, '"Maria\'s" ends in a possessive'),
        (HEADER + "{PER@m [PERSON Maria],} left.\n", 3, "'Maria,' begins or ends in punctuation"),
        (HEADER + "{VEH@t [PRODUCT The Tern]} sank.\n", 3, "'The Tern' begins with 'the'"),
        (HEADER + "{PER@d [PERSON Dr Halloran]} left.\n", 3, "'Dr Halloran' begins with a title"),
        (
            HEADER + "{PER@a He} left {GPE@l [GPE Lisk]}.\n{PER@l She} left.\n",
            4,
            "'l' is PER here and GPE in line 3",
        ),
        (HEADER + f"{MARIA} left.\n> PHYS m\n", 4, "has 2 parts"),
        (HEADER + f"{MARIA} left.\n> LIKES m m\n", 4, "unknown relation type 'LIKES'"),
        (HEADER + f"{MARIA} left.\n> PHYS m ?\n", 4, "'?' is not a mention's name"),
        (HEADER + f"{MARIA} left.\n{{PER@b He}} left.\n> PER-SOC m b\n", 5, "0 mentions of 'm'"),
        (HEADER + f"{MARIA} left {{PER@b him}}.\n> PER-SOC m#2 b\n", 4, "'m#2' is none of them"),
        (HEADER + f"{MARIA} left {{PER@m her}} hat.\n> PER-SOC m#1 m#2\n", 4, "joins 'm' to itself"),
        (HEADER + f"{MARIA} left {{PER@b him}}.\n> PER-SOC b m\n", 4, "lists 'him' before 'Maria'"),
        (HEADER + "{PER@b {PER@a her} boy} left.\n> PER-SOC b a\n", 4, "lists 'her boy' before 'her'"),
        (HEADER + f"{MARIA} left {{PER@b him}}.\n> PHYS m b\n", 4, "PHYS joins PER to PER"),
        (HEADER + f"{MARIA} left {{PER@b him}}.\n> PER-SOC m b\n> PER-SOC m b\n", 5, "line 4 relates these"),
        (
            HEADER + f"{MARIA} saw {{PER@b him}}, {{PER@b the boy}}.\n> PER-SOC m b#1\n> PER-SOC m b#2\n",
            5,
            "line 4 relates these two already",
        ),
    ],
)
def test_a_broken_rule_is_reported_where_it_stands(
    tmp_path: Path, content: str, line: int, cause: str
) -> None:
    errors = [problem for problem in problems_of(tmp_path, content) if ": warning: " not in problem]
    assert len(errors) == 1
    assert errors[0].startswith(f"{tmp_path / 'piece.txt'}:{line}: ")
    assert cause in errors[0]
    assert "; " in errors[0].split(cause)[1]


@pytest.mark.parametrize(
    "label, pair, is_allowed",
    [
        ("PER-SOC", "PER PER", True),
        ("PER-SOC", "PER ORG", False),
        ("ORG-AFF", "PER GPE", True),
        ("ORG-AFF", "ORG ORG", False),
        ("PHYS", "VEH LOC", True),
        ("PHYS", "PER VEH", False),
        ("PHYS", "GPE LOC", False),
        ("PART-WHOLE", "GPE LOC", True),
        ("PART-WHOLE", "FAC GPE", False),
        ("ART", "ORG VEH", True),
        ("ART", "VEH PER", False),
        ("GEN-AFF", "ORG GPE", True),
        ("GEN-AFF", "GPE PER", False),
    ],
)
def test_relation_signatures(tmp_path: Path, label: str, pair: str, is_allowed: bool) -> None:
    first, second = pair.split()
    content = HEADER + f"{{{first}@a this}} and {{{second}@b those}}\n> {label} a b\n"
    expected = [] if is_allowed else [f"{label} joins {first} to {second}"]
    assert [problem.split(": ", 1)[1].split(";")[0] for problem in problems_of(tmp_path, content)] == expected


@pytest.mark.parametrize(
    "sentence, cause",
    [
        ("He left.", "the pronoun 'He' is unmarked"),
        ("{PER@m The girl} {PER@m who} left.", "the word 'who' is a mention"),
        ("We met in Lisk.", "'Lisk' belongs to no entity"),
        ("Rain fell yesterday.", "'yesterday' belongs to no entity"),
        ("[PRODUCT Lisk Stout] is black.", "the PRODUCT 'Lisk Stout' is no VEH mention"),
        ("{PER@a [PERSON Finn]} met {PER@b [PERSON Finn]}.", "'Finn' is 'b' here and 'a' in line 3"),
    ],
)
def test_places_to_look_at_are_warnings(tmp_path: Path, sentence: str, cause: str) -> None:
    found = [problem for problem in problems_of(tmp_path, HEADER + sentence + "\n") if cause in problem]
    assert len(found) == 1
    assert found[0].startswith(f"{tmp_path / 'piece.txt'}:3: warning: ")


def test_every_slip_of_a_piece_is_reported_in_one_run(tmp_path: Path) -> None:
    content = HEADER + "{PER@m She left.\n> PHYS m q\n[GPE Lisk] sleeps.\n{PER@m She]} left.\n"
    lines = [problem.removeprefix(str(tmp_path)).split(":")[1] for problem in problems_of(tmp_path, content)]
    assert lines == ["3", "5", "6"]


def test_the_written_document_says_what_the_source_says(tmp_path: Path) -> None:
    path = tmp_path / "piece.txt"
    path.write_text(EXAMPLE, encoding="utf-8")
    piece, problems = read_piece(path)
    document = build_corpus.document(piece)
    tokens = [token for sentence in document["sentences"] for token in sentence]

    def words(start: int, end: int) -> str:
        return " ".join(tokens[start : end + 1])

    assert problems == []
    assert (document["doc_key"], document["genre"], piece.split) == ("piece", "news", "train")
    assert [[words(*span), label] for *span, label in document["ner"][0]] == [
        ["Maria Keller", "PERSON"],
        ["Quillmouth", "GPE"],
        ["Grey Tern", "PRODUCT"],
        ["Tuesday", "DATE"],
    ]
    assert [words(*span) for *span, _ in document["mentions"][1]] == ["He", "it"]
    assert [(words(*pair[:2]), words(*pair[2:]), label) for *pair, label in document["relations"][0]] == [
        ("the master of Quillmouth", "Quillmouth", "ORG-AFF"),
        ("her", "her brother", "PER-SOC"),
        ("her brother", "the Grey Tern", "ART"),
    ]
    assert [[words(*span) for span in cluster] for cluster in document["clusters"]] == [
        ["Maria Keller", "the master of Quillmouth", "her"],
        ["Quillmouth"],
        ["the Grey Tern", "it"],
        ["her brother", "He"],
    ]


def test_check_finds_files_that_differ_from_a_rebuild(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.txt").write_text(EXAMPLE, encoding="utf-8")
    arguments = ["--corpus", str(tmp_path)]
    assert build_corpus.main([*arguments, "--check"]) == 1
    assert build_corpus.main(arguments) == 0
    assert build_corpus.main([*arguments, "--check"]) == 0
    capsys.readouterr()
    (tmp_path / "dev.jsonl").write_text("{}\n", encoding="utf-8")
    assert build_corpus.main([*arguments, "--check"]) == 1
    assert f"{tmp_path / 'dev.jsonl'}:1: differs from a rebuild" in capsys.readouterr().err


def test_nothing_is_written_while_there_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.txt").write_text(HEADER + "[GPE Lisk] sleeps.\n", encoding="utf-8")
    assert build_corpus.main(["--corpus", str(tmp_path)]) == 1
    assert list(tmp_path.glob("*.jsonl")) == []


def test_an_empty_corpus_is_an_error(tmp_path: Path) -> None:
    assert build_corpus.main(["--corpus", str(tmp_path)]) == 1


def test_the_shipped_corpus_is_valid_and_equals_a_rebuild(tmp_path: Path) -> None:
    shutil.copytree(build_corpus.CORPUS / "source", tmp_path / "source")
    assert build_corpus.main(["--corpus", str(tmp_path)]) == 0
    for split in ("train", "dev", "test"):
        name = f"{split}.jsonl"
        assert (tmp_path / name).read_bytes() == (build_corpus.CORPUS / name).read_bytes()


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_shipped_offsets_find_the_tokens_in_the_text(split: str) -> None:
    for line in (build_corpus.CORPUS / f"{split}.jsonl").read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        for tokens, offsets in zip(document["sentences"], document["offsets"], strict=True):
            assert [document["text"][start:end] for start, end in offsets] == tokens
        mentions = sorted(span for sentence in document["mentions"] for *span, _ in sentence)
        assert sorted(span for cluster in document["clusters"] for span in cluster) == mentions


def as_source(document: dict[str, Any], split: str) -> str:
    """The document written back as a piece: the inverse of the builder, from its output alone."""
    names = {tuple(span): f"c{index}" for index, spans in enumerate(document["clusters"]) for span in spans}
    lines = [f"# {split}", f"# genre: {document['genre']}"]
    offsets = [pair for sentence in document["offsets"] for pair in sentence]
    columns = (document[key] for key in ("offsets", "ner", "mentions", "relations"))
    for own, ner, mentions, relations in zip(*columns, strict=True):
        opened = [(start, -end, f"{{{label}@{names[start, end]} ") for start, end, label in mentions]
        # "~" sorts after "{": an entity of a mention's extent stands inside it.
        opened += [(start, -end, f"~[{label} ") for start, end, label in ner]
        lines.append(marked_up(document["text"], own, offsets, sorted(opened)))
        spans = sorted((start, -end) for start, end, _ in mentions)
        for *pair, label in relations:
            arguments = (reference(tuple(span), spans, names) for span in (pair[:2], pair[2:]))
            lines.append(f"> {label} {' '.join(arguments)}")
    return "\n".join(lines) + "\n"


def marked_up(text: str, own: Offsets, offsets: Offsets, opened: list[tuple[int, int, str]]) -> str:
    """The sentence with its brackets; ``opened`` holds (start, minus end, opening), outer first."""
    marks = [(offsets[start][0], 1, rank, mark.lstrip("~")) for rank, (start, _, mark) in enumerate(opened)]
    marks += [
        (offsets[-end][1], 0, -rank, "]" if "[" in mark else "}")
        for rank, (_, end, mark) in enumerate(opened)
    ]
    line, position = "", own[0][0]
    for place, _, _, mark in sorted(marks):
        line, position = line + text[position:place] + mark, place
    return line + text[position : own[-1][1]]


def reference(span: tuple[int, ...], spans: list[tuple[int, int]], names: dict[tuple[int, ...], str]) -> str:
    same = [(start, -end) for start, end in spans if names[start, -end] == names[span]]
    return f"{names[span]}#{same.index((span[0], span[1])) + 1}"


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_shipped_documents_survive_the_way_back_to_source(tmp_path: Path, split: str) -> None:
    for line in (build_corpus.CORPUS / f"{split}.jsonl").read_text(encoding="utf-8").splitlines():
        document = json.loads(line)
        path = tmp_path / f"{document['doc_key']}.txt"
        path.write_text(as_source(document, split), encoding="utf-8")
        piece, problems = read_piece(path)
        assert problems == []
        assert build_corpus.document(piece) == document
