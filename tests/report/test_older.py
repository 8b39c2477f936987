import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.json_values import JsonValue
from hmtl.report.older import tasks_of_older
from hmtl.report.run import Epoch, Task

FIGURES = {f"training_{task}/loss": 1.0 for task in ("coref", "emd", "ner")} | {"validation_ner/f1": 0.5}


def test_order_metric_and_validation() -> None:
    config = {
        "model": {"order": ["ner", "gone", ["x"], "emd"]},
        "trainer": {"tasks": {"emd": {"validation_metric": "-perplexity"}}},
    }
    tasks = tasks_of_older(
        JsonValue(config, "c"), [Epoch(0, FIGURES)], {"ner/best_epoch": 1, "ner/best_f1": 0.5}
    )
    assert list(tasks) == ["ner", "emd", "coref"]
    assert tasks["ner"] == Task("ner", "f1", True, True)
    assert tasks["emd"] == Task("emd", "perplexity", False, False)
    assert tasks["coref"] == Task("coref", "loss", False, False)


@pytest.mark.parametrize("config", [{"model": 1}, {"model": {"order": "ner"}}, {"trainer": {"tasks": [1]}}])
def test_any_config_will_do(config) -> None:
    assert set(tasks_of_older(JsonValue(config, "c"), [Epoch(0, FIGURES)], {})) == {"coref", "emd", "ner"}


def test_figures_of_another_trainer() -> None:
    with pytest.raises(ConfigurationError, match=r"^runs/x/config.json: beside it stand no figures"):
        tasks_of_older(JsonValue({}, "runs/x/config.json"), [Epoch(0, {"training_loss": 1.0})], {})
