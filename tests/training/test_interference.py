import math
from collections.abc import Callable, Mapping

import pytest
import torch
from small_run import build, config_of, same
from torch import Tensor, nn
from torch._subclasses.fake_tensor import DataDependentOutputException, FakeTensorMode

from hmtl.training import checkpoints
from hmtl.training.interference import Interference

Losses = Mapping[str, Callable[[], Tensor]]


@pytest.fixture(autouse=True)
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def bowls(weights: nn.Parameter, tasks: str) -> Losses:
    """A quadratic loss for each task, ½ (θ − c)ᵀ A (θ − c), with a centre and a curvature of its own."""
    losses = {}
    for task in tasks:
        centre, root = torch.randn(len(weights)), torch.randn(len(weights), len(weights))
        curvature = root @ root.T / len(weights)
        losses[task] = lambda c=centre, a=curvature: (weights - c) @ a @ (weights - c) / 2
    return losses


def step(watch: Interference, optimizer: torch.optim.Optimizer, task: str, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    watch.before(task)
    optimizer.step()
    watch.after(task)


def test_two_tasks_that_pull_apart_conflict_and_raise_each_others_loss():
    weights = nn.Parameter(torch.tensor([0.0, 1.0]))
    centres = {"a": torch.tensor([1.0, 1.0]), "b": torch.tensor([-2.0, 1.0])}
    losses = {task: lambda c=centre: ((weights - c) ** 2).sum() / 2 for task, centre in centres.items()}
    watch = Interference({"embedder": [weights]}, 1)
    step(watch, torch.optim.SGD([weights], lr=0.0), "a", losses["a"]())
    before = losses["a"]().item()
    step(watch, torch.optim.SGD([weights], lr=0.01), "b", losses["b"]())
    figures = watch.figures({"a": 1, "b": 1})
    assert figures["samples"] == {"a": 1, "b": 1}
    assert figures["cosine"] == {"embedder": {"a~b": -1.0}}
    # g_a = (-1, 0), g_b = (2, 0), Δθ = -0.01 g_b
    assert figures["effect"]["b"] == pytest.approx({"a": 0.02, "b": -0.04})
    assert figures["effect"]["a"] == {"a": 0.0}
    # the second order is ½ |Δθ|² for this loss
    assert losses["a"]().item() - before == pytest.approx(0.02 + 0.0002)


def unexplained(rate: float) -> float:
    """By how much the effects of all tasks miss the change of a task's loss, at worst, in units of the
    largest change. Every step of an epoch is sampled, and its gradient is that of all data."""
    torch.manual_seed(7)
    weights = nn.Parameter(torch.randn(5))
    losses = bowls(weights, "abc")
    watch = Interference({"embedder": [weights]}, 1)
    optimizer = torch.optim.SGD([weights], lr=rate)
    for task in "abc":
        step(watch, optimizer, task, losses[task]())
    watch.figures(dict.fromkeys("abc", 1))
    before = {task: loss().item() for task, loss in losses.items()}
    drawn = "abcaabbcab"
    for task in drawn:
        step(watch, optimizer, task, losses[task]())
    effect = watch.figures({task: drawn.count(task) for task in "abc"})["effect"]
    change = {task: losses[task]().item() - before[task] for task in losses}
    largest = max(map(abs, change.values()))
    return max(abs(change[task] - sum(effect[source][task] for source in "abc")) for task in "abc") / largest


def test_the_effects_of_all_tasks_add_up_to_the_change_of_each_loss():
    assert unexplained(1e-4) < 1e-2
    # what is left out is of second order: half the step, half the error
    assert unexplained(1e-4) / unexplained(5e-5) == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("interval", [1, 3, 20])
def test_an_effect_of_samples_stands_for_all_steps(interval):
    # the gradients of linear losses never change, so any sample is exact
    weights = nn.Parameter(torch.randn(4))
    slopes = {"a": torch.randn(4), "b": torch.randn(4)}
    watch = Interference({"embedder": [weights]}, interval)
    optimizer = torch.optim.SGD([weights], lr=0.1)
    for task, slope in slopes.items():
        step(watch, optimizer, task, slope @ weights)
    watch.figures({"a": 1, "b": 1})
    steps = dict.fromkeys(slopes, 0)
    sampled = dict.fromkeys(slopes, 0)
    for number in range(50):
        task = "b" if number % 3 else "a"
        optimizer.zero_grad()
        (slopes[task] @ weights).backward()
        if watch.wants(task, steps[task]):
            sampled[task] += 1
            watch.before(task)
        optimizer.step()
        if watch.wants(task, steps[task]):
            watch.after(task)
        steps[task] += 1
    figures = watch.figures(steps)
    assert figures["samples"] == sampled == {task: math.ceil(n / interval) for task, n in steps.items()}
    for source, effects in figures["effect"].items():
        exact = {target: -0.1 * steps[source] * (slopes[source] @ slopes[target]).item() for target in slopes}
        assert effects == pytest.approx(exact)


def test_the_effect_is_that_of_the_step_that_was_really_taken():
    weights = nn.Parameter(torch.randn(6))
    slopes = {"a": torch.randn(6), "b": torch.randn(6)}
    optimizer = torch.optim.AdamW([weights], lr=0.3, weight_decay=0.5)
    watch = Interference({"embedder": [weights]}, 1)
    exact = {"a": 0.0, "b": 0.0}
    for task in "abbb":
        optimizer.zero_grad()
        (slopes[task] @ weights).backward()
        watch.before(task)
        nn.utils.clip_grad_norm_([weights], 0.01)
        before = weights.detach().clone()
        optimizer.step()
        watch.after(task)
        if task == "b":
            for target, slope in slopes.items():
                exact[target] += (slope @ (weights.detach() - before)).item()
    assert watch.figures({"a": 1, "b": 3})["effect"]["b"] == pytest.approx(exact)


def test_figures_have_one_order_however_the_tasks_are_drawn(small):
    model, parts, loss = small

    def run(drawn: str) -> dict:
        watch = Interference(parts, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
        for task in drawn.split():
            step(watch, optimizer, task, loss(task))
        return watch.figures(dict.fromkeys(drawn.split(), 1))

    one, other = run("relation ner emd"), run("emd relation ner")
    assert list(one["samples"]) == list(other["samples"])
    assert list(one["cosine"]) == list(other["cosine"]) == ["embedder", "levels.ner", "levels.emd"]
    assert list(one["cosine"]["embedder"]) == list(other["cosine"]["embedder"])
    assert list(one["cosine"]["embedder"]) == ["emd~ner", "emd~relation", "ner~relation"]


def test_an_epoch_has_sums_of_its_own_and_the_last_gradients_of_the_one_before():
    weights = nn.Parameter(torch.randn(3))
    losses = bowls(weights, "ab")
    watch = Interference({"embedder": [weights]}, 1)
    optimizer = torch.optim.SGD([weights], lr=0.1)
    step(watch, optimizer, "a", losses["a"]())
    watch.figures({"a": 1})
    step(watch, optimizer, "b", losses["b"]())
    figures = watch.figures({"b": 4})
    assert figures["samples"] == {"b": 1}
    assert set(figures["effect"]) == {"b"}
    assert set(figures["effect"]["b"]) == {"a", "b"}
    assert set(figures["cosine"]["embedder"]) == {"a~b"}
    assert watch.figures({}) == {"samples": {}, "cosine": {}, "norm": {}, "effect": {}}


@pytest.fixture
def small(small_corpus, tmp_path):
    """The model of all four tasks, its shared parts, and each task's loss on a batch, always with the same
    dropout."""
    trainer = build(config_of(small_corpus, "ner emd relation coref"), tmp_path).trainer
    model, loader = trainer.model.double().train(), trainer.loader

    def loss(task: str) -> Tensor:
        torch.manual_seed(3)
        return model(**loader.tensors(task, [0, 1]))["loss"]

    parts = {
        name: list(part.parameters()) for name, part in model.parts().items() if not name.startswith("heads.")
    }
    return model, parts, loss


def test_cosines_and_norms_of_the_model_equal_those_by_brute_force(small):
    model, parts, loss = small
    tasks = ["ner", "emd", "relation", "coref"]
    watch = Interference(parts, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    for task in tasks:
        step(watch, optimizer, task, loss(task))
    expected: dict[str, dict[str, float]] = {}
    norms: dict[str, dict[str, float]] = {}
    for part, parameters in parts.items():
        flat = {}
        for task in tasks:
            gradients = torch.autograd.grad(loss(task), parameters, allow_unused=True)
            if any(gradient is not None for gradient in gradients):
                flat[task] = torch.cat(
                    [
                        (torch.zeros_like(p) if g is None else g).flatten()
                        for p, g in zip(parameters, gradients, strict=True)
                    ]
                )
        norms[part] = {task: gradient.norm().item() for task, gradient in flat.items()}
        for i, a in enumerate(tasks):
            for b in tasks[i + 1 :]:
                if a in flat and b in flat:
                    cosine = flat[a] @ flat[b] / (flat[a] @ flat[a] * (flat[b] @ flat[b])).sqrt()
                    expected.setdefault(part, {})["~".join(sorted((a, b)))] = cosine.item()
    figures = watch.figures(dict.fromkeys(tasks, 1))
    cosines = figures["cosine"]
    assert figures["norm"] == {part: pytest.approx(by_task) for part, by_task in norms.items()}
    assert cosines == {part: pytest.approx(pairs) for part, pairs in expected.items()}
    # a level has no pair with a task below it, or beside it
    assert len(cosines["embedder"]) == len(cosines["levels.ner"]) == 6
    assert set(cosines["levels.emd"]) == {"emd~relation", "coref~emd", "coref~relation"}
    assert "levels.relation" not in cosines
    assert "levels.coref" not in cosines


def test_effects_of_the_model_approach_the_change_of_the_loss(small):
    model, parts, loss = small
    watch = Interference(parts, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
    for target, source in (("ner", "emd"), ("emd", "ner"), ("ner", "relation")):
        step(watch, optimizer, target, loss(target))
        before = loss(target).item()
        watch.figures({target: 1, source: 0})
        step(watch, optimizer, source, loss(source))
        effect = watch.figures({source: 1})["effect"][source][target]
        assert effect == pytest.approx(loss(target).item() - before, rel=1e-2)
        assert effect != 0


def test_a_resumed_epoch_has_the_same_figures_bit_for_bit(tmp_path):
    torch.set_default_dtype(torch.float32)

    def run(stop: int | None) -> tuple[dict, dict, dict]:
        torch.manual_seed(5)
        weights, more = nn.Parameter(torch.randn(300)), nn.Parameter(torch.randn(7))
        losses = bowls(weights, "abc")
        optimizer = torch.optim.Adam([weights, more], lr=0.01)
        parts = {"embedder": [weights], "levels.a": [more]}
        watch = Interference(parts, 1)
        for number, task in enumerate("abcabbcacb"):
            if number == stop:
                checkpoints.save(watch.state_dict(), tmp_path / "state.th")
                watch = Interference(parts, 1)
                watch.load_state_dict(checkpoints.load(tmp_path / "state.th"))
            loss = losses[task]()
            step(watch, optimizer, task, loss + (more**2).sum() if task == "a" else loss)
            if number == 4:
                first = watch.figures({"a": 3, "b": 4, "c": 5})
        return first, watch.state_dict(), watch.figures({"a": 3, "b": 4, "c": 5})

    straight = run(None)
    for stop in (3, 5, 8):
        assert same(run(stop), straight)


def test_a_saved_state_is_not_changed_by_later_steps(tmp_path):
    weights = nn.Parameter(torch.randn(3))
    losses = bowls(weights, "ab")
    watch = Interference({"embedder": [weights]}, 1)
    optimizer = torch.optim.SGD([weights], lr=0.1)
    step(watch, optimizer, "a", losses["a"]())
    step(watch, optimizer, "b", losses["b"]())
    state = watch.state_dict()
    checkpoints.save(state, tmp_path / "state.th")
    step(watch, optimizer, "a", losses["a"]())
    watch.figures({"a": 1, "b": 1})
    assert same(state, checkpoints.load(tmp_path / "state.th"))


def test_gradients_that_are_zero_or_overflow_count_in_no_mean():
    weights = nn.Parameter(torch.ones(2))
    watch = Interference({"embedder": [weights]}, 1)

    def sample(task: str, gradient: list[float]) -> None:
        weights.grad = torch.tensor(gradient)
        watch.before(task)
        with torch.no_grad():
            weights.sub_(torch.ones(2))
        watch.after(task)

    sample("a", [1.0, 0.0])
    sample("b", [0.0, 0.0])
    sample("b", [math.inf, 1.0])
    sample("b", [math.nan, 1.0])
    sample("b", [3.0, 4.0])
    figures = watch.figures({"a": 1, "b": 4})
    assert figures["cosine"] == {"embedder": {"a~b": pytest.approx(0.6)}}
    assert figures["effect"]["b"] == {"a": -4.0, "b": pytest.approx(4 * (0 - 7) / 2)}


def test_a_sparse_gradient_counts_as_the_dense_one():
    def run(sparse: bool) -> dict:
        torch.manual_seed(2)
        table = nn.Embedding(6, 3, sparse=sparse)
        watch = Interference({"embedder": [table.weight]}, 1)
        optimizer = torch.optim.SGD(table.parameters(), lr=0.1)
        # a word that occurs twice has two rows in a sparse gradient
        for task, words in (("a", [1, 1, 4]), ("b", [4, 2])):
            step(watch, optimizer, task, (table(torch.tensor(words)) ** 2).sum())
        return watch.figures({"a": 1, "b": 1})

    sparse, dense = run(True), run(False)
    assert sparse["cosine"]["embedder"] == pytest.approx(dense["cosine"]["embedder"])
    assert sparse["effect"]["b"] == pytest.approx(dense["effect"]["b"])


def test_frozen_parameters_take_no_part():
    frozen, weights = nn.Parameter(torch.randn(3), requires_grad=False), nn.Parameter(torch.randn(3))
    losses = bowls(weights, "ab")
    optimizer = torch.optim.SGD([weights], lr=0.1)
    watch = Interference({"embedder": [frozen], "levels.a": [weights], "levels.b": []}, 1)
    for task in "ab":
        step(watch, optimizer, task, losses[task]())
    assert set(watch.figures({"a": 1, "b": 1})["cosine"]) == {"levels.a"}


def test_sampling_waits_for_no_value_of_a_tensor():
    # a fake tensor has no value: whatever asks for one raises
    with FakeTensorMode():
        weights = nn.Parameter(torch.randn(3))
        watch = Interference({"embedder": [weights]}, 1)
        for task in "aba":
            weights.grad = torch.randn(3)
            watch.before(task)
            watch.after(task)
        with pytest.raises(DataDependentOutputException):
            watch.figures({"a": 2, "b": 1})
