"""Open corpora, fetched from where their authors publish them and checked byte by byte."""

from hmtl.corpora.catalogue import Corpus, File, corpora, find
from hmtl.corpora.checksums import faults, locked
from hmtl.corpora.download import Downloader
from hmtl.corpora.errors import CorpusError, Unavailable
from hmtl.corpora.install import install, is_installed, stage
from hmtl.corpora.origin import Copy, Origin, Web

__all__ = [
    "Copy",
    "Corpus",
    "CorpusError",
    "Downloader",
    "File",
    "Origin",
    "Unavailable",
    "Web",
    "corpora",
    "faults",
    "find",
    "install",
    "is_installed",
    "locked",
    "stage",
]
