"""Every entry says enough, stays in folders of its own, and is pinned."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest
from _jsonnet import evaluate_file

from hmtl.corpora import Corpus, CorpusError, corpora, find
from hmtl.corpora import origin as origins
from hmtl.corpora.origin import address
from hmtl.corpora.recipes import RECIPES

KNOWN = corpora()
FETCHED = [corpus for corpus in KNOWN.values() if corpus.files]


@pytest.mark.parametrize("corpus", KNOWN.values(), ids=KNOWN)
def test_an_entry_says_what_a_user_must_know(corpus: Corpus) -> None:
    assert all((corpus.tasks, corpus.size, corpus.licence, corpus.cite))
    assert "Read: format `" in corpus.how
    assert corpus.files or ("Get: " in corpus.how and "Convert: allennlp convert " in corpus.how)


@pytest.mark.parametrize("corpus", FETCHED, ids=[corpus.name for corpus in FETCHED])
def test_the_files_of_an_entry(corpus: Corpus) -> None:
    paths = [file.path for file in corpus.files]
    assert len(set(paths)) == len(paths)
    for file in corpus.files:
        path = PurePosixPath(file.path)
        assert not path.is_absolute() and ".." not in path.parts
        assert sum(file.path.startswith(f"{folder}/") for folder in corpus.folders) == 1
        # a repository with a path or patterns in it, or a recipe with what it needs, made before
        if file.recipe:
            assert file.recipe in RECIPES and file.source in paths[: paths.index(file.path)]
        else:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", file.repository)
            assert bool(file.source) != bool(file.members)
        assert file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert (file.sha256 is None) == (file.bytes is None)


def test_folders_belong_to_one_corpus() -> None:
    folders = [folder for corpus in FETCHED for folder in corpus.folders]
    assert not any(a != b and b.startswith(f"{a}/") for a in folders for b in folders)
    assert len(set(folders)) == len(folders)


def test_addresses() -> None:
    repository = f"o/n@{'0' * 40}"
    assert address(origins.FILE, repository, "a b/c.txt").endswith(f"/o/n/{'0' * 40}/a%20b/c.txt")
    assert address(origins.ARCHIVE, repository).endswith(f"/o/n/tar.gz/{'0' * 40}")
    assert all(pattern.startswith("https://") for pattern in (origins.FILE, origins.ARCHIVE))


def test_what_the_config_of_open_corpora_reads_is_fetched(project_root: Path) -> None:
    config = evaluate_file(str(project_root / "configs" / "open.jsonnet"))
    wanted = set(re.findall(r'"\$HMTL_DATA/([^"]+)"', config))
    paths = {file.path for corpus in FETCHED for file in corpus.files if not file.extra}
    assert len(wanted) > 10
    assert all(any(path == one or path.startswith(f"{one}/") for path in paths) for one in wanted)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(CorpusError, match="lit: no such corpus; choose from dfki_product, .*litbank"):
        find("lit")
