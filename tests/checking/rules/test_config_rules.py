"""Each rule on configs: one mutation of a clean config triggers it and no other."""

import pytest

from checking.small import changed, found, only
from hmtl.checking.finding import Finding

CHARACTERS = {
    "dataset_reader__token_indexers__characters": {"type": "characters", "min_padding_length": 3},
    "model__embedder__token_embedders__characters": {
        "type": "character_encoding",
        "embedding": {"embedding_dim": 4, "vocab_namespace": "token_characters"},
        "encoder": {"type": "cnn", "embedding_dim": 4, "num_filters": 3, "ngram_filter_sizes": [2]},
    },
}
LSTM = {"type": "lstm", "hidden_size": 3}
ENCODER = "model__embedder__token_embedders__characters__encoder__embedding_dim"
NEW_LEVEL = {"model__backbone__levels__spare": {"encoder": LSTM}}
ON_THE_WAY = {
    "model__backbone__levels__spare": {"encoder": LSTM},
    "model__backbone__levels__ner__after": "spare",
}
OWN = {"optimizer": {"type": "adam"}}
SLIPS = [
    ("config_keys", {"trainer__pateince": 3}, "trainer.pateince", "did you mean 'patience'?"),
    ("config_keys", {"model__heads__ner__drop_out": 0.1}, "model.heads.ner.drop_out", "'dropout'"),
    ("config_keys", {"traner": {}}, "traner", "did you mean 'trainer'?"),
    ("config_keys", {"trainer__schedule": {"type": "unifrom"}}, "trainer.schedule.type", "'uniform'"),
    ("config_keys", {"trainer__num_epochs": "many"}, "trainer.num_epochs", "of that kind"),
    ("config_keys", {"model__backbone__encode": "document "}, "model.backbone.encode", "of that kind"),
    ("config_keys", {"data_loader__budgets__ner__batch_syze": 3}, "data_loader.budgets.ner.batch_syze",
     "batch_size"),
    ("config_keys", {"dataset_reader__readers__ner__format__type": "jsnl"},
     "dataset_reader.readers.ner.format.type", "'jsonl'"),
    ("readers", {"dataset_reader__readers__ner__format": {"type": "ace"}},
     "dataset_reader.readers.ner.format", "choose another format"),
    ("missing_files", {"test_data_path__ner": "/no/such/file"}, "test_data_path.ner", "correct it"),
    ("missing_files", {"model__embedder__token_embedders__words__pretrained_file": "no.txt"},
     "model.embedder.token_embedders.words.pretrained_file", "relative path starts in"),
    ("no_data", {"train_data_path__ner": ...}, "train_data_path.ner", "add train_data_path.ner"),
    ("no_head", {"model__heads__ner": None}, "dataset_reader.readers.ner", "add model.heads.ner"),
    ("unvalidated", {"validation_data_path__ner": ...}, "validation_data_path.ner", "add"),
    ("unvalidated", {"test_data_path__ner": ..., "evaluate_on_test": True}, "test_data_path.ner", "add"),
    ("unknown_tasks", {"data_loader__budgets__nre": {}}, "data_loader.budgets.nre", "did you mean 'ner'?"),
    ("unknown_tasks", {"trainer__tasks": {"nre": {}}}, "trainer.tasks.nre", "did you mean 'ner'?"),
    ("unknown_tasks", {"model__order": ["ner", "ner"]}, "model.order", "name each once"),
    ("indexers", {"dataset_reader__token_indexers__more": {"type": "single_id"}},
     "dataset_reader.token_indexers.more", "the same names"),
    ("levels", {"model__backbone__levels__emd__after": "nre"}, "model.backbone.levels.emd.after", "'ner'"),
    ("levels", {"model__backbone__levels__ner__after": "emd"}, "model.backbone.levels", "stand on nothing"),
    ("unread_levels", NEW_LEVEL, "model.backbone.levels.spare", "remove it"),
    ("unread_levels", ON_THE_WAY, "model.backbone.levels.spare", "if that is meant"),
    ("trainer_numbers", {"trainer__num_epochs": 0}, "trainer.num_epochs", "give more than 0"),
    ("trainer_numbers", {"trainer__average_decay": 1.5}, "trainer.average_decay", "between 0 and 1"),
    ("trainer_numbers", {"trainer__seed": -1}, "trainer.seed", "give 0 or more"),
    ("trainer_numbers", {"trainer__tasks": {"ner": {"patience": 0}}}, "trainer.tasks.ner.patience",
     "give more than 0"),
    ("trainer_parts", {"trainer__schedule__steps_per_epoch": 0}, "trainer.schedule.steps_per_epoch",
     "at least 1"),
    ("trainer_parts", {"data_loader__budgets__ner__noise": 3}, "data_loader.budgets", "give a share"),
    ("trainer_parts", {"trainer__checkpoints": {"keep": 0}}, "trainer.checkpoints.keep", "more than 0"),
    ("frozen_parts", {"trainer__freeze": ["levels.nre"]}, "trainer.freeze", "did you mean 'levels.ner'?"),
    ("unused_options", {"trainer__shared_optimizer": True, "trainer__tasks": {"ner": OWN}},
     "trainer.tasks.ner.optimizer", "remove one"),
    ("validation_metrics", {"trainer__tasks": {"ner": {"validation_metric": "f1"}}},
     "trainer.tasks.ner.validation_metric", "write +f1 or -f1"),
    ("validation_metrics", {"trainer__tasks": {"ner": {"validation_metric": "+f2"}}},
     "trainer.tasks.ner.validation_metric", "choose one of loss, precision, recall, f1"),
    ("no_forecast", {"trainer__schedule": {"type": "weighted", "weights": {"ner": 1}}},
     "trainer.schedule.weights", "add it"),
    ("unbuildable_parts", {"model__heads__ner__encoding": "BOI"}, "model.heads.ner", "choose"),
    ("unbuildable_parts", {"model__backbone__levels__emd__encoder__input_size": 77},
     "model.backbone.levels.emd.encoder", "leave the width out"),
    ("character_widths", {**CHARACTERS, ENCODER: 5}, "model.embedder.token_embedders.characters.encoder",
     "the same embedding_dim"),
    ("unseen_data",
     {"trainer__num_epochs": 1, "trainer__schedule": {"type": "uniform", "steps_per_epoch": 2}},
     "trainer.schedule", "raise num_epochs"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "changes", "place", "mend"), SLIPS, ids=lambda value: str(value)[:40])
