"""What users do wrong: each mistake is answered by one line that names the culprit and its place."""

import gzip
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from command_line import allennlp, error_of
from small_run import ROOT, build, config_of

Config = dict[str, Any]


def put(place: str, value: Any) -> Callable[[Config], None]:
    """Sets what stands at a dotted place of a config."""

    def change(config: Config) -> None:
        *parents, last = place.split(".")
        for parent in parents:
            config = config[parent]
        config[last] = value

    return change


def drop(*places: str) -> Callable[[Config], None]:
    def change(config: Config) -> None:
        for place in places:
            *parents, last = place.split(".")
            inner = config
            for parent in parents:
                inner = inner[parent]
            del inner[last]

    return change


def rename(task: str) -> Callable[[Config], None]:
    """Gives the task `ner` another name."""

    def change(config: Config) -> None:
        def renamed(value: Any) -> Any:
            if isinstance(value, dict):
                return {task if key == "ner" else key: renamed(inner) for key, inner in value.items()}
            return value

        kind = config["dataset_reader"]["readers"]["ner"]
        config.update(renamed(config))
        config["dataset_reader"]["readers"][task] = kind
        config["model"]["backbone"]["levels"]["emd"]["after"] = task
        config["model"]["backbone"]["task_levels"][task] = task
        config["model"]["order"] = [task, "emd"]

    return change


