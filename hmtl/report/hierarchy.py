"""Which level stands on which, from the config."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hmtl.backbones.tree import parents_first
from hmtl.report.run import Run


@dataclass(frozen=True)
class Level:
    """A level of the backbone, or the word representations at the root. `tasks`: those that read it.
    `parameters`: None where not recorded."""

    name: str
    about: str
    parameters: int | None
    tasks: list[str] = field(default_factory=list)
    above: list["Level"] = field(default_factory=list)


def hierarchy(run: Run) -> Level:
    """The word representations, with what stands on them.

    Of a backbone whose config states no levels, those that `run.json` counts, side by side; tasks whose level
    is not known are the root's. Raises `ConfigurationError` for parents that are no forest.
    """
    backbone = _object(_object(run.config.get("model")).get("backbone"))
    stated = {name: _object(level) for name, level in _object(backbone.get("levels")).items()}
    counted = [part.removeprefix("levels.") for part in run.parts if part.startswith("levels.")]
    parents = {name: _name(stated.get(name, {}).get("after")) for name in stated or counted}
    root = Level("words", "representations that all levels read", run.parts.get("embedder"))
    levels: dict[str | None, Level] = {None: root}
    for name in parents_first(parents):
        levels[name] = Level(name, _encoder(stated.get(name, {})), run.parts.get(f"levels.{name}"))
        levels[parents[name]].above.append(levels[name])
    reads = _object(backbone.get("task_levels"))
    for task in run.tasks:
        levels.get(_name(reads.get(task, task)), root).tasks.append(task)
    return root


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _encoder(level: Mapping[str, Any]) -> str:
    """Type and width, such as `lstm 64`."""
    encoder = _object(level.get("encoder"))
    width = encoder.get("hidden_size", encoder.get("hidden_dim"))
    return " ".join(str(part) for part in (encoder.get("type"), width) if isinstance(part, str | int))
