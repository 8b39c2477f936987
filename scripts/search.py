"""Searches for hyper-parameters with Optuna; every trial is an `allennlp train` in a directory of its own.

    python scripts/search.py configs/search/demo.jsonnet -s runs/search --trials 12

The same command goes on with a search that was stopped. More in docs/search.md.
"""

import argparse
import contextlib
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import optuna
from _jsonnet import evaluate_snippet
from allennlp.common.checks import ConfigurationError
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import OptunaError
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from hmtl.report import read_run

KINDS = {"float": FloatDistribution, "int": IntDistribution, "categorical": CategoricalDistribution}


def space_of(config: str) -> dict[str, BaseDistribution]:
    """What the hidden field `search` of a config leaves open, by the names of its external variables."""
    where, space = "search", {}
    try:
        stated = evaluate_snippet("search", f"(import {json.dumps(os.path.abspath(config))}).search")
        for name, one in json.loads(stated).items():
            where = f"search.{name}"
            space[name] = KINDS[one.pop("type")](**one)
    except (RuntimeError, LookupError, TypeError, ValueError, AttributeError) as error:
        sys.exit(f"{config}: `{where}` cannot be read ({str(error).splitlines()[0]}); see docs/search.md")
    return space


def place(trial: optuna.Trial | FrozenTrial, args: argparse.Namespace) -> Path:
    """The directory of a trial's run: its own, or that of the stopped one it goes on with."""
    return args.directory / trial.user_attrs.get("directory", f"trial_{trial.number:03}")


def start(trial: optuna.Trial, args: argparse.Namespace, log: Path) -> subprocess.Popen:
    """Lets AllenNLP train, or go on with what a stopped trial has begun. What it prints goes to `log`."""
    directory = place(trial, args)
    command = [sys.executable, "-m", "allennlp", "train", args.config, "-s", directory, "-o", args.overrides]
    if "directory" in trial.user_attrs:
        command.append("--recover" if (directory / "checkpoints").exists() else "--force")
    command += ["--include-package", "hmtl", "--file-friendly-logging"]
    drawn = {name: v if isinstance(v, str) else json.dumps(v) for name, v in trial.params.items()}
    with log.open("wb") as out:
        # in a session of its own, so that Ctrl-C reaches it through us, and once
        return subprocess.Popen(
            command, env=os.environ | drawn, stdout=out, stderr=out, start_new_session=True
        )


def train(trial: optuna.Trial, args: argparse.Namespace) -> float:
    """The best mean of the tasks' validation metrics. Raises `TrialPruned`, and `RuntimeError` with one line
    where the training failed."""
    directory = place(trial, args)
    log = directory.with_suffix(".log")
    process = start(trial, args, log)
    try:
        follow(process, trial, directory, args.prune)
    finally:
        process.terminate()
        process.wait()
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""]
        raise RuntimeError(f"exit status {process.returncode}: {said[-1]}")
    best = json.loads((directory / "metrics.json").read_bytes())["best_validation_mean"]
    if best is None or math.isnan(best):
        raise RuntimeError(f"{directory}/metrics.json: best_validation_mean is {best}")
    return best


def follow(process: subprocess.Popen, trial: optuna.Trial, directory: Path, prune: bool) -> None:
    """Reports every epoch until the training ends. Raises `TrialPruned`."""
    reported = 0
    while process.returncode is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        with contextlib.suppress(ConfigurationError):  # no epoch is finished yet
            for epoch, mean in list(read_run(directory).joint().items())[reported:]:
                trial.report(mean, epoch)
                reported += 1
                if prune and trial.should_prune():
                    raise optuna.TrialPruned


def run_trial(study: optuna.Study, trial: optuna.Trial, args: argparse.Namespace) -> None:
    """Trains, and tells the study. A trial that is stopped is queued: the next one goes on with it."""
    try:
        study.tell(trial, train(trial, args))
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    except RuntimeError as error:
        trial.set_user_attr("error", str(error))
        study.tell(trial, state=TrialState.FAIL)
    except KeyboardInterrupt:
        trial.set_user_attr("stopped", True)
        study.tell(trial, state=TrialState.FAIL)
        study.enqueue_trial(trial.params, user_attrs={"directory": place(trial, args).name})
        raise
    told = study.trials[trial.number]
    value = "-" if told.value is None else f"{told.value:.4f}"
    drawn = [f"{name}={v:.4g}" if isinstance(v, float) else f"{name}={v}" for name, v in told.params.items()]
    print(told.number, value, *drawn, told.state.name, told.user_attrs.get("error", ""), sep="  ", flush=True)


def search(study: optuna.Study, space: dict[str, BaseDistribution], args: argparse.Namespace) -> None:
    """Runs the trials that are missing."""
    while True:
        trials = [trial for trial in study.trials if "stopped" not in trial.user_attrs]
        if sum(trial.state.is_finished() for trial in trials) >= args.trials:
            return
        # what is drawn depends on the trials before, not on how often the search was stopped
        seed = int(np.random.SeedSequence((args.seed, len(trials))).generate_state(1)[0])
        study.sampler = optuna.samplers.TPESampler(n_startup_trials=5, seed=seed)
        run_trial(study, study.ask(space), args)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", help="reads std.extVar; its field `search` says what may be drawn")
    parser.add_argument("-s", dest="directory", type=Path, required=True, help="for the trials' directories")
    parser.add_argument("--trials", type=int, default=20, help="how many in all (default: %(default)s)")
    parser.add_argument("--storage", help="Optuna's URL of the study (default: study.db in the directory)")
    parser.add_argument("--prune", action="store_true", help="stop trials below the median of earlier ones")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default: %(default)s)")
    parser.add_argument("-o", "--overrides", default="", help="as `allennlp train` takes them")
    args = parser.parse_args(arguments)
    space = space_of(args.config)
    args.directory.mkdir(parents=True, exist_ok=True)
    storage = args.storage or f"sqlite:///{args.directory}/study.db"
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        study = optuna.create_study(
            study_name="hmtl", storage=storage, direction="maximize", load_if_exists=True
        )
        search(study, space, args)
        ended = study.get_trials(states=[TrialState.COMPLETE])
    except (SQLAlchemyError, OptunaError, ValueError) as error:
        sys.exit(f"{storage}: {str(error).splitlines()[0]}")
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on")
    if not ended:
        sys.exit(f"{args.directory}: no trial came to its end; the .log of each says why")
    best = max(ended, key=lambda trial: trial.value)
    print(f"best: trial {best.number}, {best.value:.4f}; its config is {place(best, args) / 'config.json'}")


if __name__ == "__main__":
    main()
