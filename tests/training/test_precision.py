import pytest
import torch
from small_run import build, config_of

from hmtl.training.precision import Precision


@pytest.mark.parametrize("dtype", ["bf16", None])
def test_half_precision_is_near_single_and_the_heads_stay_single(dtype, small_corpus, tmp_path):
    loop = build(config_of(small_corpus, "ner emd relation coref"), tmp_path)
    precision = Precision(dtype, torch.device("cpu"))
    loop.model.eval()
    for task in loop.trainer.loader.tasks:
        batch = next(loop.trainer.loader.iterate(task))
        kinds = []
        head = loop.model.heads[task]
        hook = head.register_forward_hook(
            lambda module, inputs, output, kinds=kinds: kinds.append(inputs[0].outputs.dtype)
        )
        exact = loop.model(**batch)["loss"]
        with precision.forward():
            loss = loop.model(**batch)["loss"]
        hook.remove()
        assert kinds == [torch.float32] * 2 and loss.dtype == torch.float32
        assert loss.item() == pytest.approx(exact.item(), rel=0.02)
        assert (loss.item() == exact.item()) == (dtype is None)


def test_a_run_in_bf16_learns_as_one_in_single(small_corpus, tmp_path):
    last = {}
    for dtype in ("bf16", None):
        settings = config_of(
            small_corpus, num_epochs=3, mixed_precision=dtype, optimizer={"type": "adam", "lr": 0.01}
        )
        loop = build(settings, tmp_path / str(dtype))
        last[dtype] = loop.run()
        assert {parameter.dtype for parameter in loop.model.parameters()} == {torch.float32}
    for task in ("ner", "emd"):
        losses = [last[dtype][f"best_validation_{task}/loss"] for dtype in last]
        assert losses[0] == pytest.approx(losses[1], rel=0.1)


def scaled(gradient: float) -> tuple[Precision, torch.nn.Parameter, torch.optim.Optimizer]:
    """A parameter at 1 whose loss, of this slope, has been through `backward`."""
    precision = Precision("fp16", torch.device("cpu"))
    weight = torch.nn.Parameter(torch.ones(()))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    precision.backward(weight * gradient)
    return precision, weight, optimizer


def test_gradients_are_scaled_back_before_they_are_used():
    precision, weight, optimizer = scaled(0.25)
    assert weight.grad.item() == 0.25 * precision.scaler.get_scale() > 1000
    precision.unscale(optimizer)
    assert weight.grad.item() == 0.25
    precision.step(optimizer)
    assert weight.item() == 1 - 0.5 * 0.25


def test_a_step_that_overflowed_is_left_out_and_the_scale_lowered():
    precision, weight, optimizer = scaled(float("inf"))
    scale = precision.scaler.get_scale()
    precision.unscale(optimizer)
    precision.step(optimizer)
    assert weight.item() == 1 and precision.scaler.get_scale() == scale / 2
    other = Precision("fp16", torch.device("cpu"))
    other.load_state_dict(precision.state_dict())
    assert other.scaler.get_scale() == scale / 2


def test_a_rank_without_a_loss_takes_the_step_of_the_others():
    precision = Precision("fp16", torch.device("cpu"))
    weight = torch.nn.Parameter(torch.ones(()))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    # as it is summed over the ranks
    weight.grad = torch.tensor(0.25 * precision.scaler.get_scale())
    precision.unscale(optimizer)
    precision.step(optimizer)
    assert weight.item() == 1 - 0.5 * 0.25


def test_without_fp16_nothing_is_scaled():
    for dtype in ("bf16", None):
        precision = Precision(dtype, torch.device("cpu"))
        weight = torch.nn.Parameter(torch.ones(()))
        precision.backward(weight * 2.0)
        assert weight.grad.item() == 2.0 and not precision.may_overflow
