"""A task is added to a trained model."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from allennlp.models.archival import load_archive
from small_run import build, config_of

from hmtl.batching import BatchBudget
from hmtl.data_loader import MultiTaskLoader
from hmtl.formats import Jsonl
from hmtl.training import checkpoints
from hmtl.training.evaluation import evaluate_task

OLD = ["embedder", "levels.ner", "levels.emd", "heads.ner", "heads.emd"]


@pytest.fixture(scope="module")
def archive(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of ner and emd that knows the words of one document only."""
    folder = tmp_path_factory.mktemp("old")
    line = (small_corpus / "train.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[1]
    (folder / "train.jsonl").write_text(line, encoding="utf-8")
    (folder / "dev.jsonl").write_text(line, encoding="utf-8")
    settings = config_of(folder, "ner emd", num_epochs=3, optimizer={"type": "adam", "lr": 0.01})
    documents = list(Jsonl().read(small_corpus / "train.jsonl"))
    settings["vocabulary"]["tokens_to_add"] = {
        f"{task}_labels": sorted({span.label for document in documents for span in getattr(document, layer)})
        for task, layer in (("ner", "entities"), ("emd", "mentions"))
    }
    train_model(Params(settings), folder / "run")
    return folder / "run" / "model.tar.gz"


def added(corpus: Path, archive: Path, **trainer: Any) -> dict[str, Any]:
    """Relations on top of it; the old tasks have no training data."""
    settings = config_of(corpus, "ner emd relation", start_from=str(archive), num_epochs=2, **trainer)
    settings["vocabulary"] = {"type": "hmtl_extended", "archive": str(archive)}
    for task in ("ner", "emd"):
        del settings["train_data_path"][task]
    return settings


def scores(model, loader) -> dict[str, float]:
    return {
        name: value for task in ("ner", "emd") for name, value in evaluate_task(model, loader, task).items()
    }


def test_the_old_tasks_start_where_they_were(archive, small_corpus, tmp_path):
    """Also on words that only the new data has brought."""
    loop = build(added(small_corpus, archive), tmp_path)
    old = load_archive(archive).model
    assert loop.trainer.started_with == OLD
    words = old.vocab.get_vocab_size("tokens")
    assert loop.model.vocab.get_vocab_size("tokens") > words
    settings = config_of(small_corpus, "ner emd")
    reader = DatasetReader.from_params(Params(settings["dataset_reader"]))
    loader = MultiTaskLoader(reader, settings["validation_data_path"], budget=BatchBudget(8))
    loader.index_with(old.vocab)
    found = scores(loop.model, loop.trainer.validation_loader)
    assert found == pytest.approx(scores(old, loader), rel=1e-6)


def test_frozen_parts_keep_the_old_tasks_scores_exactly(archive, small_corpus, tmp_path):
    loop = build(added(small_corpus, archive, freeze=OLD), tmp_path)
    loader = loop.trainer.validation_loader
    before = scores(loop.model, loader)
    loop.run()
    assert scores(loop.model, loader) == before
    assert set(loop.trainer.progress.states) == {"relation"}


def test_regularised_parts_stay_the_nearer_the_stronger(archive, small_corpus, tmp_path):
    distances = []
    for strength in (1e-6, 1.0, 100.0):
        prior = {"type": "successive", "strength": strength}
        loop = build(added(small_corpus, archive, prior=prior), tmp_path / str(strength))
        shared = {n: p.detach().clone() for n, p in loop.model.named_parameters() if "emd" in n or "ner" in n}
        loop.run()
        now = dict(loop.model.named_parameters())
        distances.append(sum((now[name] - old).square().sum().item() for name, old in shared.items()))
    assert distances[0] > distances[1] > distances[2] > 0


def test_the_new_archive_needs_the_old_one_no_more(archive, small_corpus, tmp_path):
    settings = added(small_corpus, archive)
    copy = tmp_path / "old.tar.gz"
    copy.write_bytes(archive.read_bytes())
    text = json.dumps(settings).replace(str(archive), str(copy))
    train_model(Params(json.loads(text)), tmp_path / "run")
    copy.unlink()
    model = load_archive(tmp_path / "run" / "model.tar.gz").model
    assert set(model.tasks) == {"ner", "emd", "relation"}


def test_a_run_resumes_from_its_checkpoint_and_not_from_the_archive(archive, small_corpus, tmp_path):
    straight = build(added(small_corpus, archive), tmp_path / "straight").run()
    stopped = build(added(small_corpus, archive), tmp_path / "stopped")
    stopped.trainer.num_epochs = 1
    stopped.run()
    assert build(added(small_corpus, archive), tmp_path / "stopped").run() == straight
    best = [checkpoints.load(tmp_path / name / "best.th") for name in ("straight", "stopped")]
    assert all(torch.equal(best[0][name], best[1][name]) for name in best[0])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda c: c["vocabulary"].update(type="from_instances") or c["vocabulary"].pop("archive"),
            "is not that of the archive with more behind it; set vocabulary to",
        ),
        (
            lambda c: c["model"]["backbone"]["levels"]["emd"]["encoder"].update(hidden_size=5),
            "in the archive and .* here; leave that part of the config, and its labels, as they were",
        ),
        (
            lambda c: c["trainer"].update(start_from="nowhere.tar.gz"),
            "trainer.start_from: there is no archive nowhere.tar.gz",
        ),
    ],
)
def test_what_does_not_fit_gives_one_line(change, message, archive, small_corpus, tmp_path):
    settings = added(small_corpus, archive)
    change(settings)
    with pytest.raises(ConfigurationError, match=message) as error:
        build(settings, tmp_path)
    assert "\n" not in str(error.value)


def test_the_old_tasks_test_scores_before_and_after_are_reported(archive, small_corpus, tmp_path):
    settings = added(small_corpus, archive, freeze=OLD) | {"evaluate_on_test": True}
    train_model(Params(settings), tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    for task in ("ner", "emd"):
        for name in ("f1", "precision", "recall", "loss"):
            assert metrics[f"before/test_{task}/{name}"] == metrics[f"test_{task}/{name}"]
    assert not any(name.startswith("before/test_relation") for name in metrics)
    assert "test_relation/strict_f1" in metrics or "test_relation/head_f1" in metrics


def test_the_old_tasks_have_a_say_in_which_epoch_is_best_together(archive, small_corpus, tmp_path):
    metrics = build(added(small_corpus, archive), tmp_path).run()
    epochs = [json.loads((tmp_path / f"metrics_epoch_{n}.json").read_text()) for n in range(2)]
    names = ("ner/f1", "emd/f1", "relation/head_f1")
    means = [sum(epoch[f"validation_{name}"] for name in names) / 3 for epoch in epochs]
    assert metrics["best_validation_mean"] == pytest.approx(max(means))
    facts = json.loads((tmp_path / "run.json").read_text())["tasks"]
    assert [facts[task]["validated"] for task in facts] == [True] * 3
    assert (facts["ner"]["batches"], facts["ner"]["metric"]) == (0, "ner/f1")
