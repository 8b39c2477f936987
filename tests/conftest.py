"""Fixtures for all tests."""

import os
import random
import signal
from pathlib import Path

import hypothesis
import numpy as np
import pytest
import small_run
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.util import import_module_and_submodules

ROOT = Path(__file__).parents[1]

import_module_and_submodules("hmtl")
# What programs log is tested too, whatever whoever starts the tests would like to see.
os.environ.pop("ALLENNLP_LOG_LEVEL", None)
# A shell that starts the tests in the background has Ctrl-C ignored, also by the programs that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
# The same examples in every run, and none fails because the machine is busy.
hypothesis.settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")
# The tensors of tests are small: a second thread only waits for the first.
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeds() -> None:
    """Every test draws the same random numbers, alone or among others."""
    random.seed(1)
    np.random.seed(1)
    torch.manual_seed(1)


@pytest.fixture(scope="session")
def project_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of the real corpora; tests that need it are skipped where there is none."""
    root = Path(os.environ.get("HMTL_DATA", ROOT.parent / "shared" / "data"))
    if not root.is_dir():
        pytest.skip("the real corpora are not here; let HMTL_DATA name their folder")
    return root


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a corpus of four documents."""
    return small_run.write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="session")
def small_archive(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a run of all four tasks, barely trained, with its `model.tar.gz`."""
    directory = tmp_path_factory.mktemp("runs") / "small"
    train_model(Params(small_run.config_of(small_corpus, "ner emd relation coref")), directory)
    return directory


@pytest.fixture(scope="session")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a BERT of a few numbers, which knows four words."""
    # takes seconds to import, and few tests need it
    import transformers

    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "a", "sat"]
    (folder / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    sizes = {"hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 4}
    transformers.BertModel(transformers.BertConfig(len(words), **sizes)).save_pretrained(folder)
    return str(folder)
