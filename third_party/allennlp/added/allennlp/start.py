"""How `allennlp` starts: what it can say without its commands, it says before it imports them."""

import argparse
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from allennlp.version import VERSION

LOCAL_PLUGINS_FILENAME = ".allennlp_plugins"
GLOBAL_PLUGINS_FILENAME = str(Path.home() / ".allennlp" / "plugins")
DEFAULT_PLUGINS = ("allennlp_models", "allennlp_semparse", "allennlp_server", "hmtl")

INTERRUPTED = 128 + 2

SUBCOMMANDS = {
    "build-vocab": "Build a vocabulary from an experiment config file.",
    "cached-path": "Cache remote files to the AllenNLP cache.",
    "checklist": "Run a trained model through a checklist suite.",
    "count-instances": "Count the number of training instances in an experiment config file.",
    "diff": "Display a diff between two model checkpoints.",
    "evaluate": "Evaluate the specified model + dataset(s).",
    "find-lr": "Find a learning rate range.",
    "predict": "Use a trained model to make predictions.",
    "print-results": "Print results from allennlp serialization directories to the console.",
    "push-to-hf": "Push a model to the Hugging Face Hub.",
    "test-install": "Test AllenNLP installation.",
    "train": "Train a model.",
}
"""What the parser of each command says in the list of all. A plugin's package may have one like it."""


def answer(arguments: Sequence[str]) -> None:
    """Answer if only the version or the list of commands is asked for, or a command that there is not.

    Then raises `SystemExit`, as argparse does. Returns if a command has to be imported.
    """
    first = arguments[0] if arguments else "--help"
    if first in SUBCOMMANDS or (first.startswith("-") and first not in ("-h", "--help", "--version")):
        return
    plugins = {} if first == "--version" else plugin_subcommands()
    if plugins is None or first in plugins:
        return
    parser = argparse.ArgumentParser(prog="allennlp", description="Run AllenNLP")
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(title="Commands", metavar="")
    for name, about in {**SUBCOMMANDS, **plugins}.items():
        commands.add_parser(name, help=about)
    parser.parse_args(arguments or ["--help"])


def plugin_subcommands() -> dict[str, str] | None:
    """`SUBCOMMANDS` of all plugins; None if one has none, and so must be imported before its commands are
    known."""
    if os.path.isfile(LOCAL_PLUGINS_FILENAME) or os.path.isfile(GLOBAL_PLUGINS_FILENAME):
        return None
    # A plugin may lie in the current directory, where a console script does not look.
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    found: dict[str, str] = {}
    for plugin in filter(importlib.util.find_spec, DEFAULT_PLUGINS):
        own = getattr(importlib.import_module(plugin), "SUBCOMMANDS", None)
        if own is None:
            return None
        found |= own
    return dict(sorted(found.items()))


@contextmanager
def importing() -> Iterator[None]:
    """Ctrl-C ends the imports as it ends a command."""
    try:
        yield
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED)


def stop(message: str, status: int) -> NoReturn:
    """End the program with one line."""
    print(f"allennlp: error: {message}", file=sys.stderr)
    sys.exit(status)
