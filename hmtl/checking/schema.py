"""A config beside the signatures that it is for, as AllenNLP's `from_params` would read it, but nothing is
built."""

import collections.abc
import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

from allennlp.commands.train import TrainModel
from allennlp.common import FromParams, Lazy, Registrable
from allennlp.common.annotations import signature_of
from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import construct_arg, infer_constructor_params, remove_optional
from allennlp.data import DataLoader, DatasetReader, Vocabulary
from allennlp.models import Model
from allennlp.modules import Seq2SeqEncoder
from allennlp.training import Trainer
from allennlp.training.learning_rate_schedulers import LearningRateScheduler
from allennlp.training.optimizers import Optimizer

from hmtl.backbones import Backbone
from hmtl.backbones.encoder import WIDTH_ARGUMENTS
from hmtl.checking.finding import did_you_mean
from hmtl.heads import Head

RUN_KEYS = ("random_seed", "numpy_seed", "pytorch_seed", "distributed", "include_in_archive", "evaluation")
"""What `allennlp train` takes from a config before it reads the rest."""
FILLED_IN: dict[type, tuple[str, ...]] = {
    TrainModel: ("serialization_dir", "local_rank"),
    Model: ("serialization_dir", "ddp_accelerator"),
    Backbone: ("input_dim", "tasks"),
    Head: ("task", "input_dim", "output_dim"),
    Seq2SeqEncoder: WIDTH_ARGUMENTS,
    DatasetReader: ("task", "token_indexers"),
    DataLoader: ("reader", "data_path"),
    Trainer: ("model", "data_loader", "validation_data_loader", "serialization_dir", "local_rank"),
    Optimizer: ("model_parameters",),
    LearningRateScheduler: ("optimizer", "num_epochs", "num_steps_per_epoch"),
    Vocabulary: ("instances",),
}
"""Arguments that the program knows when it builds an object late."""
ANYWHERE = ("self", "cls", "vocab")
PRIMITIVES = (bool, int, float, str)
MAPPINGS = (dict, collections.abc.Mapping)
SEQUENCES = (list, set, collections.abc.Iterable, collections.abc.Sequence)


@dataclass(frozen=True)
class Node:
    """An object that a config describes: its key, its class, what the config states, what can be stated."""

    key: str
    cls: type
    given: Mapping[str, Any]
    parameters: Mapping[str, inspect.Parameter]

    def value(self, name: str) -> Any:
        """What the config states, or else the constructor's default; None where there is neither."""
        if name in self.given:
            return self.given[name]
        default = self.parameters[name].default if name in self.parameters else None
        return None if default is inspect.Parameter.empty else default


@dataclass(frozen=True)
class Slip:
    """Something in a config that no constructor would take."""

    key: str
    cause: str
    mend: str


Step = Iterator[Node | Slip]


def walk_config(config: Mapping[str, Any]) -> Step:
    """All objects of the config of a training run, and all slips."""
    own = {key: value for key, value in config.items() if key not in RUN_KEYS}
    return _object(own, TrainModel, "", FILLED_IN[TrainModel])


def _walk(value: Any, annotation: Any, key: str) -> Step:
    annotation = remove_optional(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if value is None:
        return
    if origin is Lazy:
        yield from _object(value, arguments[0], key, FILLED_IN.get(arguments[0]))
    elif origin in (Union, types.UnionType):
        attempts = [list(_walk(value, argument, key)) for argument in arguments]
        yield from min(attempts, key=lambda steps: sum(isinstance(step, Slip) for step in steps))
    elif origin in MAPPINGS and len(arguments) == 2:
        yield from _items(value, arguments[1], key)
    elif origin is tuple and isinstance(value, list) and Ellipsis not in arguments:
        for number, (item, argument) in enumerate(zip(value, arguments, strict=False)):
            yield from _walk(item, argument, f"{key}.{number}")
    elif origin in SEQUENCES and isinstance(value, list) and arguments:
        for number, item in enumerate(value):
            yield from _walk(item, arguments[0], f"{key}.{number}")
    elif annotation in PRIMITIVES or origin is Literal:
        yield from _primitive(value, annotation, key)
    elif isinstance(annotation, type) and issubclass(annotation, FromParams):
        yield from _object(value, annotation, key, ())


def _items(value: Any, annotation: Any, key: str) -> Step:
    if not isinstance(value, dict):
        yield Slip(key, f"is {value!r} where an object belongs", "write {…}")
        return
    for name, item in value.items():
        yield from _walk(item, annotation, f"{key}.{name}")


def _primitive(value: Any, annotation: Any, key: str) -> Step:
    try:
        construct_arg("", key.rpartition(".")[2], value, annotation, None)
    except ConfigurationError as fault:
        yield Slip(key, f"is {value!r}, which does not fit: {fault}", "give a value of that kind")


def _object(value: Any, base: type, key: str, filled: tuple[str, ...] | None) -> Step:
    """`filled` : arguments that the program adds; None where that is not known."""
    given = {"type": value} if isinstance(value, str) else value
    if not isinstance(given, dict):
        yield Slip(key, f"is {value!r} where an object belongs", "write {…}")
        return
    if "_pretrained" in given:
        return
    cls, constructor = base, None
    if Registrable._registry.get(base):
        name = given.get("type", base.default_implementation)  # type: ignore[attr-defined]
        try:
            cls, constructor = base.resolve_class_name(str(name))  # type: ignore[attr-defined]
        except ConfigurationError:
            known = sorted(base.list_available())  # type: ignore[attr-defined]
            cause = "has no type" if name is None else f"'{name}' is no registered {base.__name__}"
            yield Slip(f"{key}.type".lstrip("."), cause, did_you_mean(name, known))
            return
        given = {name: item for name, item in given.items() if name != "type"}
    # a class that is no FromParams gets its arguments as they stand
    if isinstance(cls, type) and issubclass(cls, FromParams):
        method = getattr(cls, constructor) if constructor else cls.__init__
        yield from _arguments(cls, method, given, key, filled)


def _arguments(
    cls: type, method: Any, given: dict[str, Any], key: str, filled: tuple[str, ...] | None
) -> Step:
    parameters = {
        name: parameter
        for name, parameter in infer_constructor_params(cls, method).items()
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }
    yield Node(key, cls, given, parameters)
    known = [name for name in parameters if name not in ANYWHERE]
    free = [name for name in known if name not in (filled or ())]
    for name, item in given.items():
        place = f"{key}.{name}".lstrip(".")
        if name in known:
            yield from _walk(item, parameters[name].annotation, place)
        elif not _takes_any(cls, method):
            yield Slip(place, f"is never used: {cls.__name__} has no such key", did_you_mean(name, free))
    needed = (name for name in known if parameters[name].default is inspect.Parameter.empty)
    for name in needed if filled is not None else ():
        if name not in given and name not in filled:
            yield Slip(f"{key}.{name}".lstrip("."), f"is missing, and {cls.__name__} needs it", "state it")


def _takes_any(cls: type, method: Any) -> bool:
    """Whether the constructor, and each above it that it hands its `**kwargs` to, takes any keyword."""
    if not any(p.kind is p.VAR_KEYWORD for p in signature_of(method).parameters.values()):
        return False
    above = next((parent for parent in cls.__mro__[1:] if issubclass(parent, FromParams)), FromParams)
    return above in (FromParams, Registrable) or _takes_any(above, above.__init__)  # type: ignore[misc]
