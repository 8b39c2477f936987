import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import allennlp, error_of
from small_run import ROOT, config_of

from hmtl.formats import Conll2003, Conll2012, Jsonl

TEXTS = [
    "Ada Morrow, the mayor of Saltmere, smiled. She left.",
    "Nobody came.",
    "x",
    "One\n\ntwo three.",
    "👍🏽 漢字",
]


@pytest.fixture
def archive(small_archive) -> Path:
    return small_archive / "model.tar.gz"


def write_config(path: Path, config: dict) -> Path:
    path.write_text(json.dumps(config))
    return path


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def predict(archive: Path, source: Path, target: Path, *options: object) -> list[dict]:
    allennlp("predict", archive, source, "--output-file", target, "--silent", *options)
    return lines_of(target)


def write_inputs(path: Path, inputs: list[dict]) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in inputs))
    return path


def test_as_a_program_train_evaluate_and_predict(small_corpus, tmp_path):
    """What a user types, each in a process of its own."""

    def run(*arguments: object, text: str | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "allennlp", *map(str, arguments), "--include-package", "hmtl"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            command, input=text, capture_output=True, text=True, cwd=tmp_path, env=environment
        )

    config = write_config(
        tmp_path / "config.json", config_of(small_corpus, "ner emd relation coref", num_epochs=1)
    )
    trained = run("train", config, "-s", "run")
    assert trained.returncode == 0, trained.stderr
    assert (tmp_path / "run" / "model.tar.gz").exists()

    again = run("train", config, "-s", "run")
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1].startswith(
        "allennlp: error: Serialization directory (run) already exists"
    )
    assert "Traceback" not in again.stderr

    predicted = run("predict", "run/model.tar.gz", "-", text='{"text": "Ada left Saltmere."}\n')
    assert predicted.returncode == 0, predicted.stderr
    answers = [
        json.loads(line.split(" ", 1)[1])
        for line in predicted.stdout.splitlines()
        if line.startswith("prediction: ")
    ]
    assert [answer["text"] for answer in answers] == ["Ada left Saltmere."]

    broken = run("predict", "run/model.tar.gz", "-", text='{"text": "Ada."}\n\nnot json\n')
    assert broken.returncode == 1 and "Traceback" not in broken.stderr
    assert broken.stderr.splitlines()[-1].startswith(
        "allennlp: error: input 2 (empty lines not counted): is no JSON"
    )


@pytest.mark.parametrize("as_map", [False, True])
def test_evaluate(as_map, archive, small_archive, small_corpus, tmp_path):
    dev, output = small_corpus / "dev.jsonl", tmp_path / "metrics.json"
    data = json.dumps({"ner": str(dev), "coref": str(dev)}) if as_map else dev
    allennlp("evaluate", archive, data, "--output-file", output)
    metrics, trained = (
        json.loads(output.read_text()),
        json.loads((small_archive / "metrics.json").read_text()),
    )
    tasks = ["ner", "coref"] if as_map else ["ner", "emd", "relation", "coref"]
    assert {name.split("/")[0] for name in metrics if "/" in name} == set(tasks)
    # the validation data of the best epoch, whose weights the archive has
    for name, value in metrics.items():
        if "/" in name:
            assert value == pytest.approx(trained[f"best_validation_{name}"], abs=1e-6)


def test_evaluate_writes_predictions_that_line_up(archive, small_corpus, tmp_path):
    output = tmp_path / "predictions.jsonl"
    allennlp("evaluate", archive, small_corpus / "dev.jsonl", "--predictions-output-file", output)
    batches = lines_of(output)
    documents = {document.id: document for document in Jsonl().read(small_corpus / "dev.jsonl")}
    sentences = sum(len(document.sentences) for document in documents.values())
    for task, count in (
        ("ner", sentences),
        ("emd", sentences),
        ("relation", sentences),
        ("coref", len(documents)),
    ):
        mine = [batch for batch in batches if batch["task"] == task]
        seen = [document["id"] for batch in mine for document in batch["documents"]]
        assert len(seen) == len(set(seen)) == count
        assert {name.rsplit(":", 1)[0] for name in seen} == set(documents)
        for batch in mine:
            assert len(batch["annotations"]) == len(batch["documents"])
            assert batch["loss"] >= 0
            for annotation, document in zip(batch["annotations"], batch["documents"], strict=True):
                assert set(annotation) == {task}
                if task in ("ner", "emd"):
                    assert all(
                        0 <= start <= end < len(document["tokens"]) for start, end, _ in annotation[task]
                    )


@pytest.mark.parametrize("size", [1, 3])
def test_predict_from_lines_of_every_kind(size, archive, tmp_path):
    inputs = [{"text": text} for text in TEXTS]
    inputs += [{"tokens": ["Ada", "left", "."]}, {"sentences": [["Ada", "left", "."], ["Bo", "stayed"]]}]
    answers = predict(
        archive, write_inputs(tmp_path / "in.jsonl", inputs), tmp_path / "out.jsonl", "--batch-size", size
    )
    assert [answer["text"] for answer in answers] == [*TEXTS, "Ada left .", "Ada left . Bo stayed"]
    assert [answer["id"] for answer in answers] == [str(n) for n in range(1, len(inputs) + 1)]
    assert answers[-1]["sentences"] == [[0, 2], [3, 4]]
    for answer in answers:
        assert [answer["text"][start:end] for start, end in answer["offsets"]] == answer["tokens"]


