"""A report as a whole."""

import copy
import json
from collections import Counter
from functools import wraps
from pathlib import Path

import pytest
import torch
from allennlp.common import Params
from formats.helpers import put

from checking.small import Config, changed, found, small_config
from hmtl.checking import RULES, check
from hmtl.forecast import Run
from hmtl.formats import Format
from hmtl.model import MultiTaskModel

SHIPPED = sorted(path.name for path in (Path(__file__).parents[2] / "configs").glob("open*.jsonnet"))


def test_a_clean_config_has_nothing_to_find(clean):
    assert found(clean) == {}


def test_a_report_has_the_schedule_of_the_run(clean):
    report = check(clean)
    assert list(report.steps) == list(report.sizes) == ["ner", "emd", "relation", "coref"]
    # 12 sentences in batches of 8, 6 documents in batches of 2
    assert {task: steps.batches for task, steps in report.steps.items()} == {
        "ner": 2,
        "emd": 2,
        "relation": 2,
        "coref": 3,
    }
    assert sum(steps.share for steps in report.steps.values()) == pytest.approx(1)
    assert all(steps.passes == pytest.approx(2) for steps in report.steps.values())


def test_all_findings_and_not_only_the_first(clean):
    broken = changed(
        clean,
        trainer__pateince=3,
        trainer__num_epochs=0,
        model__heads__ner__encoding="BOI",
        model__backbone__levels__emd__after="nre",
        validation_data_path__coref="/no/such/file.jsonl",
    )
    assert set(found(broken)) == {
        "config_keys", "trainer_numbers", "levels", "missing_files", "unbuildable_parts", "no_forecast",
    }  # fmt: skip


def test_every_rule_says_what_it_finds():
    for rule in RULES.values():
        assert rule.about.strip() and rule.subject in ("config", "task", "study")


def test_builds_no_model_and_no_weights(clean, monkeypatch):
    @wraps(MultiTaskModel.__init__)
    def refuse(*args, **kwargs):
        raise AssertionError("a model was built")

    made = []
    allocate = torch.nn.Parameter.__new__

    def watched(cls, data=None, requires_grad=True):
        made.append(data)
        return allocate(cls, data, requires_grad)

    monkeypatch.setattr(MultiTaskModel, "__init__", refuse)
    monkeypatch.setattr(torch.nn.Parameter, "__new__", watched)
    report = check(clean)
    assert report.memory is not None and len(made) > 20
    # one number stands for all parameters when the schedule is told
    assert all(data.is_meta or data.numel() == 1 for data in made)


def test_the_demo_has_no_errors(project_root: Path):
    report = check(Params.from_file(project_root / "configs" / "demo.jsonnet").as_dict(quiet=True))
    assert report.count("error") == 0 and report.memory is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_the_open_configs_have_no_errors(name: str, project_root: Path, data_root: Path, monkeypatch):
    monkeypatch.setenv("HMTL_DATA", str(data_root))
    report = check(Params.from_file(project_root / "configs" / name).as_dict(quiet=True))
    assert report.count("error") == 0 and report.memory is not None


def test_every_file_is_read_once(clean, monkeypatch):
    opened = []
    read = Format.read
    monkeypatch.setattr(Format, "read", lambda self, path: opened.append(Path(path).name) or read(self, path))
    report = check(clean)
    assert report.steps and Counter(opened) == {"train.jsonl": 1, "validation.jsonl": 1, "test.jsonl": 1}


def test_what_has_been_read_gives_the_forecast_of_training(clean):
    report, run = check(clean), Run.from_config(Params(copy.deepcopy(clean)))
    assert {task: (steps.batches, steps.instances) for task, steps in report.steps.items()} == {
        task: (size.batches, size.instances) for task, size in run.plan.sizes.items()
    }


def test_a_cache_is_neither_made_nor_needed(clean, tmp_path: Path):
    report = check(changed(clean, data_loader__cache=str(tmp_path / "cache")))
    assert report.findings == [] and report.steps and not (tmp_path / "cache").exists()


@pytest.mark.parametrize("broken", [False, True])
def test_raw_text_is_split_in_the_language_of_the_experiment(broken: bool, tmp_path: Path):
    config = small_config(tmp_path, "ner emd")
    for split in ("train", "validation", "test"):
        names = [{"start": 2, "end": 4, "label": "LOC"}]
        text = json.dumps({"id": split, "text": "我爱北京。", "spans": names})
        config[f"{split}_data_path"]["ner"] = str(put(tmp_path, f"{split}.spans", text))
    config = changed(config, dataset_reader__language="zh", dataset_reader__readers__ner__format="spans")
    if broken:  # a reader that cannot be built, so that not all can be built together
        config = changed(config, dataset_reader__readers__emd__format="wnut")
    report = check(config)
    assert report.count("error") == broken
    assert report.sizes["ner"]["train"].words == 5


def test_a_config_of_nothing():
    assert {"config_keys", "no_tasks"} <= set(found({}))


@pytest.mark.parametrize("value", [None, 3, "text", [3], {"a": 3}])
@pytest.mark.parametrize(
    "key",
    [
        *("model", "trainer", "dataset_reader", "data_loader", "vocabulary", "train_data_path"),
        *("model__heads", "model__heads__ner", "model__order", "model__embedder", "model__backbone__levels"),
        *(
            "model__backbone__levels__emd",
            "dataset_reader__readers__ner",
            "trainer__tasks",
            "trainer__schedule",
        ),
    ],
)
def test_values_of_any_kind_are_told_and_not_stumbled_over(key: str, value: object, tmp_path: Path):
    config: Config = small_config(tmp_path, "ner emd")
    check(changed(config, **{key: value}))
