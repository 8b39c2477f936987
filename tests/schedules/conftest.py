"""Sizes of tasks."""

import pytest

from hmtl.data_loader import TaskSize


@pytest.fixture
def sizes() -> dict[str, TaskSize]:
    return {"ner": TaskSize(20, 600), "emd": TaskSize(5, 150), "coref": TaskSize(75, 75)}
