"""Paths in configs."""

import os
from pathlib import PurePath

from allennlp.common.checks import ConfigurationError

DATA_ROOT = "HMTL_DATA"


def resolve(path: str | PurePath) -> str:
    """The path with a leading `$HMTL_DATA` replaced by that environment variable.

    So a config names its corpora once and each machine says where they lie. Raises `ConfigurationError`
    where the variable is needed and not set.
    """
    first, *rest = str(path).split("/")
    if first != f"${DATA_ROOT}":
        return str(path)
    if not os.environ.get(DATA_ROOT):
        raise ConfigurationError(
            f"{path}: the environment variable {DATA_ROOT} is not set; "
            "let it name the folder that holds the corpora"
        )
    return "/".join([os.environ[DATA_ROOT], *rest])
