"""A CUDA device where there is none is AllenNLP's own clear error."""

import pytest
import torch
from allennlp.common.checks import ConfigurationError, check_for_gpu
from allennlp.common.util import int_to_device


def test_numbers_mean_cuda() -> None:
    assert int_to_device(1) == torch.device("cuda:1")
    assert int_to_device(-1) == torch.device("cpu")


def test_no_gpu_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ConfigurationError, match="specified a GPU but none is available"):
        check_for_gpu(0)


def test_number_beyond_the_last_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with pytest.raises(ConfigurationError, match="GPU device 2"):
        check_for_gpu(2)
