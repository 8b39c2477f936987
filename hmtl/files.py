"""Writing to disk so that no reader ever finds half a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from allennlp.common.checks import ConfigurationError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside the target that is flushed to disk and renamed at the end: a reader finds the old file
    or the new one, whole. Raises `ConfigurationError` where there is no room or no permission."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be written ({error.strerror or error}); make room, or name another place"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
