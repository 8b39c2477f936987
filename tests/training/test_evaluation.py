import pytest
import torch
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
