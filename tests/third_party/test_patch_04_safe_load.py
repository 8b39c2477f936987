"""Files of `torch.save` are read as data: what AllenNLP saves comes back, anything else is refused unrun."""

import contextlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from allennlp.common import cached_transformers
from allennlp.common.checks import ConfigurationError
from allennlp.common.file_utils import TensorCache
from allennlp.common.safe_load import safe_load
from allennlp.nn.initializers import PretrainedModelInitializer
from allennlp.nn.parallel import FairScaleFsdpWrappedModel
from allennlp.nn.util import read_state_dict
from allennlp.training.checkpointer import Checkpointer
from allennlp.training.gradient_descent_trainer import GradientDescentTrainer
from hypothesis import given, settings
from hypothesis import strategies as st

SCALARS = [np.float64, np.float32, np.float16, np.int64, np.int8, np.uint16, np.bool_, np.complex128]


def _saved(value: Any) -> dict[str, bytes]:
    """What `torch.save` writes, by the names of its zip's members."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


PICKLED = _saved(
    {"weight": torch.arange(5.0), "f1": np.float64(0.5), "names": {1, 2}, "rest": [1, "x", None]}
)


class Hostile:
    """Unpickling this makes a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, (str(self.directory),)


def _round_trip(value: Any, **how: Any) -> Any:
    buffer = io.BytesIO()
    torch.save(value, buffer, **how)
    buffer.seek(0)
    return safe_load(buffer)


@given(st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1))
def test_numpy_numbers_come_back_as_numbers(real: float, whole: int) -> None:
    assert _round_trip({"f1": np.float64(real), "step": np.int64(whole)}) == {"f1": real, "step": whole}


@pytest.mark.parametrize("kind", SCALARS)
def test_all_plain_types(kind: type[np.generic]) -> None:
    value = kind(1)
    assert _round_trip([value]) == [value.item()]


def test_byte_order_is_kept() -> None:
    assert _round_trip(np.dtype(">i4").type(258)) == 258
    assert _round_trip(np.array([258], dtype=">i4")[0]) == 258


def test_files_of_numpy_1() -> None:
    """numpy 1 wrote its function's older name, as torch did the old pickle format."""
    buffer = io.BytesIO()
    torch.save({"f1": np.float64(0.5)}, buffer, _use_new_zipfile_serialization=False)
    old = buffer.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert old != buffer.getvalue()
    assert safe_load(io.BytesIO(old)) == {"f1": 0.5}


@pytest.mark.parametrize(
    "value", [np.datetime64("2020-01-01"), np.str_("text"), np.array([object()]), pickle.loads]
)
def test_other_objects_are_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="not unpickled"):
        _round_trip(value)


@pytest.mark.parametrize("damage", [b"", b"hello\n", b"no such file format" * 9, "half"])
def test_damaged_files_are_said_to_be(damage: bytes | str, tmp_path: Path) -> None:
    path = tmp_path / "weights.th"
    torch.save(torch.ones(100), path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if isinstance(damage, str) else damage)
    with pytest.raises(ConfigurationError, match="weights.th is damaged"):
        safe_load(path)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@given(st.data())
@settings(max_examples=200, deadline=None)
def test_no_damage_gets_through_as_another_error(data: st.DataObject) -> None:
    """Bytes of the pickle changed at random: it loads, or it is refused."""
    members = dict(PICKLED)
    (pickled,) = [name for name in members if name.endswith("data.pkl")]
    damaged = bytearray(members[pickled])
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ConfigurationError):
        safe_load(io.BytesIO(_zipped({**members, pickled: bytes(damaged)})))


def test_refusal_is_one_line_that_names_file_and_object(tmp_path: Path) -> None:
    torch.save(Hostile(tmp_path / "made"), tmp_path / "weights.th")
    with pytest.raises(ConfigurationError) as error:
        safe_load(tmp_path / "weights.th")
    assert "weights.th" in str(error.value) and "mkdir" in str(error.value) and "\n" not in str(error.value)


# Every place in AllenNLP that reads such a file, given the directory that holds hostile ones.
READERS: dict[str, Callable[[Path], Any]] = {
    "read_state_dict": lambda at: read_state_dict(at / "weights.th"),
    "initializer": lambda at: PretrainedModelInitializer(str(at / "weights.th")),
    "model state": lambda at: Checkpointer(at / "hostile_model").load_checkpoint(),
    "training state": lambda at: Checkpointer(at / "hostile_training").load_checkpoint(),
    "transformer": lambda at: cached_transformers.get(
        "none", False, override_weights_file=str(at / "weights.th")
    ),
    "fairscale": lambda at: FairScaleFsdpWrappedModel.consolidate_sharded_state([at / "weights.th"]),
    "best model": lambda at: GradientDescentTrainer._load_model_state(
        SimpleNamespace(_ddp_wrapped_model=None, _pytorch_model=torch.nn.Linear(1, 1)), str(at / "weights.th")
    ),
    "best model, distributed": lambda at: GradientDescentTrainer._load_model_state(
        SimpleNamespace(_ddp_wrapped_model=torch.nn.Linear(1, 1)), str(at / "weights.th")
    ),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_unpickles(reader: str, tmp_path: Path) -> None:
    made = tmp_path / "made"
    torch.save(Hostile(made), tmp_path / "weights.th")
    for hostile, harmless in (("model", "training"), ("training", "model")):
        directory = tmp_path / f"hostile_{hostile}"
        directory.mkdir()
        torch.save(Hostile(made), directory / f"{hostile}_state_e1_b0.th")
        torch.save({}, directory / f"{harmless}_state_e1_b0.th")
    with pytest.raises(ConfigurationError, match="not unpickled"):
        READERS[reader](tmp_path)
    assert not made.exists()


def test_tensor_cache_does_not_unpickle(tmp_path: Path) -> None:
    cache, stored = TensorCache(tmp_path / "cache"), io.BytesIO()
    torch.save(Hostile(tmp_path / "made"), stored)
    with cache.lmdb_env.begin(write=True) as transaction:
        transaction.put(b"row", stored.getvalue())
    with pytest.raises(ConfigurationError, match="not unpickled"):
        cache["row"]
    assert not (tmp_path / "made").exists()


def test_initializer_reads_archives_safely(rewritten: Callable[..., Path]) -> None:
    weights = PretrainedModelInitializer(str(rewritten(lambda config: config))).weights
    assert all(isinstance(weight, torch.Tensor) for weight in weights.values()) and weights


def test_tensor_cache_gives_back_what_it_was_given(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    whole = torch.arange(6.0).reshape(2, 3)
    cache = TensorCache(tmp_path / "cache")
    cache["row"] = whole[1]
    cache.cache_cache.clear()  # What is still in memory would not be read back.
    assert torch.equal(cache["row"], torch.tensor([3.0, 4.0, 5.0]))
    assert not [warning for warning in recwarn if "storage" in str(warning.message).lower()]


def test_training_resumes_from_numpy_scores(run: Path, tmp_path: Path) -> None:
    """A metric computed with numpy ends up in the training state."""
    (state_file,) = run.glob("training_state_e2_b0.th")
    state = safe_load(state_file)
    state["metric_tracker"]["best_so_far"] = np.float64(0.25)
    torch.save(state, tmp_path / "training_state_e2_b0.th")
    torch.save({}, tmp_path / "model_state_e2_b0.th")
    checkpoint = Checkpointer(tmp_path).load_checkpoint()
    assert checkpoint is not None and checkpoint.trainer_state["metric_tracker"]["best_so_far"] == 0.25
