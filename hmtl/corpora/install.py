"""A whole corpus, put in place at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hmtl.corpora.catalogue import Corpus, File
from hmtl.corpora.checksums import UNRECORDED, fault, faults, lock, locked
from hmtl.corpora.errors import CorpusError, Unavailable
from hmtl.corpora.origin import Origin
from hmtl.corpora.recipes import RECIPES

TREE, ASIDE, RECEIVED = "tree", "aside", "received"


def stage(corpus: Corpus, root: Path) -> Path:
    """The hidden folder in which the corpus is made; it stays where that is interrupted."""
    return root / f".{corpus.name}.part"


def is_installed(corpus: Corpus, root: Path, force: bool = False) -> bool:
    """Whether the corpus is there and whole, so that nothing is to be done.

    Raises `CorpusError` where something is there that is not the corpus, unless `force` allows to replace it.
    """
    found = [root / folder for folder in corpus.folders if (root / folder).exists()]
    if force or not found:
        return False
    if wrong := faults(locked(corpus, root), root):
        raise CorpusError(f"{wrong[0]}; replace {' and '.join(map(str, found))} with --force")
    return True


def install(corpus: Corpus, root: Path, origin: Callable[[Path], Origin]) -> list[str]:
    """Makes the corpus and puts it below `root`; returns what was left out, and why.

    `origin` is given a folder for what it keeps between runs. A file that an earlier run made is not made
    again. Raises `CorpusError` where a file cannot be had; then nothing is put in place.
    """
    known, folder = locked(corpus, root), stage(corpus, root)
    tree = folder / TREE
    (folder / RECEIVED).mkdir(parents=True, exist_ok=True)
    try:
        left_out = _make(known, tree, origin(folder / RECEIVED))
    finally:
        if not any(path.is_file() for path in folder.rglob("*")):
            shutil.rmtree(folder)
    if wrong := [line for line in faults(known, tree) if not line.endswith(UNRECORDED)]:
        raise CorpusError(f"{wrong[0]}; remove {folder} and run again")
    for name in corpus.folders:
        _swap(tree / name, root / name, folder / ASIDE / name)
    lock(corpus, root)
    shutil.rmtree(folder)
    return left_out


def _make(corpus: Corpus, tree: Path, origin: Origin) -> list[str]:
    left_out = []
    for file in corpus.files:
        target = tree / file.path
        if fault(file, target) is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            _make_file(file, tree, origin)
        except Unavailable as error:
            if not file.extra:
                raise
            left_out.append(str(error))
    return left_out


def _make_file(file: File, tree: Path, origin: Origin) -> None:
    if file.recipe:
        RECIPES[file.recipe](tree / file.source, tree / file.path)
    else:
        origin.put(file, tree / file.path)


def _swap(new: Path, place: Path, aside: Path) -> None:
    """Puts a folder in the place of another, which comes back if that fails."""
    place.parent.mkdir(parents=True, exist_ok=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    try:
        if place.exists():
            shutil.rmtree(aside, ignore_errors=True)
            os.replace(place, aside)
        os.replace(new, place)
    except BaseException:
        if aside.exists() and not place.exists():
            os.replace(aside, place)
        raise
