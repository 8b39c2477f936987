"""`allennlp schedule`: what a config would train on, step by step, before anything is trained."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from allennlp.commands.subcommand import Subcommand
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from hmtl import SUBCOMMANDS
from hmtl.commands.annotate import draws_lines
from hmtl.forecast import Forecast, Run, check_plot, plot, simulate, table


@Subcommand.register("schedule")
class ScheduleCommand(Subcommand):
    """Prints which task's data each epoch of a training run will draw, and at which learning rate. Reads the
    training data and builds no model.

    Raises `ConfigurationError` for a config that could not be trained, and for a plot without matplotlib.
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
        subparser.add_argument("--epochs", type=int, metavar="N", help="only the first N epochs of the run")
        subparser.add_argument("--plot", type=Path, metavar="FILE.png", help="draw it, too")
        subparser.add_argument(
            "--json", action="store_true", help="print one JSON object in place of the table"
        )
        subparser.set_defaults(func=schedule)
        return subparser


def schedule(args: argparse.Namespace) -> None:
    """Carries out the command."""
    if args.plot is not None:
        # A missing library or folder should not wait for the data.
        check_plot(args.plot)
    run = Run.from_config(Params.from_file(args.config, args.overrides))
    longest = run.plan.num_epochs
    epochs = longest if args.epochs is None else args.epochs
    if not 0 < epochs <= longest:
        raise ConfigurationError(f"--epochs is {epochs}; give 1 to {longest}, the epochs of this run")
    forecast = simulate(run, epochs)
    if args.json:
        print(json.dumps(_as_json(forecast), ensure_ascii=False))
    else:
        print(_title(args.config, forecast), end="\n\n")
        sys.stdout.write(table(forecast, plain=not draws_lines(sys.stdout)))
    if args.plot is not None:
        plot(forecast, args.plot, _title(Path(args.config).name, forecast))


def _title(config: str, forecast: Forecast) -> str:
    plan, schedule = forecast.run.plan, forecast.run.schedule
    first = "" if len(forecast.epochs) == plan.num_epochs else f"the first {len(forecast.epochs)} of "
    epochs = f"{first}{plan.num_epochs} epoch{'' if plan.num_epochs == 1 else 's'}"
    return f"{config}: {schedule.kind}, {epochs} of {schedule.steps(plan)} steps, seed {plan.seed}"


def _as_json(forecast: Forecast) -> dict[str, Any]:
    plan, schedule = forecast.run.plan, forecast.run.schedule
    return {
        "schedule": schedule.kind,
        "steps_per_epoch": schedule.steps(plan),
        "num_epochs": plan.num_epochs,
        "seed": plan.seed,
        "data": {task: {**asdict(size), "words": forecast.words[task]} for task, size in plan.sizes.items()},
        "epochs": [{task: asdict(figures) for task, figures in epoch.items()} for epoch in forecast.epochs],
        "notes": forecast.notes,
    }
