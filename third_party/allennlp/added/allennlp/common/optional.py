"""Packages that AllenNLP can use and does not need: a missing one is named when it is used, not on import."""

import importlib.util

from allennlp.common.checks import ConfigurationError


def require(package: str, purpose: str) -> None:
    """Raise `ConfigurationError` unless `package` is installed; `purpose` is what asks for it."""
    if importlib.util.find_spec(package) is None:
        raise ConfigurationError(
            f"{purpose} needs '{package}', which is not installed: pip install {package}"
        )
