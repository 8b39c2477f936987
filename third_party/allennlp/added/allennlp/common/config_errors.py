"""What is wrong with a config or its overrides, told apart from what is wrong with AllenNLP."""

from collections.abc import Callable

from allennlp.common.checks import ConfigurationError


class JsonnetError(ConfigurationError, RuntimeError):
    """Jsonnet could not evaluate a config; also a RuntimeError, as the Jsonnet library raises."""


class OverridesError(ConfigurationError, ValueError):
    """Overrides do not fit the config; also a ValueError, as AllenNLP used to raise."""


def jsonnet(evaluate: Callable[..., str], *arguments: str, **settings: dict[str, str]) -> str:
    """`evaluate(...)`; raises `JsonnetError` with Jsonnet's message, which begins with the file and line."""
    try:
        return evaluate(*arguments, **settings)
    except RuntimeError as error:
        raise JsonnetError(str(error)) from error
