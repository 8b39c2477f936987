import pytest
import torch
from rank_processes import on_ranks
from small_run import build, config_of

from hmtl.training.evaluation import evaluate_task


@pytest.fixture
def trainer(small_corpus, tmp_path):
    return build(config_of(small_corpus), tmp_path).trainer


def test_the_loss_is_the_mean_over_batches_and_the_metrics_those_of_the_head(trainer):
    model, loader = trainer.model, trainer.validation_loader
    metrics = evaluate_task(model, loader, "ner", progress=False)
    assert not model.training
    with torch.no_grad():
        losses = [model(**batch)["loss"].item() for batch in loader.iterate("ner")]
    assert len(losses) > 1
    assert metrics.pop("ner/loss") == pytest.approx(sum(losses) / len(losses), abs=0)
    assert (
        metrics
        == model.get_metrics()
        == {f"ner/{name}": value for name, value in model.heads["ner"].get_metrics().items()}
    )


def test_what_was_counted_before_does_not_matter(trainer):
    model, loader = trainer.model, trainer.validation_loader
    metrics = evaluate_task(model, loader, "ner", progress=False)
    with torch.no_grad():
        model(**next(loader.iterate("ner")))
        model(**next(loader.iterate("emd")))
    assert evaluate_task(model, loader, "ner", progress=False) == metrics


def test_no_gradient_and_no_change(trainer):
    before = {name: weight.clone() for name, weight in trainer.model.state_dict().items()}
    evaluate_task(trainer.model, trainer.validation_loader, "emd", progress=False)
    assert all(torch.equal(before[name], weight) for name, weight in trainer.model.state_dict().items())
    assert all(parameter.grad is None for parameter in trainer.model.parameters())


@pytest.mark.processes
def test_ranks_share_the_batches_and_stop_together(small_corpus, tmp_path):
    """Also where some have a batch less than others, or none."""
    config = config_of(small_corpus)
    config["data_loader"]["budgets"]["ner"] = {"batch_size": 6}
    trainer = build(config, tmp_path / "run").trainer
    model, loader = trainer.model, trainer.validation_loader
    alone = evaluate_task(model, loader, "ner", progress=False)
    assert len(loader.batches("ner", None)) == 3

    def evaluate(rank):
        polls = []
        metrics = evaluate_task(model, loader, "ner", False, poll=lambda: polls.append(rank))
        return metrics, len(polls)

    for size, rounds in ((2, 2), (4, 1)):
        (tmp_path / str(size)).mkdir()
        for metrics, polls in on_ranks(evaluate, size, tmp_path / str(size)):
            assert polls == rounds
            assert metrics == pytest.approx(alone, abs=1e-6)
