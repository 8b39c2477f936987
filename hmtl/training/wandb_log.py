"""Weights & Biases, with the extra `wandb`."""

import json
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

from hmtl.training.scalar_log import ScalarLog


@dataclass
class WandbOptions(FromParams):
    """Where in Weights & Biases a run appears.

    # Parameters

    project, entity, group, tags : as `wandb.init` takes them. name : default that of the run's directory.
    mode : `online`, `offline` (files to `wandb sync` later) or `disabled`.
    interval : after how many steps a task's figures are added again.
    """

    project: str
    entity: str | None = None
    name: str | None = None
    group: str | None = None
    tags: list[str] | None = None
    mode: Literal["online", "offline", "disabled"] = "online"
    interval: int = 50

    def __post_init__(self) -> None:
        if self.interval < 1:
            raise ConfigurationError(f"trainer.wandb.interval is {self.interval}; give 1 or more")


class WandbLog(ScalarLog):
    """One W&B run for each directory of a run.

    Its id stands in `wandb/id` below the directory, so that a recovered run goes on with it, wherever the
    directory was moved, and one begun anew with `--force` gets its own. The x axis is `step`, of all tasks.

    Raises `ConfigurationError` where the package is missing or W&B refuses the run.
    """

    def __init__(self, directory: Path, options: WandbOptions) -> None:
        super().__init__(options.interval)
        wandb = _import()
        try:
            self._run = wandb.init(
                project=options.project,
                entity=options.entity,
                name=options.name or directory.resolve().name,
                group=options.group,
                tags=options.tags,
                mode=options.mode,
                dir=str(directory),
                id=_run_id(directory),
                resume="allow",
                config=_config(directory),
            )
        except wandb.Error as error:
            cause = next(iter(str(error).splitlines()), type(error).__name__)
            raise ConfigurationError(
                f"trainer.wandb: W&B refuses the run ({cause}); or set mode to 'offline'"
            ) from error
        self._run.define_metric("*", step_metric="step")

    def add(self, step: int, values: Mapping[str, float]) -> None:
        # W&B drops what is added for a step before its last one, and a recovered run takes some steps again.
        self._run.log({"step": step, **values}, step=max(step, self._run.step))

    def close(self) -> None:
        # Closed while an exception passes through, the run is marked as failed.
        self._run.finish(exit_code=int(sys.exc_info()[0] is not None))


def _import() -> ModuleType:
    try:
        import wandb
    except ImportError as error:
        raise ConfigurationError(
            "trainer.wandb: the package wandb is not installed; pip install 'hmtl[wandb]', or remove the key"
        ) from error
    return wandb


def _run_id(directory: Path) -> str:
    path = directory / "wandb" / "id"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(secrets.token_hex(8), encoding="utf-8")
    return path.read_text(encoding="utf-8").strip()


def _config(directory: Path) -> dict[str, object]:
    """What AllenNLP has written of the experiment."""
    path = directory / "config.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
