"""A config beside its signatures."""

import copy
from pathlib import Path

import pytest
from allennlp.commands.train import TrainModel
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import prepare_environment

from checking.small import changed, small_config
from hmtl.checking.schema import Node, Slip, walk_config

CONFIGS = sorted(path.name for path in (Path(__file__).parents[2] / "configs").glob("*.jsonnet"))
HIDDEN = "model__backbone__levels__ner__encoder__hidden_size"
WRONG = [
    {"trainer__pateince": 3},
    {"trainer__num_epochs": "3"},
    {"trainer__optimizer__type": "adma"},
    {"trainer__mixed_precision": "bf61"},
    {"data_loader__budgets__ner__size": 3},
    {"model__heads__ner__encodign": "BIO"},
    {"model__embedder__token_embedders__words__dim": 3},
    {"model__embedder__token_embedders__words__embedding_dim": ...},
    {"model__backbone__levels__ner__encoder__hidden": 3},
    {"model__backbone__levels__ner__encoder": 3},
    {HIDDEN: ...},
    {"dataset_reader__readers__ner__format__max_megabytes": "much"},
    {"vocabulary__min_counts": {}},
    {"spare": 1},
]


def slips(config: dict) -> list[Slip]:
    return [step for step in walk_config(config) if isinstance(step, Slip)]


@pytest.mark.parametrize("name", CONFIGS)
def test_shipped_configs_have_no_slips(name, project_root):
    config = Params.from_file(project_root / "configs" / name).as_dict(quiet=True)
    assert slips(config) == []


@pytest.mark.parametrize("changes", WRONG, ids=lambda changes: next(iter(changes)))
def test_allennlp_refuses_what_is_a_slip_and_nothing_else(changes, tmp_path):
    config = small_config(tmp_path, "ner")
    assert slips(config) == []
    wrong = changed(config, **changes)
    (slip,) = slips(wrong)
    (key,) = changes
    assert slip.key.startswith(key.replace("__", "."))
    params = Params(copy.deepcopy(wrong))
    prepare_environment(params)
    with pytest.raises((ConfigurationError, TypeError)):
        TrainModel.from_params(params=params, serialization_dir=str(tmp_path / "run"), local_rank=0)


def test_a_node_knows_what_is_stated_and_what_is_default(tmp_path):
    config = changed(small_config(tmp_path, "ner"), model__heads__ner__dropout=0.7)
    nodes = {step.key: step for step in walk_config(config) if isinstance(step, Node)}
    head = nodes["model.heads.ner"]
    assert (head.value("dropout"), head.value("encoding"), head.value("nothing")) == (0.7, "BIOUL", None)
    assert head.value("vocab") is None
