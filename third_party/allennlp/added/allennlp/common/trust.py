"""Archives come from others: what one may do when it is loaded, unless the user trusts its author.

An archive's config is read as plain JSON, so it sees no environment variable and imports no file. It may not
name a class by its Python path, because AllenNLP would import and call whatever stands there, nor set what
makes a library run code that it downloads.
"""

import json
import os
import re
import tarfile
from collections.abc import Callable
from os import PathLike
from typing import Any

from allennlp.common.checks import ConfigurationError
from allennlp.common.params import Params, parse_overrides, with_overrides

TRUST_VARIABLE = "ALLENNLP_TRUST_ARCHIVE"
MEND = f"if you trust its author: --trust, or {TRUST_VARIABLE}=1"

_PYTHON_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")


class ArchiveString(str):
    """A string from an untrusted archive's config, which `Registrable` refuses as a Python path for good."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "ArchiveString":
        # `Params.duplicate` copies deeply, and a copy comes from the archive as well.
        return self

    def __reduce__(self) -> tuple[type, tuple[str]]:
        # A saved file must not need this class to be read; a worker process trusts what it is sent.
        return str, (str(self),)


def trusts_archives(trust: bool | None = None) -> bool:
    """`trust` where it is given, else what the environment variable says."""
    return os.environ.get(TRUST_VARIABLE, "").lower() in {"1", "true", "yes"} if trust is None else trust


def read_archive_config(path: str | PathLike, overrides: str | dict[str, Any], trust: bool | None) -> Params:
    """The config of an archive with the user's own `overrides`, which may use Jsonnet and name any class.

    Raises `ConfigurationError` where the config is not plain JSON or asks for what only a trusted author may.
    """
    if trusts_archives(trust):
        return Params.from_file(path, overrides)
    config = _mark(_read_json(path), ())
    chosen = parse_overrides(json.dumps(overrides) if isinstance(overrides, dict) else overrides)
    return Params(with_overrides(config, chosen) if chosen else config)


def refuse_archive_path(name: str) -> None:
    """Raise `ConfigurationError` where `name`, about to be imported as a path, comes from an archive."""
    if isinstance(name, ArchiveString):
        raise ConfigurationError(
            f"the archive's config names '{name}' by its Python path, which would run it; {MEND}"
        )


def extract(archive: tarfile.TarFile, directory: str) -> None:
    """Extract `archive` below `directory`; raises `ConfigurationError` where a member would leave it."""
    try:
        archive.extractall(directory, filter="data")
    except tarfile.FilterError as error:
        raise ConfigurationError(f"archive {archive.name} is not safe to extract: {error}") from error


def _read_json(path: str | PathLike) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        config = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise ConfigurationError(
            f"the archive's {path} is not plain JSON ({where}: {error.msg}); {MEND}"
        ) from error
    if not isinstance(config, dict):
        raise ConfigurationError(f"the archive's {path} holds a {type(config).__name__}, expected an object")
    return config


def _mark(value: Any, place: tuple[str, ...]) -> Any:
    """`value` with its strings marked as the archive's; refuses on sight what is plain to see."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse_setting(key, inner, (*place, key))
        return {key: _mark(inner, (*place, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mark(inner, (*place, str(index))) for index, inner in enumerate(value)]
    return ArchiveString(value) if isinstance(value, str) else value


# Settings that AllenNLP hands to other libraries, with what they do there.
_DANGEROUS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "trust_remote_code": (bool, "runs code from a model hub"),
    "weights_only": (lambda value: not value, "unpickles a model file"),
    "attn_implementation": (lambda value: "/" in str(value), "runs code from a model hub"),
    "evalb_directory_path": (bool, "runs a program"),
}


def _refuse_setting(key: str, value: Any, place: tuple[str, ...]) -> None:
    where = ".".join(place)
    if key == "type" and isinstance(value, str) and _PYTHON_PATH.fullmatch(value):
        raise ConfigurationError(
            f"the archive's config names '{value}' by its Python path at {where}, which would run it; {MEND}"
        )
    dangerous, what = _DANGEROUS.get(key, (lambda _: False, ""))
    if dangerous(value):
        raise ConfigurationError(f"the archive's config sets {where} = {value!r}, which {what}; {MEND}")
