"""What a user hands to `predict` and `evaluate`: where it is wrong, an error says so in one line."""

import gzip
import inspect
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from typing import Any

import torch
from allennlp.common.checks import ConfigurationError


class WeightsError(ConfigurationError, RuntimeError):
    """Weights of another model; also a RuntimeError, as torch raises."""


def json_object(text: str, option: str) -> dict[str, Any]:
    """The JSON object that a command's `option` gives."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{option} {text}: is no JSON ({error}); write an object, {{…}}") from error
    if not isinstance(value, dict):
        raise ConfigurationError(f"{option} {text}: is no JSON object; write {{…}}")
    return value


def check_arguments(constructor: type, arguments: dict[str, Any]) -> None:
    """Raise `ConfigurationError` for a keyword that the constructor does not take."""
    parameters = inspect.signature(constructor).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return
    for name in arguments:
        if name not in parameters:
            known = ", ".join(parameters)
            raise ConfigurationError(f"{constructor.__name__} takes no argument '{name}'; it takes {known}")


def utf8_lines(lines: Iterable[str], name: str) -> Iterator[str]:
    """The lines of a text file that is being decoded."""
    try:
        yield from lines
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ConfigurationError(f"{name}: is not UTF-8 (byte 0x{byte:02x}); convert it to UTF-8") from error


@contextmanager
def open_archive(path: str | PathLike) -> Iterator[tarfile.TarFile]:
    """An archive of a model, opened for reading it whole."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
            # by now all members have been read
            if "config.json" not in map(os.path.normpath, archive.getnames()):
                raise ConfigurationError(f"{path}: is no archive of a model, for it holds no config.json")
    except (tarfile.ReadError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ConfigurationError(
            f"{path}: is no archive of a model, or damaged ({error}); name the model.tar.gz or its folder"
        ) from error


def load_weights(
    model: torch.nn.Module, state: dict[str, Any], path: str | PathLike
) -> tuple[list[str], list[str]]:
    """Keys that the state lacks and that the model lacks. Raises `WeightsError` for other shapes."""
    try:
        missing, unexpected = model.load_state_dict(state, strict=False)
    except RuntimeError as error:
        first, *others = [line.strip() for line in str(error).splitlines()[1:]] or [str(error)]
        more = f" and {len(others)} more" if others else ""
        raise WeightsError(f"{path}: holds weights of another model: {first}{more}") from error
    return missing, unexpected


def weights_error(path: str | PathLike, missing: list[str], unexpected: list[str]) -> WeightsError:
    """The error for weights that lack some of the model's, or hold more."""
    found = [f"{_some(missing)} missing"] if missing else []
    found += [f"{_some(unexpected)} unknown"] if unexpected else []
    return WeightsError(f"{path}: holds weights of another model: {'; '.join(found)}")


def _some(keys: list[str]) -> str:
    return f"{keys[0]} and {len(keys) - 1} more" if len(keys) > 1 else keys[0]
