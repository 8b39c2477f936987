"""What the tests of both heads of relations share."""

from collections.abc import Iterable
from itertools import permutations
from typing import Any

import torch
from allennlp.common import Lazy
from allennlp.data import Vocabulary

from hmtl.backbones.level import Level
from hmtl.documents import Document, Relation, Span
from hmtl.heads.head import Head

INPUT_DIM, OUTPUT_DIM = 7, 6  # of make_level
TASK, LABELS, TYPES = "rel", ["LIVES", "WORKS"], ["LOC", "PER"]


@Head.register("fixed_spans")
class FixedSpans(Head):
    """Finds what it is told, one list of spans for each document; its loss is a constant."""

    layer, main_metric = "mentions", "+f1"

    def __init__(
        self, vocab: Vocabulary, task: str, input_dim: int, output_dim: int, spans: list[Any] = ()
    ) -> None:
        super().__init__(vocab, task, input_dim, output_dim)
        self.spans = spans

    def score(self, level: Level, documents: list[Document], supervised: bool) -> None:
        self.seen = documents

    def loss(
        self, scores: None, level: Level, documents: list[Document], batch: list[Document]
    ) -> torch.Tensor:
        return torch.tensor(7.0)

    def decode(self, scores: None, level: Level, documents: list[Document]) -> list[tuple[Span, ...]]:
        return [tuple(Span(*span) for span in spans) for spans in self.spans]

    def measure(self, predictions: list[Any], documents: list[Document]) -> None:
        self.measured = (predictions, documents)

    def get_metrics(self, reset: bool = False) -> dict[str, float]:
        return {"f1": 0.25}


def fixed(spans: list[Any]) -> Lazy[Head]:
    return Lazy(FixedSpans, constructor_extras={"spans": spans})


def relation_vocab(labels: Iterable[str] = LABELS, types: Iterable[str] = TYPES) -> Vocabulary:
    vocab = Vocabulary()
    for name, items in ((f"{TASK}_labels", labels), (f"{TASK}_argument_labels", types)):
        for label in items:
            vocab.add_token_to_namespace(label, name)
    return vocab


def double(level: Level) -> Level:
    return Level(level.inputs.double(), level.outputs.detach().double().requires_grad_(), level.mask)


def without_decoding(head: Head) -> Head:
    """The head, which now fails when it decodes or measures, as does each head inside."""

    def fail(*_: Any) -> None:
        raise AssertionError("decoded")

    for module in head.modules():
        if isinstance(module, Head):
            module.decode = module.measure = fail
    return head


def colour_documents(count: int, nested: bool) -> list[Document]:
    """Sentences of coloured words: spans of two words, `p p` a PER and `l l` a LOC; each PER LIVES in each
    LOC to its right and WORKS in each to its left. Nested: a third word `o` after a PER makes a longer span,
    an ORG."""
    generator = torch.Generator().manual_seed(5)
    documents = []
    for number in range(count):
        words, mentions, places = [], [], []
        for kind in torch.randint(3, (4,), generator=generator).tolist():
            start = len(words)
            words += [["x"], ["p", "p"], ["l", "l"]][kind]
            if kind:
                mentions.append(Span(start, start + 1, TYPES[2 - kind]))
            if nested and kind == 1:
                words.append("o")
                mentions.append(Span(start, start + 2, "ORG"))
        people = [m for m in mentions if m.label in ("PER", "ORG")]
        places = [m for m in mentions if m.label == "LOC"]
        relations = [
            Relation(a, b, LABELS[a > b])
            for a in people
            for b in places
            if nested is False or a.label == "ORG"
        ]
        relations += [
            Relation(a, b, "WORKS") for a, b in permutations(people, 2) if a.start == b.start and a < b
        ]
        documents.append(
            Document(
                id=str(number),
                tokens=words,
                mentions=mentions,
                relations=relations,
                source=f"colours:{number}",
            )
        )
    return documents


class Colours(torch.nn.Module):
    """Documents to a level: an embedding of the words and a bidirectional LSTM."""

    def __init__(self, dim: int = 16) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(4, dim)
        self.encoder = torch.nn.LSTM(dim, dim, batch_first=True, bidirectional=True)

    def forward(self, documents: list[Document]) -> Level:
        rows = [torch.tensor(["xplo".index(word) for word in document.tokens]) for document in documents]
        words = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1)
        mask = words >= 0
        inputs = self.embedding(words.clamp(min=0))
        return Level(inputs, self.encoder(inputs)[0], mask)


def train(head: Head, documents: list[Document], steps: int = 150) -> tuple[list[Any], dict[str, float]]:
    """Predictions and metrics on the documents, after training on them."""
    colours = Colours()
    optimiser = torch.optim.Adam([*colours.parameters(), *head.parameters()], lr=0.02)
    for _ in range(steps):
        optimiser.zero_grad()
        head(colours(documents), documents, supervised=True)["loss"].backward()
        optimiser.step()
    head.eval()
    with torch.no_grad():
        head(colours(documents), documents, supervised=True)
        bare = [document.bare() for document in documents]
        return head(colours(documents), bare, supervised=False)["annotations"], head.get_metrics(reset=True)
