"""Batches of instances."""

import pytest
import torch
from allennlp.data import Batch
from small_run import build, config_of

from hmtl.instances import tensors_of


@pytest.mark.parametrize("numbers", [[0], [2, 0, 1], [1, 1]])
def test_a_batch_is_what_allennlp_makes_of_it(small_corpus, tmp_path, numbers):
    loader = build(config_of(small_corpus), tmp_path).trainer.loader
    for task in loader.tasks:
        instances = loader.instances[task]
        found = tensors_of(instances, numbers)
        wanted = Batch([instances[number] for number in numbers]).as_tensor_dict()
        assert found.keys() == wanted.keys() and found["documents"] == wanted["documents"]
        for indexer, tensors in wanted["tokens"].items():
            for name, tensor in tensors.items():
                assert torch.equal(found["tokens"][indexer][name], tensor)
