"""What is freed stays with the process, on Linux with glibc."""

import platform
import subprocess
import sys

import pytest

from hmtl import allocator

PROGRAM = """
import torch
from hmtl.allocator import keep_freed_memory
if {kept}:
    assert keep_freed_memory()
def pages():
    return int(open("/proc/self/statm").read().split()[1])
before = pages()
numbers = torch.ones(4_000_000)
del numbers
print(pages() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to keep memory")
def test_memory_that_is_freed_stays() -> None:
    """16 MB are 4,000 pages of 4 KB."""

    def pages_left(kept: bool) -> int:
        program = [sys.executable, "-c", PROGRAM.format(kept=kept)]
        return int(subprocess.run(program, capture_output=True, text=True, check=True).stdout)

    assert pages_left(kept=False) < 1000 < 3000 < pages_left(kept=True)


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not allocator.keep_freed_memory.__wrapped__()
