"""A frozen embedder that is asked once."""

import copy
import json
from pathlib import Path

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models.archival import load_archive
from allennlp.modules import TokenEmbedder
from allennlp.modules.text_field_embedders import BasicTextFieldEmbedder
from allennlp.modules.token_embedders import PretrainedTransformerMismatchedEmbedder
from allennlp.predictors import Predictor
from small_run import build, config_of, write_corpus
from torch import Tensor

from hmtl.embedders import StoredEmbedder
from hmtl.embedders.stored import fingerprint, row_keys

DIM = 3


class Summing(TokenEmbedder):
    """A word's vector is made of its pieces; counts the rows that it was asked for."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(20, DIM)
        self.dropout = torch.nn.Dropout(0.5)
        self.scale = scale
        self.rows = 0

    def get_output_dim(self) -> int:
        return DIM

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        self.rows += len(pieces)
        return self.dropout(self.table(pieces).sum(2)) * self.scale


class Multiplying(Summing):
    """Has a product, which mixed precision would make half."""

    def __init__(self) -> None:
        super().__init__()
        self.product = torch.nn.Linear(DIM, DIM)
        self.eval()

    def forward(self, pieces: Tensor, mask: Tensor) -> Tensor:
        return self.product(super().forward(pieces, mask))


def embedder(directory: Path | None, seed: int = 0, **options: object) -> StoredEmbedder:
    torch.manual_seed(seed)
    inner = Summing(options.pop("scale", 1.0))
    stored = StoredEmbedder(inner, None if directory is None else str(directory), **options)
    stored.keep()
    return stored


def batch(lengths: list[int], seed: int = 0, extra: int = 0) -> dict[str, Tensor]:
    """Rows of words of up to two pieces. A row's words do not depend on the padding."""
    mask = torch.arange(max(lengths) + extra) < torch.tensor(lengths).unsqueeze(1)
    pieces = torch.zeros(*mask.shape, 2, dtype=torch.long)
    for row, length in enumerate(lengths):
        rng = torch.Generator().manual_seed(100 * seed + length)
        pieces[row, :length, 0] = torch.randint(1, 20, (length,), generator=rng)
        pieces[row, :length, 1] = torch.randint(0, 20, (length,), generator=rng)
    return {"pieces": pieces, "mask": mask}


def assert_words_equal(found: Tensor, expected: Tensor, tensors: dict[str, Tensor], **options: float) -> None:
    assert found.shape == expected.shape
    torch.testing.assert_close(found[tensors["mask"]], expected[tensors["mask"]], **options)


@pytest.mark.parametrize("mode", [True, False])
def test_equals_the_embedder_and_asks_it_once(tmp_path: Path, mode: bool) -> None:
    stored, tensors = embedder(tmp_path).train(mode), batch([4, 2, 5])
    expected = stored.embedder(**tensors)
    stored.embedder.rows = 0
    assert_words_equal(stored(**tensors), expected, tensors, rtol=0, atol=0)
    assert stored.embedder.rows == 3
    wider = batch([2, 6, 4], extra=3)
    assert_words_equal(stored(**wider), stored.embedder(**wider), wider, rtol=0, atol=0)
    # the second alone was new
    assert stored.embedder.rows == 3 + 1 + 3


def test_a_later_run_asks_nothing(tmp_path: Path) -> None:
    first, tensors = embedder(tmp_path), batch([4, 2, 5])
    expected = first(**tensors)
    later = embedder(tmp_path)
    assert_words_equal(later(**tensors), expected, tensors, rtol=0, atol=0)
    assert later.embedder.rows == 0


@pytest.mark.parametrize("change", [{"seed": 1}, {"scale": 2.0}, {"half": True}])
def test_another_embedder_finds_nothing_of_this_one(tmp_path: Path, change: dict) -> None:
    tensors = batch([4, 2])
    embedder(tmp_path)(**tensors)
    other = embedder(tmp_path, **change)
    other(**tensors)
    assert other.embedder.rows == 2


def test_half_precision(tmp_path: Path) -> None:
    tensors = batch([4, 2])
    stored, bare = embedder(tmp_path, half=True), embedder(None, half=True)
    expected = bare.embedder(**tensors).half().float()
    for _ in range(2):
        assert_words_equal(stored(**tensors), expected, tensors, rtol=0, atol=0)
    assert_words_equal(bare(**tensors), expected, tensors, rtol=0, atol=0)
    (vectors,) = tmp_path.glob("*/*.vectors")
    assert vectors.stat().st_size == 6 * DIM * 2


def test_what_is_kept_is_in_single_precision_whatever_the_run(tmp_path: Path) -> None:
    torch.manual_seed(0)
    inner = Multiplying()
    tensors = batch([4, 2])
    expected = inner(**tensors)
    stored = StoredEmbedder(inner, str(tmp_path))
    stored.keep()
    for _ in range(2):
        with torch.autocast("cpu", torch.bfloat16):
            assert_words_equal(stored(**tensors), expected, tensors, rtol=0, atol=0)


