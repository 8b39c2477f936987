"""Checks the Harrow Coast corpus and writes its three splits as JSON lines.

    python scripts/build_corpus.py            # check corpus/source/*.txt, write the splits beside source/
    python scripts/build_corpus.py --check    # check, and compare with the files on disk
    python scripts/build_corpus.py --only corpus/source/a01_x.txt ...    # check these pieces, write nothing

Slips are printed as ``file:line: cause; mend`` and nothing is written while one is an error. A line of the
output is one document in the DyGIE++ schema: token indices run over the document and span ends are inclusive.
``mentions``, ``text``, ``offsets`` (characters of ``text``, end exclusive) and ``genre`` are added to it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from corpus_hints import HINTS, one_cluster_per_name
from corpus_rules import RULES, one_type_per_cluster
from corpus_source import RELATION_TYPES, SPLITS, Piece, Problem, Sentence, Span, read_piece

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


def read_corpus(paths: list[Path]) -> tuple[list[Piece], list[Problem]]:
    """All pieces in the order of their names, and everything that is wrong with them."""
    pieces, problems = [], []
    for path in sorted(paths):
        piece, unreadable = read_piece(path)
        pieces.append(piece)
        problems += sorted(unreadable + check_piece(piece), key=lambda problem: problem.line)
    return pieces, problems


def check_piece(piece: Piece) -> list[Problem]:
    """Every broken rule and every hint of the piece, by line."""
    broken = [finding for sentence in piece.sentences for rule in RULES for finding in rule(sentence)]
    hinted = [finding for sentence in piece.sentences for hint in HINTS for finding in hint(sentence)]
    errors = [Problem(piece.path, *finding) for finding in (*broken, *one_type_per_cluster(piece))]
    hints = [
        Problem(piece.path, *finding, is_warning=True) for finding in (*hinted, *one_cluster_per_name(piece))
    ]
    return sorted(errors + hints, key=lambda problem: problem.line)


def document(piece: Piece) -> dict[str, Any]:
    """The piece in the DyGIE++ schema; sentences are joined by one space."""
    columns: dict[str, list[Any]] = {
        key: [] for key in ("sentences", "offsets", "ner", "mentions", "relations")
    }
    clusters: dict[str, list[list[int]]] = {}
    character = token = 0
    for sentence in piece.sentences:
        columns["sentences"].append(sentence.tokens)
        columns["offsets"].append([[start + character, end + character] for start, end in sentence.offsets])
        columns["ner"].append(labelled(sentence.entities, token))
        columns["mentions"].append(labelled(sentence.mentions, token))
        columns["relations"].append(related(sentence, token))
        for mention in sentence.mentions:
            clusters.setdefault(str(mention.cluster), []).append([mention.start + token, mention.end + token])
        character += len(sentence.text) + 1
        token += len(sentence.tokens)
    text = " ".join(sentence.text for sentence in piece.sentences)
    head = {"doc_key": piece.path.stem, "genre": piece.genre, "text": text}
    return head | columns | {"clusters": list(clusters.values())}


def labelled(spans: list[Span], shift: int) -> list[list[int | str]]:
    return [[span.start + shift, span.end + shift, span.label] for span in spans]


def related(sentence: Sentence, shift: int) -> list[list[int | str]]:
    pairs = [(relation.first, relation.second, relation.label) for relation in sentence.relations]
    arguments = sorted(
        (first.start, first.end, second.start, second.end, label) for first, second, label in pairs
    )
    return [[*(index + shift for index in indices), label] for *indices, label in arguments]


def render(pieces: list[Piece]) -> dict[str, str]:
    """The content of each split's file, by file name."""
    lines = {f"{split}.jsonl": "" for split in SPLITS}
    for piece in pieces:
        lines[f"{piece.split}.jsonl"] += json.dumps(document(piece), ensure_ascii=False) + "\n"
    return lines


def count(pieces: list[Piece]) -> Counter[str]:
    total: Counter[str] = Counter(documents=len(pieces))
    for piece in pieces:
        total["clusters"] += len({mention.cluster for s in piece.sentences for mention in s.mentions})
        for sentence in piece.sentences:
            total.update(
                sentences=1,
                tokens=len(sentence.tokens),
                entities=len(sentence.entities),
                mentions=len(sentence.mentions),
                relations=len(sentence.relations),
            )
            total["nested mentions"] += count_nested(sentence.mentions)
            total.update(f"  {relation.label}" for relation in sentence.relations)
    return total


def count_nested(spans: list[Span]) -> int:
    """How many of the spans lie inside another one."""
    return sum(any(outer != inner and outer.contains(inner) for outer in spans) for inner in spans)


def summary(pieces: list[Piece]) -> str:
    """A table of what each split holds."""
    groups = [[piece for piece in pieces if piece.split == split] for split in SPLITS]
    columns = [count(group) for group in (*groups, pieces)]
    rows = (
        "documents",
        "sentences",
        "tokens",
        "entities",
        "mentions",
        "nested mentions",
        "clusters",
        "relations",
    )
    table = [f"{'':<16}" + "".join(f"{name:>8}" for name in (*SPLITS, "all"))]
    for row in (*rows, *(f"  {label}" for label in RELATION_TYPES)):
        table.append(f"{row:<16}" + "".join(f"{column[row]:>8}" for column in columns))
    return "\n".join(table)


def stale_files(folder: Path, files: dict[str, str]) -> list[str]:
    return [
        f"{folder / name}:1: differs from a rebuild; run python scripts/build_corpus.py"
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != content
    ]


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--corpus", type=Path, default=CORPUS, help="folder that holds source/ and the splits"
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing, compare with the files on disk")
    mode.add_argument(
        "--only", type=Path, nargs="+", metavar="PIECE", help="check these pieces, write nothing"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    paths = options.only or list((options.corpus / "source").glob("*.txt"))
    if not paths:
        print(
            f"{options.corpus / 'source'}:1: no *.txt piece; name the folder with --corpus", file=sys.stderr
        )
        return 1
    pieces, problems = read_corpus(paths)
    messages = [str(problem) for problem in problems]
    failed = any(not problem.is_warning for problem in problems)
    if not failed and options.check:
        stale = stale_files(options.corpus, render(pieces))
        messages, failed = messages + stale, bool(stale)
    elif not failed and not options.only:
        write_files(options.corpus, render(pieces))
    for message in messages:
        print(message, file=sys.stderr)
    print(summary(pieces))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
