"""The contract of a head: a level's representation in; loss, annotation and metrics of one task out."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from allennlp.common import Registrable
from allennlp.data import Vocabulary
from torch import Tensor

from hmtl.backbones.level import Level
from hmtl.documents import Document


class Head(torch.nn.Module, Registrable):
    """Supervises one task at one level.

    Subclasses implement `score`, `loss`, `decode` and `measure`; each takes the batch's Documents, whose
    annotation is the only source of gold labels, so that what a head cannot represent still counts as
    missed in its metrics.

    # Parameters

    vocab : label sets are namespaces `{task}_labels` and hold the span, relation or other labels of the
        task's documents (not tags: a head derives BIO or BIOUL tags itself). It is never padded and has no
        OOV entry.
    task : the task's name in the config.
    input_dim, output_dim : widths of `Level.inputs` and `Level.outputs`.
    """

    layer: ClassVar[str]
    """The Document field that this head fills."""
    main_metric: ClassVar[str]
    """The metric, with its direction (`+f1`), that selects the best epoch unless the config names another."""

    def __init__(self, vocab: Vocabulary, task: str, input_dim: int, output_dim: int) -> None:
        super().__init__()
        self.task = task
        self.namespace = f"{task}_labels"
        # Asking the vocabulary for a namespace that it lacks would make an empty one, which cannot be saved.
        known = self.namespace in vocab.get_namespaces()
        index = vocab.get_index_to_token_vocabulary(self.namespace) if known else {}
        self.labels: list[str] = [label for _, label in sorted(index.items())]

    def forward(
        self,
        level: Level,
        documents: list[Document],
        supervised: bool,
        batch: Sequence[Document] | None = None,
    ) -> dict[str, Any]:
        """Scores a batch.

        Training computes the loss alone. Evaluation (`supervised`, in `eval` mode) computes the loss,
        decodes and updates the metrics. Prediction (not `supervised`) decodes alone and never looks at
        annotation.

        # Parameters

        batch : all documents of the batch that these are a part of, where it goes through the network in
            parts; default these.

        # Returns

        `loss` : scalar, where `supervised`. `annotations` : one value of the Document field `layer` for
        each document, in evaluation and prediction.
        """
        output: dict[str, Any] = {}
        scores = self.score(level, documents, supervised)
        if supervised:
            output["loss"] = self.loss(scores, level, documents, documents if batch is None else batch)
        if not self.training:
            output["annotations"] = self.decode(scores, level, documents)
            if supervised:
                self.measure(output["annotations"], documents)
        return output

    def score(self, level: Level, documents: list[Document], supervised: bool) -> Any:
        """Whatever the loss and the decoder both need."""
        raise NotImplementedError

    def loss(self, scores: Any, level: Level, documents: list[Document], batch: Sequence[Document]) -> Tensor:
        """The scalar share that these documents have in the loss of `batch`: of the parts of a batch, the
        losses add up to that of the whole. A sum takes no notice of `batch`, a mean divides by it. Raises
        `ConfigurationError` for a label not in the vocabulary."""
        raise NotImplementedError

    def decode(self, scores: Any, level: Level, documents: list[Document]) -> list[Any]:
        """The predicted value of `layer` for each document, spans in the document's own token indices."""
        raise NotImplementedError

    def measure(self, predictions: list[Any], documents: list[Document]) -> None:
        """Adds predicted against gold annotation to the metrics."""
        raise NotImplementedError

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        """Names without the task, such as `precision`, `recall`, `f1`."""
        raise NotImplementedError
