"""What CoNLL-2012 files must be for the official coreference scorer to read from them what we wrote.

Its rules, restated from the scorer's reader (reference-coreference-scorers, `lib/CorScorer.pm`, 8.01): a
document lies between `#begin document NAME` and `#end document`; a line that is not empty is a token, its
fields split at white space; the last field is `-` or has mentions of entities that are numbers. Of one field,
first all one-token mentions `(N)` are taken, then all beginnings `(N`, then all ends `N)`; an end closes the
latest open beginning of its entity. An end without a beginning, and a beginning without an end, are fatal.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given
from strategies import CELL, documents

from formats.helpers import corpus
from hmtl.documents import Document
from hmtl.formats import Conll2012, FormatError, Litbank

Bounds = tuple[int, int]


def scorer_reads(text: str) -> dict[str, set[frozenset[Bounds]]]:
    """The entities of each document, as sets of (first token, last token)."""
    found: dict[str, set[frozenset[Bounds]]] = {}
    name, lines = None, []
    for line in text.splitlines():
        if begin := re.match(r"#\s*begin document (.*?)$", line):
            assert name is None and begin[1] not in found
            name, lines = begin[1], []
        elif re.match(r"#\s*end document", line):
            found[name], name = entities(lines), None
        elif line:
            assert name is not None
            lines.append(line.split()[-1])
    assert name is None
    return found


def entities(fields: list[str]) -> set[frozenset[Bounds]]:
    mentions: dict[str, list[Bounds]] = {}
    open_: dict[str, list[int]] = {}
    for token, field in enumerate(fields):
        if field == "-":
            continue
        for number in re.findall(r"\((\d+)\)", field):
            mentions.setdefault(number, []).append((token, token))
        field = re.sub(r"\(\d+\)", "", field)
        for number in re.findall(r"\((\d+)", field):
            open_.setdefault(number, []).append(token)
        field = re.sub(r"\(\d+", "", field)
        for number in re.findall(r"(\d+)\)", field):
            mentions.setdefault(number, []).append((open_[number].pop(), token))
        assert not re.sub(r"\d+\)", "", field).strip("|")
    assert not any(open_.values())
    return {frozenset(spans) for spans in mentions.values()}


@given(
    documents(
        ("clusters",), tokens=CELL, ids=CELL.filter(lambda name: not set(name) & set("();/")), missing=False
    )
)
def test_the_scorer_reads_the_clusters_that_were_written(
    tmp_path_factory: pytest.TempPathFactory, document: Document
) -> None:
    path = tmp_path_factory.mktemp("f") / "f.conll"
    try:
        Conll2012().write([document], path)
    except FormatError:
        # only for what the scorer would read wrongly
        assert any(
            one != other and one[0] <= other[0] <= one[1] <= other[1]
            for cluster in document.clusters
            for one in cluster
            for other in cluster
        )
        return
    (found,) = scorer_reads(path.read_text(encoding="utf-8")).values()
    assert found == {frozenset(cluster) for cluster in document.clusters}


def test_the_example_of_the_shared_task() -> None:
    fields = ["(0", "-", "(1)|0)", "(0", "(0)|0)", "(2|(3", "3)|2)"]
    assert entities(fields) == {
        frozenset({(0, 2), (3, 4), (4, 4)}),
        frozenset({(2, 2)}),
        frozenset({(5, 6)}),
    }


def test_litbank_as_it_is_written(data_root: Path, tmp_path: Path) -> None:
    litbank = corpus(data_root, "litbank")
    source = Litbank(archive=str(litbank / "coref_conll.tar.gz"))
    documents_ = list(source.read(litbank / "splits" / "naacl2019-entities" / "dev.ids"))
    path = tmp_path / "litbank.conll"
    Conll2012().write(documents_, path)
    found = scorer_reads(path.read_text(encoding="utf-8"))
    assert len(found) == len(documents_) == 10
    for read, document in zip(found.values(), documents_, strict=True):
        assert read == {frozenset(cluster) for cluster in document.clusters}
