"""Fixtures for all tests."""

import os
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from allennlp.common.util import import_module_and_submodules

ROOT = Path(__file__).parents[1]

import_module_and_submodules("hmtl")


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
