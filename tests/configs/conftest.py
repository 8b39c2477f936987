"""Configs evaluated as Jsonnet does, and the data of the original experiments in miniature."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _jsonnet
import h5py
import numpy as np
import pytest

Json = dict[str, Any]
ELMO = "elmo_2x4096_512_2048cnn_2xhighway"


@pytest.fixture(scope="session")
def evaluate(project_root: Path) -> Callable[[str], Json]:
    """`evaluate("hmtl.experiment { … }")`: the config that the Jsonnet makes; `hmtl` and `original` are
    there, and imports start in configs/."""

    def run(snippet: str) -> Json:
        head = "local hmtl = import 'lib/hmtl.libsonnet'; local original = import 'lib/original.libsonnet'; "
        return json.loads(_jsonnet.evaluate_snippet(str(project_root / "configs" / "test"), head + snippet))

    return run


@pytest.fixture(scope="session")
def original_data(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for `$HMTL_DATA`: a few sentences in the layouts of OntoNotes and ACE, and a GloVe and an
    ELMo of random numbers."""
    root = tmp_path_factory.mktemp("data")
    shutil.copytree(project_root / "tests" / "fixtures" / "original", root, dirs_exist_ok=True)
    (root / "glove").mkdir()
    (root / "elmo").mkdir()
    rng = np.random.default_rng(1)
    with gzip.open(root / "glove" / "glove.6B.100d.txt.gz", "wt", encoding="utf-8") as file:
        for word in ("ada", "corby", "she", "the"):
            file.write(" ".join([word, *(f"{number:.4f}" for number in rng.normal(size=100))]) + "\n")
    write_elmo(root / "elmo" / ELMO, rng)
    return root


def write_elmo(stem: Path, rng: np.random.Generator, dim: int = 4, cells: int = 6, layers: int = 2) -> None:
    """An ELMo with one filter of width 1, one highway layer and a biLM of `layers`, all of random numbers."""
    options = {
        "lstm": {
            "cell_clip": 3,
            "proj_clip": 3,
            "dim": cells,
            "projection_dim": dim,
            "n_layers": layers,
            "use_skip_connections": True,
        },
        "char_cnn": {
            "activation": "relu",
            "embedding": {"dim": 3},
            "filters": [[1, 5]],
            "max_characters_per_token": 50,
            "n_characters": 262,
            "n_highway": 1,
        },
    }
    Path(f"{stem}_options.json").write_text(json.dumps(options))
    shapes = {
        "char_embed": (261, 3),
        "CNN/W_cnn_0": (1, 1, 3, 5),
        "CNN/b_cnn_0": (5,),
        "CNN_high_0/W_carry": (5, 5),
        "CNN_high_0/b_carry": (5,),
        "CNN_high_0/W_transform": (5, 5),
        "CNN_high_0/b_transform": (5,),
        "CNN_proj/W_proj": (5, dim),
        "CNN_proj/b_proj": (dim,),
    }
    for direction in range(2):
        for layer in range(layers):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            shapes |= {
                f"{cell}/W_0": (2 * dim, 4 * cells),
                f"{cell}/B": (4 * cells,),
                f"{cell}/W_P_0": (cells, dim),
            }
    with h5py.File(f"{stem}_weights.hdf5", "w") as file:
        for name, shape in shapes.items():
            file[name] = rng.normal(size=shape).astype("float32")
