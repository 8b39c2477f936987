"""What keeps a pretrained transformer from being loaded, in one line."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allennlp.common.checks import ConfigurationError


def told(load: Callable[..., Any]) -> Callable[..., Any]:
    """Gives `load(model_name, …)` an error that names the transformer: `ConfigurationError` in place of the
    paragraphs that transformers and its hub raise."""

    @wraps(load)
    def loading(model_name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return load(model_name, *args, **kwargs)
        except (OSError, ValueError) as error:
            cause = " ".join(str(error).split("\n")[0].split()).rstrip(".") or type(error).__name__
            raise ConfigurationError(
                f"the transformer '{model_name}' cannot be loaded ({cause}); give the name of one "
                "on the model hub, which needs a connection the first time, or a folder that its "
                "`save_pretrained` wrote"
            ) from error

    return loading