CONFIGS = {
    "missing file": (
        put("train_data_path.ner", "nowhere/train.jsonl"),
        "nowhere/train.jsonl: no such file; a relative path starts in",
    ),
    "data root unset": (
        put("train_data_path.ner", "$HMTL_DATA/train.jsonl"),
        "the environment variable HMTL_DATA is not set",
    ),
    "path of an unknown task": (
        put("train_data_path.nre", "x.jsonl"),
        "data path of task 'nre': the model has no such task, only emd, ner",
    ),
    "unknown format": (
        put("dataset_reader.readers.ner.format.type", "conll2033"),
        "conll2033 not in acceptable choices for dataset_reader.readers.ner.format.type: [",
    ),
    "unknown reader": (
        put("dataset_reader.readers.ner.type", "nre"),
        "nre not in acceptable choices for dataset_reader.readers.ner.type: [",
    ),
    "no readers": (
        put("dataset_reader.readers", {}),
        "dataset_reader.readers: names no task; give at least one",
    ),
    "format without the layer": (
        put("dataset_reader.readers.emd.format.type", "conll2003"),
        "dataset_reader.readers.emd.format: 'conll2003' carries no mentions",
    ),
    "unknown layer of a reader": (
        put("dataset_reader.readers.emd.layer", "mention"),
        "dataset_reader.readers.emd",
    ),
    "unknown head": (
        put("model.heads.ner.type", "crf_taggr"),
        "crf_taggr not in acceptable choices for model.heads.ner.type: [",
    ),
    "unknown encoder": (
        put("model.backbone.levels.ner.encoder.type", "lstn"),
        "'lstn' is not a registered name for 'Seq2SeqEncoder'",
    ),
    "unknown backbone": (
        put("model.backbone.type", "hierarchy"),
        "hierarchy not in acceptable choices for model.backbone.type: [",
    ),
    "unknown schedule": (
        put("trainer.schedule.type", "proportionate"),
        "proportionate not in acceptable choices for trainer.schedule.type: [",
    ),
    "unknown optimizer": (
        put("trainer.optimizer.type", "adan"),
        "adan not in acceptable choices for trainer.optimizer.type: [",
    ),
    "unknown encoding": (put("model.heads.ner.encoding", "BIOES"), "BIOES"),
    "unknown layer of a head": (
        put("model.heads.ner.layer", "entity"),
        "model.heads.ner.layer: 'entity' is unknown; choose entities or mentions",
    ),
    "unknown choice": (put("trainer.schedule.by", "batch"), "by is 'batch'; did you mean 'batches'?"),
    "unknown key": (put("trainer.epochs", 5), "epochs"),
    "unknown key of a level": (put("model.backbone.levels.ner.drop", 0.1), "drop"),
    "no heads": (
        lambda config: config["model"].update(heads={}, order=[]),
        "model.heads: names no task; give at least one",
    ),
    "order of other tasks": (
        put("model.order", ["ner", "nre"]),
        "model.order: names ner, nre; name each of emd, ner once",
    ),
    "missing heads": (drop("model.order", "model.heads"), 'key "heads" is required at location "model."'),
    "level without encoder": (drop("model.backbone.levels.emd.encoder"), "encoder"),
    "unknown parent": (
        put("model.backbone.levels.emd.after", "nre"),
        "model.backbone.levels.emd.after: there is no level 'nre'; did you mean 'ner'?",
    ),
    "levels in a circle": (
        put("model.backbone.levels.ner.after", "emd"),
        "model.backbone.levels: the levels stand on one another in a circle (emd → ner → emd)",
    ),
    "task without level": (
        put("model.backbone.task_levels.emd", "top"),
        "model.backbone: task 'emd' reads level 'top', which is not among the levels",
    ),
    "wrong width": (
        put("model.backbone.levels.ner.encoder.input_size", 5),
        "model.backbone.levels.ner.encoder: reads 5 numbers a word, but the level offers 8; leave",
    ),
    "name with a dot": (rename("n.er"), "model.heads.n.er: is no name for a task"),
    "name with a slash": (rename("../ner"), "model.heads.../ner: is no name for a task"),
    "name that torch uses": (rename("type"), "model.heads.type: is no name for a task"),
    "data without head": (
        drop("model.order", "model.heads.emd", "model.backbone.task_levels.emd"),
        "task 'emd' has data but no head",
    ),
    "head without reader": (
        drop(
            "dataset_reader.readers.emd",
            "train_data_path.emd",
            "validation_data_path.emd",
            "test_data_path.emd",
            "data_loader.budgets.emd",
        ),
        "model.heads.emd: there is no training data for this head",
    ),
    "batches of nothing": (put("data_loader.budgets.ner.batch_size", 0), "batch_size is 0; give at least 1"),
    "batches of no words": (put("data_loader.budgets.ner.max_words", 0), "max_words is 0; give at least 1"),
    "negative noise": (put("data_loader.budgets.ner.noise", -0.5), "noise is -0.5"),
    "budget of an unknown task": (
        put("data_loader.budgets.nre", {}),
        "data_loader.budgets.nre: there is no such task; the tasks are",
    ),
    "negative seed of the data": (put("data_loader.seed", -1), "data_loader.seed is -1"),
    "no epochs": (put("trainer.num_epochs", -3), "trainer.num_epochs is -3"),
    "no steps": (
        put("trainer.schedule.steps_per_epoch", 0),
        "trainer.schedule.steps_per_epoch is 0; give at least 1",
    ),
    "negative patience": (put("trainer.patience", -1), "trainer.patience is -1"),
    "text for a number": (put("trainer.num_epochs", "ten"), "num_epochs"),
    "text for a batch size": (put("data_loader.budgets.ner.batch_size", "8"), "batch_size"),
    "number for text": (put("model.heads.ner.layer", 3), "layer"),
    "list for an object": (put("model.heads", ["crf_tagger"]), "heads"),
    "unknown metric": (
        put("trainer.tasks", {"ner": {"validation_metric": "+F1"}}),
        "trainer.tasks.ner.validation_metric: the task has no metric 'F1'",
    ),
    "no such device": (put("trainer.cuda_device", 99), "specified a GPU"),
    "a learning rate that cannot fall": (
        put("trainer.optimizer.lr", 1e-9),
        "is at the minimum of its reduce_on_plateau from the start",
    ),
}


@pytest.mark.parametrize(("change", "message"), CONFIGS.values(), ids=CONFIGS)
def test_a_config_that_cannot_be(change, message, small_corpus, tmp_path, monkeypatch):
    monkeypatch.delenv("HMTL_DATA", raising=False)
    config = config_of(small_corpus)
    change(config)
    with pytest.raises(ConfigurationError) as error:
        build(config, tmp_path)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


