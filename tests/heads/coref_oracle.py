"""The coreference model written a second time, span by span and pair by pair with explicit features, on the
parameters of a head. Slow and plain."""

import math

import torch
from torch import Tensor

from hmtl.documents import Document
from hmtl.heads.coref import CorefHead

Bounds = tuple[int, int]


def bucket(distance: int) -> int:
    """0, 1, 2, 3, 4, 5–7, 8–15, 16–31, 32–63, 64+."""
    return next(b for b, last in enumerate([0, 1, 2, 3, 4, 7, 15, 31, 63, math.inf]) if distance <= last)


def spans_of(document: Document, widest: int) -> list[Bounds]:
    return [
        (start, end)
        for first, last in document.sentences
        for start in range(first, last + 1)
        for end in range(start, min(last, start + widest - 1) + 1)
    ]


def represent(head: CorefHead, inputs: Tensor, outputs: Tensor, span: Bounds) -> Tensor:
    start, end = span
    exponentials = [torch.exp(head.spans.attention(inputs[t])) for t in range(start, end + 1)]
    attended = sum(e / sum(exponentials) * inputs[start + n] for n, e in enumerate(exponentials))
    width = head.spans.width.weight[min(end - start, head.spans.width.num_embeddings - 1)]
    return torch.cat([outputs[start], outputs[end], width, attended])


def feed_forward(scorer: torch.nn.Module, x: Tensor) -> Tensor:
    linears = [module for module in scorer.modules() if isinstance(module, torch.nn.Linear)]
    for linear in linears[:-1]:
        x = torch.relu(linear.weight @ x + linear.bias)
    return (linears[-1].weight @ x + linears[-1].bias)[0]


class Oracle:
    """The candidates of one document, their pair scores and the loss."""

    def __init__(self, head: CorefHead, inputs: Tensor, outputs: Tensor, document: Document) -> None:
        self.head, self.document = head, document
        widest = head.spans.width.num_embeddings
        vectors = {s: represent(head, inputs, outputs, s) for s in spans_of(document, widest)}
        self.mention_scores = {s: feed_forward(head.mentions.scorer, g) for s, g in vectors.items()}
        ranked = sorted(vectors, key=lambda s: -self.mention_scores[s].item())
        self.kept = sorted(ranked[: math.ceil(head.spans_per_word * len(document.tokens))])
        self.vectors = [vectors[span] for span in self.kept]
        self.pairs: dict[tuple[int, int], Tensor] = {}
        for i in range(len(self.kept)):
            for j in self.antecedents(i):
                self.pairs[i, j] = self.pair(i, j)

    def coarse(self, i: int, j: int) -> Tensor | float:
        if self.head.antecedents.coarse is None:
            return 0.0
        return self.vectors[i] @ self.head.antecedents.coarse.weight.T @ self.vectors[j]

    def antecedents(self, i: int) -> list[int]:
        window = self.head.antecedents.antecedent_window or len(self.kept)
        earlier = range(max(0, i - window), i)
        if self.head.antecedents.coarse is None:
            return list(earlier)
        score = lambda j: (self.mention_scores[self.kept[j]] + self.coarse(i, j)).item()  # noqa: E731
        return sorted(earlier, key=score, reverse=True)[: self.head.antecedents.max_antecedents]

    def pair(self, i: int, j: int) -> Tensor:
        mine, theirs = self.vectors[i], self.vectors[j]
        features = [self.head.antecedents.features[0].weight[bucket(i - j)]]
        if self.head.speakers:
            names = self.document.speakers
            same = names[self.kept[i][0]] == names[self.kept[j][0]] if names else None
            features.append(self.head.antecedents.features[1].weight[{None: 0, False: 1, True: 2}[same]])
        if self.head.genres:
            genre = self.head.genres.get(self.document.genre, 0)
            features.append(self.head.antecedents.features[-1].weight[genre])
        fine = feed_forward(self.head.antecedents.scorer, torch.cat([mine, theirs, mine * theirs, *features]))
        mentions = self.mention_scores[self.kept[i]] + self.mention_scores[self.kept[j]]
        return mentions + self.coarse(i, j) + fine

    def loss(self) -> Tensor:
        home = {span: n for n, cluster in enumerate(self.document.clusters) for span in cluster}
        total = torch.zeros((), dtype=torch.double)
        for i, span in enumerate(self.kept):
            scores = {j: s for (row, j), s in self.pairs.items() if row == i}
            gold = [j for j in scores if span in home and home.get(self.kept[j]) == home[span]]
            right = sum(scores[j].exp() for j in gold) if gold else torch.ones((), dtype=torch.double)
            total = total - torch.log(right / (1 + sum(s.exp() for s in scores.values())))
        if self.head.singletons:
            for span, score in self.mention_scores.items():
                right = torch.sigmoid(score) if span in home else 1 - torch.sigmoid(score)
                total = total - self.head.mention_loss_weight * torch.log(right)
        return total

    def clusters(self) -> list[list[Bounds]]:
        """Sorted, by merging along the links."""
        home = {span: [span] for span in self.kept}
        for i, span in enumerate(self.kept):
            best = max(
                (s.item(), j) for (row, j), s in [*self.pairs.items(), ((i, -1), torch.zeros(1))] if row == i
            )
            if best[1] >= 0 and home[self.kept[best[1]]] is not home[span]:
                merged = home[self.kept[best[1]]] + home[span]
                home.update(dict.fromkeys(merged, merged))
        clusters = {id(cluster): cluster for cluster in home.values()}.values()
        alone = lambda s: self.head.singletons and self.mention_scores[s].item() > 0  # noqa: E731
        return sorted(sorted(c) for c in clusters if len(c) > 1 or alone(c[0]))
