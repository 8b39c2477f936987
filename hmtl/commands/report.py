"""`allennlp report`: a run as one page to read."""

import argparse
import json
import sys
from pathlib import Path

from allennlp.commands.subcommand import Subcommand

from hmtl import SUBCOMMANDS
from hmtl.files import replacing
from hmtl.report import lines, page, read_run, summary


@Subcommand.register("report")
class Report(Subcommand):
    """Writes what a run's files say as one HTML page: scores, curves, best epochs, forgetting, which task the
    steps and the time went to, agreement of gradients.

    Raises `ConfigurationError` for a directory without a run, a damaged file, and a page that cannot be
    written.
    """

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        about = SUBCOMMANDS[self.name]
        subparser = parser.add_parser(self.name, description=about, help=about)
        subparser.add_argument("run_dir", metavar="RUN_DIR", type=Path, help="what `train -s` named")
        subparser.add_argument(
            "-o", "--output", metavar="FILE", type=Path, help="the page; by default RUN_DIR/report.html"
        )
        subparser.add_argument(
            "--json", action="store_true", help="print the figures as JSON; write a page only with -o"
        )
        subparser.set_defaults(func=report)
        return subparser


def report(args: argparse.Namespace) -> None:
    """Carries out the command."""
    run = read_run(args.run_dir)
    target = args.output or (None if args.json else args.run_dir / "report.html")
    if target is not None:
        with replacing(target) as file:
            # half a surrogate pair, which JSON can spell, is no UTF-8
            file.write(page(run).encode("utf-8", "replace"))
    if args.json:
        print(json.dumps(summary(run), allow_nan=False))
        return
    encoding = sys.stdout.encoding or "ascii"
    for line in (*lines(run), "", f"The whole report: {target}"):
        print(line.encode(encoding, "replace").decode(encoding))
