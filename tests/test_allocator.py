"""What is freed stays with the process, on Linux with glibc."""

import platform
import subprocess
import sys

import pytest

from hmtl import allocator

PROGRAM = """
import resource, torch
from hmtl.allocator import keep_freed_memory
if {kept}:
    assert keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def work():
    parts = [torch.ones(2_000_000) for _ in range(10)]
for _ in range(5):
    work()
before = faults()
for _ in range(20):
    work()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to keep memory")
def test_memory_that_is_used_again_is_not_fetched_again() -> None:
    """80 MB twenty times over are 400,000 pages of 4 KB."""

    def page_faults(kept: bool) -> int:
        program = [sys.executable, "-c", PROGRAM.format(kept=kept)]
        return int(subprocess.run(program, capture_output=True, text=True, check=True).stdout)

    assert page_faults(kept=True) < page_faults(kept=False) / 2


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not allocator.keep_freed_memory.__wrapped__()
