"""Text in, Documents with the annotation of all tasks out."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any, Literal

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict
from allennlp.data import DatasetReader, Instance
from allennlp.data.data_loaders import TensorDict
from allennlp.nn.util import move_to_device
from allennlp.predictors import Predictor

from hmtl.allocator import keep_freed_memory
from hmtl.batching import BatchBudget
from hmtl.document_json import to_json
from hmtl.documents import LAYERS, Document
from hmtl.instances import HeldInstances, tensors_of
from hmtl.json_values import parse
from hmtl.model import MultiTaskModel
from hmtl.predictors.groups import groups
from hmtl.predictors.input import document_of
from hmtl.predictors.side_by_side import carries_state, side_by_side
from hmtl.raw_text import TextSplitter

BUDGET = BatchBudget(batch_size=128, max_words=2**12)
"""What the model sees at once: more takes memory and saves no time."""
OTHER_KEYS = ("id", "text", "tokens", "offsets", "sentences", "genre", "speakers")
"""Of a Document JSON, besides the layers."""


@Predictor.register("hmtl")
class HmtlPredictor(Predictor):
    """Answers in input order, one Document JSON for each input, all tasks from one pass.

    # Parameters

    language, pipeline : how raw text is split, see `TextSplitter`; default as the experiment said, which the
        archive keeps in `dataset_reader`. On the command line: `--predictor-args '{"language": "de"}'`.
    mixed_precision : `bf16`, of embedder and levels: faster where the hardware knows it, and a close decision
        may fall the other way. Heads stay in single precision.
    threads : how many blocks of documents are annotated at once, each on one core; default as many as torch
        would put to one operation (`OMP_NUM_THREADS`). Only one on a GPU, and of a model with a part that
        carries its state from block to block, as ELMo's does.
    """

    def __init__(
        self,
        model: MultiTaskModel,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        language: str | None = None,
        pipeline: str | None = None,
        mixed_precision: Literal["bf16"] | None = None,
        threads: int | None = None,
    ) -> None:
        super().__init__(model, dataset_reader, frozen)
        if threads is not None and threads < 1:
            raise ConfigurationError(f"threads is {threads}; give at least 1, or leave it out")
        self._threads = 1 if carries_state(model) else threads
        if mixed_precision not in (None, "bf16"):
            raise ConfigurationError(
                f"mixed_precision: '{mixed_precision}' is unknown; choose bf16, or leave it out"
            )
        self._half = mixed_precision is not None
        keep_freed_memory()
        if language is None and pipeline is None:
            language, pipeline = dataset_reader.language, dataset_reader.pipeline
        self._split = TextSplitter(language, pipeline)
        self._lines = 0
        self._first = {model.heads[task].layer: task for task in reversed(model.tasks)}
        for task in model.tasks:
            if task in (*OTHER_KEYS, *LAYERS) and task not in self._first.values():
                raise ConfigurationError(
                    f"model.heads.{task}: another task fills the layer {model.heads[task].layer} first, and "
                    f"'{task}' is taken by the documents' own key; rename the task"
                )

    def annotate(self, documents: list[Document]) -> list[Document]:
        """Any number of documents, in order, with the model's annotation in place of their own. Where several
        tasks fill one layer the first does; see `predict_json` for the others."""
        answers = self._run([self._dataset_reader.text_to_instance(document) for document in documents])
        return [document for document, _ in answers]

    def batches(self, inputs: Iterator[Any]) -> Iterator[list[Any]]:
        """What `predict` takes at once: enough for some blocks on each core."""
        threads = self._at_once()
        return groups(inputs, 2 * threads * BUDGET.batch_size, 4 * threads * BUDGET.max_words)

    def load_line(self, line: str) -> JsonDict:
        """The line's object, named by its number if it has no `id`. AllenNLP leaves empty lines out
        before."""
        self._lines += 1
        source = f"input {self._lines} (empty lines not counted)"
        # a byte order mark is no part of the JSON
        inputs = parse(line.removeprefix("\ufeff"), source, ConfigurationError).value
        named = {"id": str(self._lines), **inputs}
        return named if named["id"] is not None else {**named, "id": str(self._lines)}

    def dump_line(self, outputs: JsonDict) -> str:
        return json.dumps(outputs, ensure_ascii=False) + "\n"

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        """One Document JSON (see `hmtl.document_json`) for one input; a task whose layer an earlier task has
        filled stands under its own name."""
        return self.predict_batch_json([inputs])[0]

    def predict_batch_json(self, inputs: list[JsonDict]) -> list[JsonDict]:
        """The same for each input. One without an `id` is named by its number."""
        return self.predict_batch_instance([self._instance(item, str(n)) for n, item in enumerate(inputs, 1)])

    def _instance(self, item: JsonDict, number: str) -> Instance:
        given = item.get("id") if isinstance(item, dict) else None
        name = number if given is None else given
        return self._dataset_reader.text_to_instance(document_of(item, number, f"input {name}", self._split))

    def predict_instance(self, instance: Instance) -> JsonDict:
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(self, instances: list[Instance]) -> list[JsonDict]:
        return [{**to_json(document), **others} for document, others in self._run(instances)]

    def _run(self, instances: list[Instance]) -> list[tuple[Document, dict[str, Any]]]:
        """Every document with the first annotation of each layer, and the JSON of the other tasks by name.
        Any number of documents: the model sees those of like length together, within `BUDGET`."""
        held = HeldInstances(instances)
        held.index_with(self._model.vocab)
        blocks: dict[bool, list[list[int]]] = {False: [], True: []}
        for numbers in BUDGET.batches(held.shapes(0, len(held)), None):
            blocks[_is_long(held, numbers)].append(numbers)
        annotate = partial(self._block, held)
        # the operations of a long document are long enough for all cores, and its memory is that of many
        found = [*side_by_side(annotate, blocks[False], self._at_once()), *map(annotate, blocks[True])]
        answers = {number: answer for block in found for number, answer in block}
        return [answers[number] for number in range(len(held))]

    def _block(
        self, held: HeldInstances, numbers: list[int]
    ) -> list[tuple[int, tuple[Document, dict[str, Any]]]]:
        """The answers for these instances, by their numbers."""
        found = self._annotations(tensors_of(held, numbers))
        answers = map(self._answer, held.documents(numbers), found)
        return list(zip(numbers, answers, strict=True))

    def _annotations(self, tensors: TensorDict) -> list[dict[str, Any]]:
        """What each task says of each document."""
        device = self._device()
        half = torch.autocast(device.type, torch.bfloat16) if self._half else nullcontext()
        with torch.inference_mode(), half:
            by_task = self._model(**move_to_device(tensors, device))["annotations"]
        return [dict(zip(by_task, values, strict=True)) for values in zip(*by_task.values(), strict=True)]

    def _device(self) -> torch.device:
        # AllenNLP asks all parameters, which takes as long as a level of a short sentence
        return next(self._model.parameters()).device

    def _at_once(self) -> int:
        return (self._threads or torch.get_num_threads()) if self._device().type == "cpu" else 1

    def _answer(self, document: Document, found: dict[str, Any]) -> tuple[Document, dict[str, Any]]:
        answer = document.replace(**{layer: found[task] for layer, task in self._first.items()})
        others: dict[str, Any] = {}
        for task, value in found.items():
            layer = self._model.heads[task].layer
            if self._first[layer] != task:
                others[task] = to_json(document.replace(**{layer: value}))[layer]
        return answer, others


def _is_long(held: HeldInstances, numbers: list[int]) -> bool:
    """Whether this block is one document that exceeds the budget by itself."""
    return int(held.shapes(numbers[0], numbers[0] + 1).prod()) > BUDGET.max_words
