"""`allennlp annotate`: a text, and beneath it what a trained model finds in it."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TextIO

from allennlp.commands.subcommand import Subcommand
from allennlp.common.checks import ConfigurationError, check_for_gpu
from allennlp.models.archival import load_archive
from allennlp.models.best_weights import add_weights_arguments
from allennlp.predictors import Predictor

from hmtl import SUBCOMMANDS
from hmtl.document_json import from_json
from hmtl.predictors import HmtlPredictor
from hmtl.render import render, wants_colour

LONGEST_LINE = 120
"""Columns: wider text is tiring to read."""


@Subcommand.register("annotate")
class Annotate(Subcommand):
    """Annotates plain text with all tasks of an hmtl archive and prints it to be read, or as JSON.

    Raises `ConfigurationError` for an archive of another model, a file that is no UTF-8 text, and a text
    without words.
    """

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        about = SUBCOMMANDS[self.name]
        subparser = parser.add_parser(self.name, description=about, help=about)
        subparser.add_argument(
            "archive_file", metavar="ARCHIVE", help="the trained model, such as runs/demo/model.tar.gz"
        )
        subparser.add_argument(
            "text", metavar="TEXT", help="the text itself, the name of a text file, or - for standard input"
        )
        subparser.add_argument("--json", action="store_true", help="print one Document JSON in one line")
        subparser.add_argument("--ascii", action="store_true", help="draw with ASCII characters only")
        subparser.add_argument("--cuda-device", type=int, default=-1, help="id of the GPU to use, if any")
        add_weights_arguments(subparser)
        subparser.set_defaults(func=annotate)
        return subparser


def annotate(args: argparse.Namespace) -> None:
    """Carries out the command."""
    # The text first: a slip in it should not wait for the model.
    text, source = read_text(args.text)
    answer = load_predictor(args).predict_json({"id": source, "text": text})
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    width = min(shutil.get_terminal_size().columns, LONGEST_LINE)
    document = from_json(answer, source)
    sys.stdout.write(
        render(document, width, wants_colour(sys.stdout), args.ascii or not draws_lines(sys.stdout))
    )


def read_text(argument: str, stdin: TextIO | None = None) -> tuple[str, str]:
    """The text that the argument stands for, and where it is from: `-`, a file of that name, or else
    itself."""
    if argument == "-":
        return _decode((stdin or sys.stdin).buffer.read(), "standard input"), "standard input"
    try:
        is_file = Path(argument).is_file()
    except (OSError, ValueError):  # too long for a name, or not one
        is_file = False
    return (_decode(Path(argument).read_bytes(), argument), argument) if is_file else (argument, "text")


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{source}: byte {error.start} is not UTF-8; save the text as UTF-8"
        ) from error


def load_predictor(args: argparse.Namespace) -> HmtlPredictor:
    """The archive's model, ready to annotate."""
    check_for_gpu(args.cuda_device)
    archive = load_archive(args.archive_file, weights_file=args.weights_file, cuda_device=args.cuda_device)
    predictor = Predictor.from_archive(archive)
    if not isinstance(predictor, HmtlPredictor):
        raise ConfigurationError(
            f"{args.archive_file}: its model is not of type 'hmtl'; use allennlp predict"
        )
    return predictor


def draws_lines(stream: TextIO) -> bool:
    """Whether the stream's encoding has the characters that brackets and arrows are drawn with."""
    try:
        "╰─╯└┘╵┴—→·".encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
