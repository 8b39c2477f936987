"""What `predict` reads at once, and where it writes."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from allennlp.common.checks import ConfigurationError
from allennlp.common.tqdm import Tqdm
from allennlp.common.util import lazy_groups_of

if TYPE_CHECKING:
    from allennlp.predictors import Predictor


def count_of_inputs(text: str) -> int:
    """A number of inputs, as a command's option gives it."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of inputs; give 1 or more")
    return int(text)


def batches(
    predictor: "Predictor", inputs: Iterable[Any], size: int | None, show: bool
) -> Iterator[list[Any]]:
    """The inputs in lists of `size`, or as the predictor would have them. `show` : a bar, on a terminal."""
    hidden = Tqdm.hidden or not (show and sys.stderr.isatty())
    counted = iter(Tqdm.tqdm(inputs, desc="predicting", unit=" inputs", disable=hidden))
    return predictor.batches(counted) if size is None else lazy_groups_of(counted, size)


class Answers:
    """A file that is opened when the first answer is there: what it held is not lost to a mistake before.

    # Raises

    `ConfigurationError` where it is the input itself.
    """

    def __init__(self, path: str, source: str) -> None:
        if os.path.exists(path) and os.path.exists(source) and os.path.samefile(path, source):
            raise ConfigurationError(f"--output-file {path}: is the input file too; name another")
        self._path = path
        self._file: TextIO | None = None

    def write(self, text: str) -> None:
        """Adds to the file."""
        if self._file is None:
            self._file = open(self._path, "w", encoding="utf-8")  # noqa: SIM115 - `close` does
        self._file.write(text)

    def close(self) -> None:
        """Ends the file; one that nothing was written to is empty."""
        self.write("")
        assert self._file is not None
        self._file.close()
