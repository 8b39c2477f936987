"""What, besides its files, decides how a corpus is read: settings and code."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath
from typing import Any

from allennlp.common.checks import ConfigurationError

import hmtl
from hmtl.dataset_readers import TaskReader
from hmtl.formats import Format

ROOT = Path(hmtl.__file__).parent
CODE = ("formats", "dataset_readers", "caching", "documents.py", "json_values.py", "raw_text.py")


def options(reader: TaskReader, form: Format) -> dict[str, Any]:
    """The settings as JSON values, the same in every process."""
    reads = {"type": _name(type(reader)), "task": reader.task, "layer": reader.layer}
    splits = {name: _version(name) for name in ("spacy", form.pipeline) if name is not None}
    return {"reader": reads, "format": _described(form), "splits": splits}


@lru_cache(maxsize=64)
def code(*kinds: type) -> str:
    """A hash of the code that reads, of these classes too where they come from elsewhere: a mended reader
    reads anew."""
    files = {file for part in CODE for file in _python_files(ROOT / part)}
    files |= {Path(inspect.getfile(kind)) for kind in kinds}
    found = hashlib.blake2b(digest_size=16)
    for file in sorted(files):
        found.update(hashlib.blake2b(file.read_bytes()).digest())
    return found.hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except (PackageNotFoundError, ValueError):
        return None


def _python_files(path: Path) -> list[Path]:
    return [path] if path.is_file() else list(path.rglob("*.py"))


def _described(value: Any) -> Any:
    """A setting as JSON values; of an object the name of its class and its attributes."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _described(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_described, value), key=repr)
    if isinstance(value, list | tuple):
        return [_described(item) for item in value]
    if isinstance(value, PurePath | re.Pattern):
        return str(value)
    if not hasattr(value, "__dict__") or callable(value):
        raise ConfigurationError(
            f"data_loader.cache: a format has a setting of type {_name(type(value))}, whose value cannot be "
            "told from others; leave the cache out"
        )
    return {"type": _name(type(value)), **_described(vars(value))}


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
