"""Flat spans as tags of words, and back."""

from collections.abc import Iterable, Iterator

import numpy as np
import torch
from allennlp.common.checks import ConfigurationError
from torch import LongTensor

PREFIXES = {"BIO": "BI", "BIOUL": "BIUL"}


class TagSet:
    """The tags of some labels: O is 0, and label l owns the next tags from `1 + l * len(prefixes)`, one for
    each prefix.

    # Raises

    `ConfigurationError` for an encoding other than `BIO` and `BIOUL`.
    """

    def __init__(self, labels: list[str], encoding: str) -> None:
        if encoding not in PREFIXES:
            raise ConfigurationError(f"encoding: '{encoding}' is unknown; choose {' or '.join(PREFIXES)}")
        self.labels = labels
        self.prefixes = PREFIXES[encoding]
        self.names = ["O", *(f"{prefix}-{label}" for label in labels for prefix in self.prefixes)]

    def encode(self, spans: Iterable[tuple[int, int, int, int]], rows: int, tokens: int) -> LongTensor:
        """`(rows, tokens)` from spans `(row, start, end, index of the label)` that do not overlap."""
        tags = np.zeros((rows, tokens), dtype=np.int64)
        begin, inside = self.prefixes.index("B"), self.prefixes.index("I")
        last, unit = (self.prefixes.index(x if x in self.prefixes else y) for x, y in ("LI", "UB"))
        for row, start, end, label in spans:
            first_tag = 1 + label * len(self.prefixes)
            tags[row, start : end + 1] = first_tag + inside
            tags[row, end] = first_tag + last
            tags[row, start] = first_tag + (begin if start < end else unit)
        return torch.from_numpy(tags)

    def decode(self, tags: LongTensor) -> Iterator[tuple[int, int, int, str]]:
        """`(row, start, end, label)` of each span, in order, from `(rows, tokens)` with 0 at padding.

        A tag that continues nothing begins a span, so any sequence reads.
        """
        tags = tags.cpu()
        continuing = torch.tensor([False, *(p in "IL" for _ in self.labels for p in self.prefixes)])
        # each (rows, tokens)
        inside = tags > 0
        follows = continuing[tags]
        follows[:, 1:] &= inside[:, :-1]
        follows[:, 0] = False
        goes_on = torch.cat([follows[:, 1:], torch.zeros_like(follows[:, :1])], 1)
        # each (spans, 2), as both are in row order: the n-th start belongs to the n-th end
        starts, ends = (inside & ~follows).nonzero(), (inside & ~goes_on).nonzero()
        labels = (tags[starts[:, 0], starts[:, 1]] - 1) // len(self.prefixes)
        for (row, start), end, label in zip(
            starts.tolist(), ends[:, 1].tolist(), labels.tolist(), strict=True
        ):
            yield row, start, end, self.labels[label]
