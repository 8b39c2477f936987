"""Patch 18: embedders are asked for their parameters once."""

from patched_allennlp.patching import Patch

_NAME = "18 signatures"
_FILE = "allennlp/modules/text_field_embedders/basic_text_field_embedder.py"
_WHY = "Asking `inspect` at every step took a hundredth of a small model's step."

SIGNATURES = (
    Patch(
        name=_NAME,
        file=_FILE,
        find="forward_params = inspect.signature(embedder.forward).parameters",
        replace="forward_params = forward_parameters(embedder)",
        why=_WHY,
    ),
    Patch(name=_NAME, file=_FILE, find="import inspect\n", replace="", why=_WHY),
    Patch(
        name=_NAME,
        file=_FILE,
        find="from allennlp.common.checks import ConfigurationError\n",
        replace="from allennlp.common.checks import ConfigurationError\n"
        "from allennlp.common.signatures import forward_parameters\n",
        why=_WHY,
    ),
)
