"""Unpacks the package without some of its patches: `python -m patched_allennlp.without NAME DIRECTORY`.

With DIRECTORY first on PYTHONPATH, the tests show what the patches named NAME are for; NAME#2 is their third.
"""

import sys
import tempfile
from pathlib import Path

from patched_allennlp import upstream
from patched_allennlp.backend import ADDED
from patched_allennlp.errors import BuildError
from patched_allennlp.patches import PATCHES
from patched_allennlp.patching import Patch, add_files, apply_patches
from patched_allennlp.wheel import read_wheel


def remaining(name: str) -> list[Patch]:
    """All patches but those called `name`; `name#2` is the third of that name alone.

    Raises `BuildError` where there is no such patch.
    """
    wanted, _, index = name.partition("#")
    named = [patch for patch in PATCHES if patch.name == wanted]
    left_out = named[int(index) : int(index) + 1] if index else named
    if not left_out:
        raise BuildError(
            f"no patch '{name}': there are {', '.join(dict.fromkeys(patch.name for patch in PATCHES))}"
        )
    return [patch for patch in PATCHES if not any(patch is other for other in left_out)]


def unpack(name: str, directory: Path) -> None:
    """Write the package without the patches called `name` below `directory`."""
    with tempfile.TemporaryDirectory() as scratch:
        members = read_wheel(upstream.obtain(Path(scratch)))
    for member, data in add_files(apply_patches(members, remaining(name)), ADDED).items():
        path = directory / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    unpack(sys.argv[1], Path(sys.argv[2]))