JSONNET = {
    "no tasks": ("", "experiment: state its tasks"),
    "empty list of tasks": ("tasks: []", "experiment: its list of tasks is empty; name at least one"),
    "two tasks of one name": (
        "tasks: [hmtl.ner { data: d }, hmtl.ner { data: d }]",
        "experiment: two tasks have one name (ner, ner)",
    ),
    "task without data": ("tasks: [hmtl.ner]", "task 'ner': give it data"),
    "task without name": ("tasks: [hmtl.task { data: d }]", "task: give it a name"),
    "not Jsonnet": ("tasks: [", "config.jsonnet"),
}


@pytest.mark.parametrize(("body", "message"), JSONNET.values(), ids=JSONNET)
def test_an_experiment_that_cannot_be(body, message, tmp_path, capsys):
    library = ROOT / "configs" / "lib" / "hmtl.libsonnet"
    path = tmp_path / "config.jsonnet"
    path.write_text(
        f"local hmtl = import '{library}'; local d = hmtl.splits('x', 'jsonl'); hmtl.experiment {{ {body} }}"
    )
    assert message in error_of(capsys, "train", path, "-s", tmp_path / "run")


ENTITY = '{"doc_key": "a", "sentences": [["Ada", "left"]], "ner": [[[0, 0, "P"]]]}\n'
CONLL = "-DOCSTART- O\n\nAda B-PER\nleft O\n"

FILES = {
    "empty": ("jsonl", b"", ":1: holds no documents"),
    "no UTF-8": ("conll2003", CONLL.encode() + b"caf\xe9 O\n", ":5: is not UTF-8 (byte 0xe9)"),
    "cut short": ("jsonl", gzip.compress(ENTITY.encode() * 99)[:-20], ": cannot be unpacked"),
    "wrong number of columns": ("conll2003", CONLL.encode() + b"again\n", ":5: "),
    "illegal tag": ("conll2003", CONLL.encode() + b"Bo X-PER\n", ":5: "),
    "tag without type": ("conll2003", CONLL.encode() + b"Bo B-\n", ":5: "),
    "no JSON": ("jsonl", ENTITY.encode() + b"Ada left\n", ":2: is no JSON"),
    "JSON cut short": ("jsonl", ENTITY.encode() + b'{"doc_key": "b", "sent\n', ":2: is no JSON"),
    "a list for an object": ("jsonl", b"[1, 2]\n", ":1: the JSON is a list; give an object"),
    "no name": ("jsonl", b'{"sentences": [["Ada"]]}\n', ":1: 'doc_key' is null; give a string"),
    "no sentences": ("jsonl", b'{"doc_key": "a"}\n', ":1: 'sentences' is null; give a list"),
    "words for sentences": (
        "jsonl",
        b'{"doc_key": "a", "sentences": ["Ada"]}\n',
        ":1: 'sentences[0]' is a string",
    ),
    "span outside": (
        "jsonl",
        ENTITY.replace("0, 0", "1, 7").encode(),
        ":1: document 'a' has a span (1, 7) outside",
    ),
    "span backwards": ("jsonl", ENTITY.replace("0, 0", "1, 0").encode(), ":1: "),
    "span without type": (
        "jsonl",
        ENTITY.replace(', "P"', "").encode(),
        ":1: 'ner[0][0]' is [0, 0]; give [start, end, type]",
    ),
    "one name twice": ("jsonl", ENTITY.encode() * 2, ":2: document 'a' was already read at"),
    "no annotation": (
        "jsonl",
        b'{"doc_key": "a", "sentences": [["Ada"]]}\n',
        "no document is annotated with entities, which task 'ner' learns",
    ),
    "nested": ("jsonl", ENTITY.replace('[0, 0, "P"]', '[0, 0, "P"], [0, 1, "P"]').encode(), None),
}


def trained_on(path: Path, format: str) -> Config:
    config = config_of(path.parent, "ner")
    config["dataset_reader"]["readers"]["ner"]["format"] = {"type": format}
    config["train_data_path"] = {"ner": str(path)}
    return {
        key: value for key, value in config.items() if key not in ("validation_data_path", "test_data_path")
    }


