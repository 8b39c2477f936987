"""Memory that is freed and wanted again at once stays with the process."""

import ctypes
import logging
import sys
from functools import cache

logger = logging.getLogger(__name__)

# of glibc's malloc.h
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
_LARGEST = 32 * 2**20
"""The largest block, in bytes, that glibc can be asked to keep; larger ones go back to the system."""
_KEPT = 512 * 2**20
"""Bytes that may lie idle at the end of the heap."""


@cache
def keep_freed_memory() -> bool:
    """Has glibc keep what tensors free, up to half a gigabyte of it. Returns whether it does; elsewhere than
    on Linux with glibc nothing is changed.

    By default it maps every tensor of some size anew and gives it back when it is freed, and the system fills
    its pages with zeros each time: of a training step of a small network that is a seventh. Only the first
    call of a process does anything.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return False
    settings = {_M_MMAP_THRESHOLD: _LARGEST, _M_TRIM_THRESHOLD: _KEPT, _M_TOP_PAD: _LARGEST}
    # 1 is success
    kept = all(mallopt(name, value) == 1 for name, value in settings.items())
    logger.debug("memory that is freed is kept: %s", kept)
    return kept
