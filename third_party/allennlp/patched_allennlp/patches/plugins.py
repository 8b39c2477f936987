"""Patch 12: hmtl is known wherever it is installed."""

from patched_allennlp.patching import Patch

PLUGINS = (
    Patch(
        name="12 plugin",
        file="allennlp/common/plugins.py",
        find='DEFAULT_PLUGINS = ("allennlp_models", "allennlp_semparse", "allennlp_server")',
        replace="DEFAULT_PLUGINS = start.DEFAULT_PLUGINS",
        why="A command's name is parsed before --include-package is read, so `allennlp annotate` was unknown "
        "outside the project's root.",
    ),
)