@pytest.mark.parametrize(
    ("format", "content", "message"),
    [case for case in FILES.values() if case[2]],
    ids=[n for n in FILES if FILES[n][2]],
)
def test_a_file_that_cannot_be_read(format, content, message, tmp_path):
    path = tmp_path / ("train.txt" if format == "conll2003" else "train.jsonl")
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as error:
        build(trained_on(path, format), tmp_path)
    assert str(error.value).startswith(str(path)) and message in str(error.value)
    assert "\n" not in str(error.value)


def test_nested_mentions_do_not_go_into_tags(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_bytes(FILES["nested"][1])
    with pytest.raises(ConfigurationError) as error:
        build(trained_on(path, "jsonl"), tmp_path).run()
    assert str(error.value).startswith(
        f"{path}:1: entities (0, 1, 'P') and (0, 0, 'P') overlap, which tags cannot express"
    )
    assert "set model.heads.ner.type to span_classifier" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("format", ["(PER*", "*)", "(PER*))"])
def test_brackets_that_do_not_match(format, tmp_path):
    path = tmp_path / "train.gold_conll"
    row = ["doc", "0", "0", "Ada", "NNP", "*", "-", "-", "-", "-", format, "-"]
    path.write_text("#begin document (doc); part 000\n" + " ".join(row) + "\n\n#end document\n")
    with pytest.raises(ConfigurationError) as error:
        build(trained_on(path, "conll2012"), tmp_path)
    assert str(error.value).startswith(f"{path}:2: ") and "\n" not in str(error.value)


def test_a_folder_without_files_of_the_format(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.md").touch()
    with pytest.raises(
        ConfigurationError, match="data: holds no file that ends in .*; name a file or another folder"
    ):
        build(trained_on(tmp_path / "data", "conll2003"), tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text(ENTITY)
    path.chmod(0)
    with pytest.raises(ConfigurationError, match="make the file readable"):
        build(trained_on(path, "jsonl"), tmp_path)


def test_a_label_that_was_not_learned(small_archive, small_corpus, tmp_path, capsys):
    path = tmp_path / "dev.jsonl"
    path.write_text(ENTITY)
    line = error_of(capsys, "evaluate", small_archive / "model.tar.gz", json.dumps({"ner": str(path)}))
    assert line.startswith(f"{path}:1: label 'P' is not among the labels of task 'ner' (")
    assert "or add it to vocabulary.tokens_to_add.ner_labels" in line


def test_archives_that_are_none(small_archive, tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Ada."}\n')
    broken, other = tmp_path / "broken.tar.gz", tmp_path / "other.tar.gz"
    broken.write_bytes((small_archive / "model.tar.gz").read_bytes()[:3000])
    with tarfile.open(other, "w:gz") as archive:
        archive.add(source, "notes.txt")
    for path in (tmp_path / "missing.tar.gz", broken, other, source, tmp_path):
        assert str(path) in error_of(capsys, "predict", path, source)


def test_weights_that_do_not_fit(small_archive, small_corpus, tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "Ada."}\n')
    build(config_of(small_corpus, "ner", num_epochs=1), tmp_path).run()
    for path in (tmp_path / "missing.th", source, tmp_path / "best.th"):
        line = error_of(capsys, "predict", small_archive / "model.tar.gz", source, "--weights-file", path)
        assert str(path) in line


INPUTS = {
    "no JSON": (b"Ada left.\n", (), "input 1 (empty lines not counted): is no JSON"),
    "wrong shape": (
        b'\n{"text": "Ada."}\n{"text": ["Ada"]}\n',
        (),
        "input 2: 'text' is a list; give a string",
    ),
    "nothing to read": (b'{"text": ""}\n', (), "input 1: 'text' is empty; give it words"),
    "no UTF-8": (b'{"text": "caf\xe9"}\n', (), "in.jsonl: is not UTF-8 (byte 0xe9); convert it to UTF-8"),
    "arguments that are no JSON": (
        b'{"text": "Ada."}\n',
        ("--predictor-args", "de"),
        "--predictor-args de: is no JSON",
    ),
    "unknown argument": (
        b'{"text": "Ada."}\n',
        ("--predictor-args", '{"lang": "de"}'),
        "HmtlPredictor takes no argument 'lang'; it takes",
    ),
    "unknown predictor": (
        b'{"text": "Ada."}\n',
        ("--predictor", "hmtl2"),
        "'hmtl2' is not a registered name for 'Predictor'",
    ),
    "unknown language": (
        b'{"text": "Ada."}\n',
        ("--predictor-args", '{"language": "qq"}'),
        "spaCy has no language 'qq'",
    ),
    "unknown format": (
        b"Ada left.\n",
        ("--use-dataset-reader",),
        ":1: looks like none of the formats; name the format, one of",
    ),
    "bad document": (ENTITY.encode().replace(b"[[", b"[", 1), ("--use-dataset-reader",), ":1: "),
}


@pytest.mark.parametrize(("content", "options", "message"), INPUTS.values(), ids=INPUTS)
def test_what_cannot_be_predicted(content, options, message, small_archive, tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_bytes(content)
    assert message in error_of(capsys, "predict", small_archive / "model.tar.gz", source, *options)


def test_what_cannot_be_evaluated(small_archive, small_corpus, tmp_path, capsys):
    archive, dev = small_archive / "model.tar.gz", str(small_corpus / "dev.jsonl")
    assert "nowhere.jsonl: no such file" in error_of(capsys, "evaluate", archive, "nowhere.jsonl")
    assert "data path of task 'nre'" in error_of(capsys, "evaluate", archive, json.dumps({"nre": dev}))
    assert "missing.jsonl" in error_of(capsys, "predict", archive, tmp_path / "missing.jsonl")


def test_runs_that_cannot_begin(small_corpus, tmp_path, capsys):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(config_of(small_corpus, num_epochs=1)))
    run = tmp_path / "run"
    assert "nowhere.jsonnet" in error_of(capsys, "train", tmp_path / "nowhere.jsonnet", "-s", run)
    assert "overrides" in error_of(capsys, "train", config, "-s", run, "-o", "{trainer")
    assert "trainr" in error_of(capsys, "train", config, "-s", run, "-o", '{"trainr.num_epochs": 3}')
    allennlp("train", config, "-s", run)
    assert "both force and recover" in error_of(capsys, "train", config, "-s", run, "--recover", "--force")
    other = Params.from_file(str(config), '{"trainer.num_epochs": 2, "model.dropout": 0.5}')
    other.to_file(str(tmp_path / "other.json"))
    error_of(capsys, "train", tmp_path / "other.json", "-s", run, "--recover")
    for checkpoint in (run / "checkpoints").glob("*.th"):
        checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    error = error_of(capsys, "train", config, "-s", run, "--recover")
    assert f"{run / 'checkpoints'}: none of its " in error and "is whole; train anew with --force" in error


def test_a_document_of_ten_thousand_words_is_no_bad_input(tmp_path):
    """It trains as well: nothing is cut off, and a batch that is too large for its budget is a batch of its
    own."""
    sentence = ["Ada", "Morrow", "met", "her", "brother", "Bo", "in", "Saltmere", "on", "Monday"]
    clusters = [[[10 * n, 10 * n + 1], [10 * n + 3, 10 * n + 3]] for n in range(1000)]
    path = tmp_path / "train.jsonl"
    path.write_text(
        json.dumps({"doc_key": "long", "sentences": [sentence] * 1000, "clusters": clusters}) + "\n"
    )
    config = config_of(tmp_path, "coref", num_epochs=1)
    config["model"]["backbone"]["levels"]["coref"]["after"] = None
    config["train_data_path"] = {"coref": str(path)}
    del config["validation_data_path"], config["test_data_path"]
    config["data_loader"]["budgets"]["coref"]["max_words"] = 500
    loop = build(config, tmp_path)
    (batch,) = loop.trainer.loader.iterate("coref")
    assert batch["tokens"]["words"]["tokens"].numel() == 10_000
    assert loop.run()["coref/steps"] == 1