def test_the_size_of_batches_changes_nothing(archive, tmp_path):
    source = write_inputs(tmp_path / "in.jsonl", [{"text": text} for text in TEXTS])
    one, three = (predict(archive, source, tmp_path / f"{n}", "--batch-size", n) for n in (1, 3))
    assert one == three


def test_predict_reads_compressed_lines_and_another_language(archive, tmp_path):
    path = tmp_path / "in.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "Das ist z.B. gut."}\n'))
    (answer,) = predict(archive, path, tmp_path / "out", "--predictor-args", '{"language": "de"}')
    assert answer["tokens"] == ["Das", "ist", "z.B.", "gut", "."]


def test_predict_prints_unless_silent(archive, tmp_path, capsys):
    source = write_inputs(tmp_path / "in.jsonl", [{"text": "Ada."}])
    allennlp("predict", archive, source)
    printed = capsys.readouterr().out
    assert 'input 0:  {"id": "1", "text": "Ada."}' in printed and "prediction:  {" in printed
    allennlp("predict", archive, source, "--silent", "--output-file", tmp_path / "out")
    assert "prediction" not in capsys.readouterr().out


@pytest.mark.parametrize("annotated", [True, False])
@pytest.mark.parametrize("format", [Jsonl(), Conll2003(), Conll2012()], ids=lambda format: format.name)
def test_predict_from_files_of_a_format(format, annotated, archive, small_corpus, tmp_path):
    documents = list(Jsonl().read(small_corpus / "dev.jsonl"))
    written = [format.fit(document if annotated else document.bare()) for document in documents]
    if format.name == "conll2003":
        written = [
            document.replace(entities=()) if document.entities is None else document for document in written
        ]
    source = tmp_path / f"in{format.suffixes[0]}"
    format.write(written, source)
    answers = predict(archive, source, tmp_path / "out", "--use-dataset-reader", "--batch-size", 3)
    expected = list(format.read(source))
    assert [answer["tokens"] for answer in answers] == [list(document.tokens) for document in expected]
    assert [answer["id"] for answer in answers] == [document.id for document in expected]
    assert all(
        answer[layer] is not None
        for answer in answers
        for layer in ("entities", "mentions", "relations", "clusters")
    )


def test_annotation_in_a_file_changes_no_prediction(archive, small_corpus, tmp_path):
    documents = list(Jsonl().read(small_corpus / "dev.jsonl"))
    Jsonl().write([document.bare() for document in documents], tmp_path / "bare.jsonl")
    one = predict(archive, small_corpus / "dev.jsonl", tmp_path / "1", "--use-dataset-reader")
    two = predict(archive, tmp_path / "bare.jsonl", tmp_path / "2", "--use-dataset-reader")
    assert one == two


def test_weights_of_one_tasks_best_epoch(archive, small_archive, small_corpus, tmp_path):
    output = tmp_path / "metrics.json"
    weights = small_archive / "best_ner.th"
    dev = small_corpus / "dev.jsonl"
    allennlp("evaluate", archive, dev, "--output-file", output, "--weights-file", weights)
    trained = json.loads((small_archive / "metrics.json").read_text())
    assert json.loads(output.read_text())["ner/f1"] == pytest.approx(trained["ner/best_f1"], abs=1e-6)


def test_train_refuses_a_full_directory_overwrites_it_by_force_and_recovers(small_corpus, tmp_path, capsys):
    config = write_config(tmp_path / "config.json", config_of(small_corpus, num_epochs=1))
    run = tmp_path / "run"
    allennlp("train", config, "-s", run)
    metrics = (run / "metrics.json").read_bytes()
    assert "already exists" in error_of(capsys, "train", config, "-s", run)
    (run / "stray").touch()
    allennlp("train", config, "-s", run, "--recover")
    assert (run / "metrics.json").read_bytes() == metrics and (run / "stray").exists()
    allennlp("train", config, "-s", run, "-f")
    assert (run / "metrics.json").read_bytes() == metrics and not (run / "stray").exists()


def test_overrides(small_corpus, tmp_path):
    config = write_config(tmp_path / "config.json", config_of(small_corpus, num_epochs=1))
    allennlp("train", config, "-s", tmp_path / "run", "-o", '{"trainer.num_epochs": 2, "model.dropout": 0.5}')
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["epochs"] == 2


def test_a_dry_run_trains_nothing(small_corpus, tmp_path):
    config = write_config(tmp_path / "config.json", config_of(small_corpus))
    allennlp("train", config, "-s", tmp_path / "run", "--dry-run")
    assert (tmp_path / "run" / "vocabulary").is_dir() and not (tmp_path / "run" / "best.th").exists()


def test_test_data_are_evaluated_with_the_best_weights(small_corpus, tmp_path):
    config = config_of(small_corpus, num_epochs=2, optimizer={"type": "adam", "lr": 0.01}) | {
        "evaluate_on_test": True
    }
    allennlp("train", write_config(tmp_path / "config.json", config), "-s", tmp_path / "run")
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    # the test data are the validation data
    for task in ("ner", "emd"):
        assert metrics[f"test_{task}/f1"] == pytest.approx(metrics[f"best_validation_{task}/f1"], abs=1e-6)
