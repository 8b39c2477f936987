"""A linear-chain conditional random field (Lafferty et al. 2001) over the tags of a sentence."""

import torch
from allennlp.modules.conditional_random_field.conditional_random_field import allowed_transitions
from torch import BoolTensor, LongTensor, Tensor

from hmtl.heads.crf_partition import LogPartition
from hmtl.single_precision import single_precision

_BLOCK = 2**20  # pairs of tags: few enough to stay in a CPU's cache


class LinearChainCRF(torch.nn.Module):
    """`p(y|x) ∝ exp(start[y_1] + Σ_t logits[t, y_t] + Σ_t transitions[y_{t-1}, y_t] + end[y_T])`.

    The encoding's constraints bind the decoder alone, so that the loss is that of an ordinary CRF. Rows are
    padded on the right and hold a word at least; padding may hold anything, even what is not a number.

    # Parameters

    tags : tag names, such as `["O", "B-PER", "I-PER"]`. encoding : `BIO` or `BIOUL`.
    """

    def __init__(self, tags: list[str], encoding: str) -> None:
        super().__init__()
        count = len(tags)
        self.transitions = torch.nn.Parameter(torch.empty(count, count))
        self.start_transitions = torch.nn.Parameter(torch.empty(count))
        self.end_transitions = torch.nn.Parameter(torch.empty(count))
        # (tags + 2, tags + 2): START and END are the last two
        penalties = torch.full((count + 2, count + 2), -torch.inf)
        penalties[tuple(zip(*allowed_transitions(encoding, dict(enumerate(tags))), strict=True))] = 0.0
        self.register_buffer("penalties", penalties, persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        torch.nn.init.xavier_normal_(self.transitions)
        torch.nn.init.normal_(self.start_transitions)
        torch.nn.init.normal_(self.end_transitions)

    def forward(self, logits: Tensor, tags: LongTensor, mask: BoolTensor) -> Tensor:
        """`log p(tags | logits)` of each row: `(rows,)` from `(rows, tokens, tags)`, `(rows, tokens)` and the
        mask."""
        with single_precision(logits.device.type):
            logits = logits.to(self.transitions.dtype).masked_fill(~mask.unsqueeze(-1), 0.0)
            tags, last = tags.masked_fill(~mask, 0), mask.sum(1) - 1
            return self._path_score(logits, tags, mask, last) - self._log_partition(logits, last)

    def _path_score(self, logits: Tensor, tags: LongTensor, mask: BoolTensor, last: LongTensor) -> Tensor:
        emitted = logits.gather(2, tags.unsqueeze(2)).squeeze(2)
        # (rows, tokens - 1)
        moves = tags[:, :-1] * len(self.transitions) + tags[:, 1:]
        # selected, not indexed with two tensors, whose gradient is sorted first
        moved = self.transitions.flatten().index_select(0, moves.flatten()).view_as(moves)
        # (rows, tokens): the first word's move is from the start
        scores = torch.cat([self.start_transitions.index_select(0, tags[:, 0]).unsqueeze(1), moved], 1)
        last_tags = tags.gather(1, last.unsqueeze(1)).squeeze(1)
        ends = self.end_transitions.index_select(0, last_tags)
        return (scores + emitted).masked_fill(~mask, 0.0).sum(1) + ends

    def _log_partition(self, logits: Tensor, last: LongTensor) -> Tensor:
        """The forward algorithm: `(rows,)`."""
        if LogPartition.serves(self.transitions, self.end_transitions):
            return LogPartition.apply(
                logits, self.transitions, self.start_transitions, self.end_transitions, last
            )
        # each (rows, tags)
        alphas = [self.start_transitions + logits[:, 0]]
        for emitted in logits.unbind(1)[1:]:
            alphas.append(torch.logsumexp(alphas[-1].unsqueeze(2) + self.transitions, 1) + emitted)
        return torch.logsumexp(_at(last, torch.stack(alphas, 1)) + self.end_transitions, 1)

    @torch.no_grad()
    def best_tags(self, logits: Tensor, mask: BoolTensor) -> LongTensor:
        """The most likely tags that the encoding allows (Viterbi): `(rows, tokens)`, 0 at padding. Some rows
        at a time: a step compares all pairs of tags."""
        size = max(1, _BLOCK // len(self.transitions) ** 2)
        blocks = zip(logits.split(size), mask.split(size), strict=True)
        return torch.cat([self._best_tags(*block) for block in blocks])

    def _best_tags(self, logits: Tensor, mask: BoolTensor) -> LongTensor:
        logits, last = logits.to(self.transitions.dtype), mask.sum(1) - 1
        # (tags, tags before): the best is sought along the last dimension
        moves = (self.transitions + self.penalties[:-2, :-2]).t().contiguous()
        # each (rows, tags)
        scores = [self.start_transitions + self.penalties[-2, :-2] + logits[:, 0]]
        for emitted in logits.unbind(1)[1:]:
            # (rows, tags, tags before) -> (rows, tags)
            scores.append((scores[-1].unsqueeze(1) + moves).amax(2).add_(emitted))
        final = _at(last, torch.stack(scores, 1)) + self.end_transitions + self.penalties[:-2, -1]
        return _trace(final.argmax(1), scores, moves, last).masked_fill(~mask, 0)


def _at(places: LongTensor, tensor: Tensor) -> Tensor:
    """`(rows, tokens, dim)` at one word of each row: `(rows, dim)`."""
    return tensor[torch.arange(len(places), device=places.device), places]


def _trace(last_tags: LongTensor, scores: list[Tensor], moves: Tensor, last: LongTensor) -> LongTensor:
    """The best paths back from the last tag of each row: `(rows, tokens)`. Where a path came from is asked
    along it alone, not for every tag on the way."""
    # each (rows,)
    tags = [last_tags]
    for position in range(len(scores) - 2, -1, -1):
        came_from = (scores[position] + moves.index_select(0, tags[-1])).argmax(1)
        tags.append(torch.where(last == position, last_tags, came_from))
    return torch.stack(tags[::-1], 1)
