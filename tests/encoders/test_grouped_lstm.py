"""Equal to AllenNLP's LSTM, which packs its rows."""

from typing import Any

import pytest
import torch
from allennlp.modules.seq2seq_encoders import LstmSeq2SeqEncoder

from hmtl.encoders import GroupedLSTM

LENGTHS = {
    "one row": [5],
    "equal": [4, 4, 4],
    "near": [6, 5, 6, 4],
    "far": [1, 30, 2, 29, 30],
    "an empty row": [3, 0, 2],
}


def two(**options: Any) -> tuple[LstmSeq2SeqEncoder, GroupedLSTM]:
    packed = LstmSeq2SeqEncoder(input_size=5, hidden_size=3, **options).double()
    grouped = GroupedLSTM(input_size=5, hidden_size=3, **options).double()
    grouped.load_state_dict(packed.state_dict())
    return packed, grouped


def batch(lengths: list[int], extra: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    words = max(lengths) + extra
    mask = torch.arange(words) < torch.tensor(lengths).unsqueeze(1)
    return torch.randn(len(lengths), words, 5, dtype=torch.double), mask


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("extra", [0, 2])
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_outputs_and_gradients(lengths: list[int], extra: int, layers: int, both: bool) -> None:
    packed, grouped = two(num_layers=layers, bidirectional=both)
    inputs, mask = batch(lengths, extra)
    weights = torch.randn(*mask.shape, packed.get_output_dim(), dtype=torch.double)
    results = []
    for encoder in (packed, grouped):
        own = inputs.clone().requires_grad_()
        outputs = encoder(own, mask)
        (outputs * weights).sum().backward()
        results.append([outputs, own.grad, *(parameter.grad for parameter in encoder.parameters())])
    for expected, value in zip(*results, strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-9, atol=1e-11)


def test_without_bias() -> None:
    packed, grouped = two(bias=False, bidirectional=True, num_layers=2)
    inputs, mask = batch([3, 7, 7, 2])
    torch.testing.assert_close(grouped(inputs, mask), packed(inputs, mask), rtol=1e-9, atol=1e-11)


def test_single_precision() -> None:
    packed, grouped = (encoder.float() for encoder in two(bidirectional=True, num_layers=2))
    inputs, mask = batch([3, 30, 29, 2, 11])
    torch.testing.assert_close(
        grouped(inputs.float(), mask), packed(inputs.float(), mask), rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("lengths", [[6, 6], [6, 4, 6]], ids=["equal", "uneven"])
def test_dropout_between_layers_in_training_alone(lengths: list[int]) -> None:
    packed, grouped = two(num_layers=2, dropout=0.5, bidirectional=True)
    inputs, mask = batch(lengths)
    grouped.eval(), packed.eval()
    torch.testing.assert_close(grouped(inputs, mask), packed(inputs, mask), rtol=1e-9, atol=1e-11)
    grouped.train()
    assert not torch.allclose(grouped(inputs, mask), grouped(inputs, mask))
    mean = torch.stack([grouped(inputs, mask) for _ in range(300)]).mean(0)
    assert (mean - packed(inputs, mask)).abs().max() < 0.1


def test_what_padding_holds_is_of_no_account() -> None:
    _, grouped = two(bidirectional=True, num_layers=2)
    inputs, mask = batch([3, 7, 6, 2], extra=1)
    expected = grouped(inputs, mask)
    assert torch.equal(grouped(inputs.masked_fill(~mask.unsqueeze(-1), 9.0), mask), expected)
    assert (expected[~mask] == 0).all()


def test_a_state_that_is_carried_on_is_still_carried() -> None:
    packed, grouped = two(stateful=True)
    inputs, mask = batch([4, 4])
    for _ in range(2):
        torch.testing.assert_close(grouped(inputs, mask), packed(inputs, mask))
    assert not torch.allclose(grouped(inputs, mask), two()[0](inputs, mask))


@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_mixed_precision(lengths: list[int], gradients: bool) -> None:
    _, grouped = two(bidirectional=True, num_layers=2)
    inputs, mask = batch(lengths, extra=1)
    expected = grouped(inputs, mask)
    with torch.set_grad_enabled(gradients), torch.autocast("cpu", torch.bfloat16):
        outputs = grouped.float()(inputs.float(), mask)
    assert outputs.dtype == torch.bfloat16
    torch.testing.assert_close(outputs.double(), expected, rtol=0.05, atol=0.02)
    assert not outputs[~mask].any()


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_without_gradients(lengths: list[int]) -> None:
    _, grouped = two(bidirectional=True, num_layers=2)
    inputs, mask = batch(lengths, extra=1)
    with torch.inference_mode():
        outputs = grouped(inputs, mask)
    torch.testing.assert_close(outputs, grouped(inputs, mask).detach())
