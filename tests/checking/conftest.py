"""Configs with nothing to find."""

from pathlib import Path

import pytest

from checking.small import Config, small_config


@pytest.fixture
def clean(tmp_path: Path) -> Config:
    """All four tasks."""
    return small_config(tmp_path, "ner emd relation coref")
