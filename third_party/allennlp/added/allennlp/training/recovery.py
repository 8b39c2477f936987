"""What `--recover` lets a config change: the keys that its trainer names, and no other."""

import json
import logging
import re
from collections.abc import Iterable
from os import PathLike
from typing import Any

from allennlp.common.checks import ConfigurationError
from allennlp.common.params import Params
from allennlp.training.trainer import Trainer

logger = logging.getLogger(__name__)

# An explicit null is no absent key: it sets an argument to None, where absence leaves it at its default.
_ABSENT = object()


def check_recovery(params: Params, path: str | PathLike) -> Params:
    """The config to go on with, which is `params`, where it may follow the one at `path` that began the run.

    They may differ in the keys that `changeable_on_recovery` of the trainer's class names. Raises
    `ConfigurationError` with all other keys that differ, and both values of each.
    """
    changes = _changes(Params.from_file(path).params, params.params)
    allowed = _trainer_class(params).changeable_on_recovery
    refused = [key for key in changes if not is_changeable(key, allowed)]
    if refused:
        told = "; ".join(f"{key}: {changes[key]}" for key in refused)
        raise ConfigurationError(
            f"{path} began this run with another config ({told}); resume with the values from there, or "
            "begin another run: --serialization-dir with another directory, or --force to overwrite this one"
        )
    for key, change in changes.items():
        logger.info("Resuming with another %s: %s.", key, change)
    return params


def is_changeable(key: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern matches the dotted key. A `*` is any text without a dot, and at the end of a pattern
    any text."""
    return any(re.fullmatch(_expression(pattern), key) for pattern in patterns)


def _expression(pattern: str) -> str:
    inner, last = re.escape(pattern.removesuffix("*")), ".*" if pattern.endswith("*") else ""
    return inner.replace(r"\*", "[^.]*") + last


def _changes(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """By dotted key, in order, what differs once both are the JSON that a file holds."""
    before, after = (flat(json.loads(json.dumps(config))) for config in (old, new))
    keys = sorted({key for key in before.keys() | after.keys() if _differ(key, before, after)})
    return {
        key: f"{_shown(before.get(key, _ABSENT))} before, {_shown(after.get(key, _ABSENT))} now"
        for key in keys
    }


def _differ(key: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    for one, other in ((before, after), (after, before)):
        # What is in an object or list that the other config has empty is named key by key.
        if one.get(key, _ABSENT) in ({}, []) and any(inner.startswith(f"{key}.") for inner in other):
            return False
    return before.get(key, _ABSENT) != after.get(key, _ABSENT)


def flat(value: Any, place: str = "") -> dict[str, Any]:
    """Every value that holds no other by its dotted key; items of lists by their number."""
    if not isinstance(value, dict | list) or not value:
        return {place: value}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: dict[str, Any] = {}
    for key, inner in items:
        found |= flat(inner, f"{place}.{key}" if place else str(key))
    return found


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else json.dumps(value, ensure_ascii=False)


def _trainer_class(params: Params) -> type[Trainer]:
    trainer = params.get("trainer", {})
    name = (trainer if isinstance(trainer, str) else trainer.get("type")) or Trainer.default_implementation
    return Trainer.resolve_class_name(name)[0]
