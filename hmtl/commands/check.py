"""`allennlp check`: what is wrong with a config and its data, before anything is trained."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from allennlp.commands.subcommand import Subcommand
from allennlp.common import Params

from hmtl import SUBCOMMANDS
from hmtl.checking import Report, check, page
from hmtl.checking.facts import as_json
from hmtl.checking.finding import SEVERITIES
from hmtl.commands.annotate import draws_lines
from hmtl.render import wants_colour


@Subcommand.register("check")
class Check(Subcommand):
    """Prints everything that is wrong with a config and its data, or worth knowing, each with its place and
    the mend. Reads the data of all splits and builds no model.

    Exits with status 1 where there are errors or, with `--strict`, warnings. Raises `ConfigurationError`
    for a config that is no Jsonnet.
    """

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        about = SUBCOMMANDS[self.name]
        subparser = parser.add_parser(self.name, description=about, help=about)
        subparser.add_argument("config", metavar="CONFIG", help="as for allennlp train")
        subparser.add_argument(
            "-o",
            "--overrides",
            default="",
            help="a JSON object that overrides the config, as for allennlp train",
        )
        subparser.add_argument(
            "--json", action="store_true", help="print one JSON object in place of the page"
        )
        subparser.add_argument("--strict", action="store_true", help="fail on warnings, too")
        subparser.set_defaults(func=run)
        return subparser


def run(args: argparse.Namespace) -> None:
    """Carries out the command."""
    config = Params.from_file(args.config, args.overrides).as_dict(quiet=True)
    report = check(config)
    if args.json:
        print(json.dumps(_as_json(args.config, report), ensure_ascii=False))
    else:
        plain = not draws_lines(sys.stdout)
        sys.stdout.write(page(report, args.config, wants_colour(sys.stdout), plain))
    if report.count("error") or (args.strict and report.count("warning")):
        sys.exit(1)


def _as_json(config: str, report: Report) -> dict[str, Any]:
    memory = report.memory
    labels = {name: {"counts": counts, "entropy": bits} for name, (counts, bits) in report.labels.items()}
    return {
        "config": config,
        **{f"{severity}s": report.count(severity) for severity in SEVERITIES},
        "findings": [asdict(finding) for finding in report.findings],
        "levels": as_json(report.levels),
        "data": as_json(report.sizes),
        "labels": labels,
        "schedule": report.schedule,
        "steps": as_json(report.steps),
        "memory": None if memory is None else {**as_json(memory), "total": memory.total},
    }