def test_nothing_is_kept_before_training_and_without_a_place(tmp_path: Path) -> None:
    tensors = batch([4])
    for stored in (StoredEmbedder(Summing(), str(tmp_path)), embedder(None)):
        stored(**tensors), stored(**tensors)
        assert stored.embedder.rows == 2
    assert not list(tmp_path.iterdir())


def test_it_is_frozen(tmp_path: Path) -> None:
    stored, tensors = embedder(tmp_path).train(), batch([4, 2])
    assert not stored(**tensors).requires_grad
    assert not any(parameter.requires_grad for parameter in stored.parameters())
    assert stored.training and not stored.embedder.dropout.training


def test_damaged_vectors_are_computed_anew(tmp_path: Path) -> None:
    tensors = batch([4, 2])
    expected = embedder(tmp_path)(**tensors)
    (vectors,) = tmp_path.glob("*/*.vectors")
    vectors.write_bytes(bytes(vectors.stat().st_size))
    again = embedder(tmp_path)
    assert_words_equal(again(**tensors), expected, tensors, rtol=0, atol=0)
    assert again.embedder.rows == 2


def test_keys_tell_sentences_apart_but_not_their_padding() -> None:
    rows = torch.tensor([[1, 2, 0, 0], [1, 2, 0, 3], [1, 0, 0, 0], [0, 0, 0, 0], [2, 1, 0, 0]])
    keys = row_keys({"ids": rows})
    assert len(set(keys)) == len(rows)
    wider = torch.nn.functional.pad(rows, (0, 3))
    assert row_keys({"ids": wider}) == keys
    assert row_keys({"ids": rows[:3]}) == keys[:3]
    assert not set(row_keys({"others": rows})) & set(keys)
    assert not set(row_keys({"ids": rows, "mask": rows > 0})) & set(keys)


def test_fingerprints() -> None:
    torch.manual_seed(0)
    one, other = Summing(), Summing()
    assert fingerprint(one, False) != fingerprint(other, False)
    other.load_state_dict(one.state_dict())
    assert fingerprint(one.train(), False) == fingerprint(other.eval(), False)
    assert fingerprint(one, False) != fingerprint(one, True)


def test_in_a_text_field_embedder_of_one_or_of_several_tensors(tmp_path: Path) -> None:
    params = {"type": "stored", "directory": str(tmp_path)}
    inner = {"type": "embedding", "num_embeddings": 9, "embedding_dim": DIM}
    stored = TokenEmbedder.from_params(Params({**params, "embedder": inner}))
    stored.keep()
    tokens = torch.tensor([[1, 2, 3], [4, 5, 0]])
    text = BasicTextFieldEmbedder({"words": stored, "pieces": embedder(tmp_path)})
    pieces = batch([3, 2])
    found = text({"words": {"tokens": tokens}, "pieces": pieces})
    expected = torch.cat([text.token_embedder_pieces.embedder(**pieces), stored.embedder(tokens)], -1)
    assert_words_equal(found, expected, pieces)


def test_in_training_and_out_of_it(tmp_path: Path, bert: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs alike, of which the second asks the transformer nothing; a prediction does, and keeps
    nothing."""
    asked = []
    forward = PretrainedTransformerMismatchedEmbedder.forward
    monkeypatch.setattr(
        PretrainedTransformerMismatchedEmbedder,
        "forward",
        lambda self, *args, **tensors: asked.append(1) or forward(self, *args, **tensors),
    )
    words = f"embedders.transformer('{bert}', kept='{tmp_path}/kept')"
    config = config_of(write_corpus(tmp_path), "ner", words=words)
    metrics = []
    for name, expected in (("one", True), ("two", False)):
        asked.clear()
        train_model(Params(copy.deepcopy(config)), str(tmp_path / name))
        found = json.loads((tmp_path / name / "metrics.json").read_text())
        metrics.append({key: value for key, value in found.items() if "duration" not in key})
        assert bool(asked) == expected
    assert metrics[0] == metrics[1]
    kept = sorted(tmp_path.glob("kept/*/*"))
    predictor = Predictor.from_archive(load_archive(tmp_path / "two" / "model.tar.gz"))
    assert predictor.predict_json({"text": "The cat sat."})["tokens"] == ["The", "cat", "sat", "."]
    assert asked and sorted(tmp_path.glob("kept/*/*")) == kept


@pytest.mark.parametrize("frozen", ["true", "false"])
def test_long_sentences_and_a_transformer_that_learns(tmp_path: Path, bert: str, frozen: str) -> None:
    words = f"embedders.transformer('{bert}', frozen={frozen}, kept='{tmp_path}/kept', max_length=9)"
    run = build(config_of(write_corpus(tmp_path), "ner", words=words, num_epochs=1), tmp_path / "run")
    embedder = run.trainer.model.embedder.token_embedder_transformer
    before = {name: value.clone() for name, value in embedder.state_dict().items()}
    run.run()
    changed = any(not torch.equal(value, before[name]) for name, value in embedder.state_dict().items())
    assert changed == (frozen == "false")
    assert (tmp_path / "kept").exists() == (frozen == "true")