def test_one_slip_is_found_by_one_rule(rule, changes, place, mend, clean):
    findings: list[Finding] = only(changed(clean, **changes), rule)
    assert any(place in finding.places for finding in findings), findings
    assert any(mend in finding.mend for finding in findings), findings
    assert all(finding.cause and finding.mend and "\n" not in finding.cause for finding in findings)


def test_parts_that_fit_are_no_finding(clean):
    assert found(changed(clean, **CHARACTERS)) == {}
    fits = changed(clean, trainer__freeze=["embedder", "levels.ner", "heads.emd"],
                   trainer__tasks={"ner": {"validation_metric": "+f1", "patience": 3}},
                   model__backbone__levels__ner__encoder__input_size=8)  # fmt: skip
    assert found(fits) == {}


def test_a_level_that_there_is_not(clean):
    findings = found(changed(clean, model__backbone__task_levels__coref="corff"))
    assert set(findings) == {"levels", "unread_levels"}
    (finding,) = findings["levels"]
    assert finding.places == ("model.backbone.task_levels.coref",) and "'coref'" in finding.mend


def test_two_wrong_widths_are_two_findings(clean):
    config = changed(clean, model__backbone__levels__emd__encoder__input_size=77,
                     model__backbone__levels__coref__encoder__input_size=78)  # fmt: skip
    places = [finding.places[0] for finding in only(config, "unbuildable_parts")]
    assert sorted(places) == ["model.backbone.levels.coref.encoder", "model.backbone.levels.emd.encoder"]


def test_an_unset_data_root_is_one_finding(clean, monkeypatch):
    monkeypatch.delenv("HMTL_DATA", raising=False)
    paths = {f"{split}_data_path__ner": "$HMTL_DATA/a" for split in ("train", "validation", "test")}
    (finding,) = only(changed(clean, **paths), "missing_files")
    assert finding.count == 3 and "HMTL_DATA is not set" in finding.cause and finding.severity == "error"


def test_a_missing_corpus_is_one_finding(clean, monkeypatch, tmp_path):
    monkeypatch.setenv("HMTL_DATA", str(tmp_path))
    paths = {f"{split}_data_path__ner": f"$HMTL_DATA/ontonotes/{split}" for split in ("train", "test")}
    (finding,) = only(changed(clean, **paths), "missing_files")
    assert finding.cause == "there is no ontonotes in $HMTL_DATA" and finding.count == 2


def test_a_file_that_a_hub_names_is_not_missed(clean):
    name = "model__embedder__token_embedders__words__pretrained_file"
    assert "missing_files" not in found(changed(clean, **{name: "https://example.org/vectors.txt"}))
