"""Frozen embeddings that are computed once."""

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from allennlp.modules import TokenEmbedder
from allennlp.nn.util import get_text_field_mask
from torch import Tensor

from hmtl.embedders.vector_store import KEY, VectorStore
from hmtl.paths import resolve
from hmtl.single_precision import single_precision

logger = logging.getLogger(__name__)


@TokenEmbedder.register("stored")
class StoredEmbedder(TokenEmbedder):
    """A frozen embedder whose vectors of a sentence are computed once in all training runs and kept on the
    disk: from the second epoch on, a pretrained transformer costs what reading its answers costs.

    A sentence is known by all that the embedder would see of it, and the embedder by its weights and
    settings. Its outputs for a sentence must not depend on the sentences beside it, which is so for
    transformers. What predictions and evaluations see is neither looked up nor kept.

    # Parameters

    embedder : is frozen, and never in training mode.
    directory : for any number of embedders; may begin with `$HMTL_DATA`. None: nothing is kept. A word takes
        four bytes for each of the embedder's numbers. Remove the folder to have the space again.
    half : keep half-precision numbers, which take half the space. What is not read but computed is rounded
        likewise.
    """

    def __init__(self, embedder: TokenEmbedder, directory: str | None = None, half: bool = False) -> None:
        super().__init__()
        self.embedder = embedder.eval().requires_grad_(False)
        self.half = half
        self._directory = directory
        self._store: VectorStore | None = None

    def get_output_dim(self) -> int:
        return self.embedder.get_output_dim()

    def train(self, mode: bool = True) -> "StoredEmbedder":
        """Of this, but not of the embedder."""
        super().train(mode)
        self.embedder.eval()
        return self

    def keep(self) -> None:
        """From now on looks up what has been computed and keeps what has not."""
        if self._directory is not None and self._store is None:
            folder = Path(resolve(self._directory)) / fingerprint(self.embedder, self.half)
            self._store = VectorStore(folder, self.get_output_dim(), np.dtype("f2" if self.half else "f4"))
            logger.info("%s: holds vectors of %d sentences", folder, len(self._store))

    @torch.no_grad()
    def forward(self, *only: Tensor, **tensors: Tensor) -> Tensor:
        """What the embedder gives for tensors `(rows, …)`: `(rows, words, dim)`, anything at padding."""
        if self._store is None:
            return self._computed(only, tensors)
        named = {**{str(place): tensor for place, tensor in enumerate(only)}, **tensors}
        keys, mask = row_keys(named), get_text_field_mask({"words": named})
        lengths = mask.sum(1).tolist()
        whole = torch.zeros(*mask.shape, self.get_output_dim())
        missing = []
        for row, (key, length) in enumerate(zip(keys, lengths, strict=True)):
            vectors = self._store.get(key)
            if vectors is None or len(vectors) != length:
                missing.append(row)
            else:
                whole[row, :length] = torch.from_numpy(vectors.astype("f4"))
        if missing:
            parts = [tensor[missing] for tensor in only], {n: t[missing] for n, t in tensors.items()}
            # what is kept is for all runs, also for those in single precision
            with single_precision(mask.device.type):
                whole[missing] = self._computed(*parts).float().cpu()
        for row in missing:
            self._store.add(keys[row], whole[row, : lengths[row]].numpy())
        return whole.to(mask.device)

    def _computed(self, only: Sequence[Tensor], tensors: dict[str, Tensor]) -> Tensor:
        vectors = self.embedder(*only, **tensors)
        return vectors.half().to(vectors.dtype) if self.half else vectors


def keep_all(model: torch.nn.Module) -> None:
    """Has all of a model's stored embedders keep. Their weights must be what they will stay."""
    for module in model.modules():
        if isinstance(module, StoredEmbedder):
            module.keep()


def row_keys(tensors: dict[str, Tensor]) -> list[bytes]:
    """A key for each row of tensors `(rows, …)`, whatever padding, which is 0, stands at its end."""
    arrays = {name: tensor.cpu().numpy() for name, tensor in sorted(tensors.items())}
    rows = len(next(iter(arrays.values())))
    return [_key([(name, _trimmed(array[row])) for name, array in arrays.items()]) for row in range(rows)]


def _key(parts: list[tuple[str, np.ndarray]]) -> bytes:
    digest = hashlib.blake2b(digest_size=KEY)
    for name, array in parts:
        digest.update(f"{name} {array.dtype} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.digest()


def _trimmed(row: np.ndarray) -> np.ndarray:
    """Without zeros at the end of every dimension."""
    places = np.nonzero(row)
    return row[tuple(slice(int(own.max()) + 1 if len(own) else 0) for own in places)]


def fingerprint(embedder: torch.nn.Module, half: bool) -> str:
    """A name for the embedder's weights and for all its settings that are numbers, truth values or names."""
    digest = hashlib.blake2b(f"{half} {embedder}".encode(), digest_size=KEY)
    for name, module in embedder.named_modules():
        digest.update(f"{name} {_settings(module)}\n".encode())
    for name, value in embedder.state_dict().items():
        digest.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _settings(module: torch.nn.Module) -> dict[str, Any]:
    simple = (bool, int, float, str, type(None))
    return {n: v for n, v in sorted(vars(module).items()) if isinstance(v, simple) and n != "training"}
