"""Corpora that have been read, on disk: opened in a moment, and never held in memory whole."""

from hmtl.caching.cache import CorpusCache
from hmtl.caching.store import Store

__all__ = ["CorpusCache", "Store"]
