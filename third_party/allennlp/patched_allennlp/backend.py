"""PEP 517 hooks: fetch the upstream wheel, check it, patch it, describe it honestly, pack it."""

import tempfile
from pathlib import Path
from typing import Any

from patched_allennlp import metadata, upstream
from patched_allennlp.errors import BuildError
from patched_allennlp.patches import PATCHES
from patched_allennlp.patching import add_files, apply_patches
from patched_allennlp.wheel import read_wheel, write_wheel

ADDED = Path(__file__).resolve().parent.parent / "added"


class UnsupportedOperation(BuildError):
    """PEP 517's name for a hook that the back end does not offer."""


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Nothing beyond `build-system.requires`; above all not torch, which only the installed package needs."""
    return []


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Write the patched wheel into `wheel_directory` and return its file name.

    Raises `BuildError` where the upstream wheel cannot be had or is another one, or a patch does not fit it.
    """
    with tempfile.TemporaryDirectory() as scratch:
        members = read_wheel(upstream.obtain(Path(scratch)))
    members = apply_patches(members, PATCHES)
    members = add_files(members, ADDED)
    members = metadata.relabel(members)
    return write_wheel(Path(wheel_directory), members)


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """Refuse: the sources are AllenNLP's own and are fetched, not shipped."""
    raise UnsupportedOperation(
        "patched AllenNLP has no source distribution: build a wheel, as pip wheel --no-deps does"
    )
