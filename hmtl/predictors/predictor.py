"""Text in, Documents with the annotation of all tasks out."""

import json
from typing import Any

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict
from allennlp.data import Batch, DatasetReader, Instance
from allennlp.models import Model
from allennlp.nn.util import move_to_device
from allennlp.predictors import Predictor

from hmtl.document_json import to_json
from hmtl.documents import Document
from hmtl.predictors.input import document_of
from hmtl.predictors.text import TextSplitter


@Predictor.register("hmtl")
class HmtlPredictor(Predictor):
    """Answers in input order, one Document JSON for each input, all tasks from one pass.

    # Parameters

    language, pipeline : how raw text is split; see `TextSplitter`. On the command line: `--predictor-args '{"language": "de"}'`.
    """

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        language: str = "en",
        pipeline: str | None = None,
    ) -> None:
        super().__init__(model, dataset_reader, frozen)
        self._split = TextSplitter(language, pipeline)
        self._lines = 0

    def annotate(self, documents: list[Document]) -> list[Document]:
        """The documents with the model's annotation in place of their own. Where several tasks fill one layer the first does; see `predict_json`
        for the others."""
        answers = self._run([self._dataset_reader.text_to_instance(document) for document in documents])
        return [document for document, _ in answers]

    def load_line(self, line: str) -> JsonDict:
        self._lines += 1
        try:
            return {"source": f"input line {self._lines}", "data": json.loads(line)}
        except (json.JSONDecodeError, RecursionError) as error:
            raise ConfigurationError(f'input line {self._lines}: is not JSON ({error}); write {{"text": "…"}}') from error

    def dump_line(self, outputs: JsonDict) -> str:
        return json.dumps(outputs, ensure_ascii=False) + "\n"

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        """One Document JSON (see `hmtl.document_json`) for one input; a task whose layer an earlier task has filled stands under its own name."""
        return self.predict_batch_json([inputs])[0]

    def predict_batch_json(self, inputs: list[JsonDict]) -> list[JsonDict]:
        return self.predict_batch_instance([self._json_to_instance(item) for item in inputs])

    def predict_instance(self, instance: Instance) -> JsonDict:
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(self, instances: list[Instance]) -> list[JsonDict]:
        return [{**to_json(document), **others} for document, others in self._run(instances)]

    def _json_to_instance(self, json_dict: JsonDict) -> Instance:
        is_line = set(json_dict) == {"source", "data"}
        data, source = (json_dict["data"], json_dict["source"]) if is_line else (json_dict, "input")
        document = document_of(data, source.replace("input line ", "") if is_line else "1", source, self._split)
        return self._dataset_reader.text_to_instance(document)

    def _run(self, instances: list[Instance]) -> list[tuple[Document, dict[str, Any]]]:
        """Every document with the first annotation of each layer, and the JSON of the other tasks by name."""
        batch = Batch(instances)
        batch.index_instances(self._model.vocab)
        with torch.inference_mode():
            annotations = self._model(**move_to_device(batch.as_tensor_dict(), self._model._get_prediction_device()))["annotations"]
        layers = {task: self._model.heads[task].layer for task in annotations}
        answers = []
        for number, instance in enumerate(instances):
            document = instance["documents"].document
            first: dict[str, Any] = {}
            others: dict[str, Any] = {}
            for task, layer in layers.items():
                value = annotations[task][number]
                if layer in first:
                    others[task] = to_json(document.replace(**{layer: value}))[layer]
                else:
                    first[layer] = value
            answers.append((document.replace(**first), others))
        return answers
