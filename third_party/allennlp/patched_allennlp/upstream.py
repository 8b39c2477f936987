"""Obtains the upstream wheel and makes sure that it is the one the patches were written for."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from patched_allennlp.errors import BuildError

VERSION = "2.10.1"
FILE_NAME = f"allennlp-{VERSION}-py3-none-any.whl"
SHA256 = "d840f2cb285ded77f48fbe5c8f52fe955dc48d4462cae2baf4668eca10dd42fb"
# Names a wheel on disk, for machines that reach no package index.
WHEEL_VARIABLE = "ALLENNLP_UPSTREAM_WHEEL"


def obtain(scratch: Path) -> Path:
    """The checked upstream wheel: the one that `ALLENNLP_UPSTREAM_WHEEL` names, else what pip finds.

    Raises `BuildError` where there is none or its sha256 is another.
    """
    named = os.environ.get(WHEEL_VARIABLE)
    wheel = Path(named).expanduser() if named else _download(scratch)
    if not wheel.is_file():
        raise BuildError(f"{WHEEL_VARIABLE} names {wheel}, which is not a file: name AllenNLP's {FILE_NAME}")
    check(wheel)
    return wheel


def check(wheel: Path) -> None:
    """Raise `BuildError` unless `wheel` is the released file, byte for byte."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SHA256:
        raise BuildError(
            f"{wheel} has sha256 {digest}, expected {SHA256}: it is not the wheel of AllenNLP {VERSION} "
            "that was released; remove it (pip cache remove allennlp) and build again"
        )


def _download(scratch: Path) -> Path:
    """Ask pip, which honours the user's own index, find-links, proxy and cache settings."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=allennlp"]
    command += ["--disable-pip-version-check", "--dest", str(scratch), f"allennlp=={VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True)
    wheel = scratch / FILE_NAME
    if done.returncode or not wheel.is_file():
        raise BuildError(
            f"pip could not download allennlp=={VERSION}; {WHEEL_VARIABLE}=/path/to/{FILE_NAME} names a "
            f"local copy. pip said: {done.stderr.strip() or done.stdout.strip() or 'nothing'}"
        )
    return wheel
