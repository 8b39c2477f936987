"""Languages without spaces and from right to left: from training to raw text, with offsets in code points."""

import json
import sys
from pathlib import Path

import pytest
from _jsonnet import evaluate_snippet
from allennlp.common.checks import ConfigurationError
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor
from command_line import allennlp, error_of
from small_run import ROOT, config_of

from hmtl.document_json import from_json
from hmtl.predictors import HmtlPredictor
from hmtl.raw_text import TextSplitter
from hmtl.render import render
from hmtl.render.terminal import columns

# sentences with the words of their names
LANGUAGES = {
    "zh": [("海伦住在北京。", "海伦 PER 北京 LOC"), ("她𝒳喜欢上海！", "上海 LOC"), ("你好吗？", "")],
    "ar": [("سافرت ليلى إلى القاهرة.", "ليلى PER القاهرة LOC"), ("هل عادت مُنى؟", "مُنى PER"), ("نعم!", "")],
    "he": [("דנה גרה בחיפה.", "דנה PER"), ("שָׁלוֹם לדנה!", "שָׁלוֹם MISC"), ("כן.", "")],
    "hi": [("राम दिल्ली गया।", "राम PER दिल्ली LOC"), ("वह खुश था।", "")],
    "xx": [("Zoe\u0308 saw 𝒳avier 👩‍👩‍👧 today.", "Zoe\u0308 PER 𝒳avier PER"), ("Oui.", "")],
}


def write_corpus(language: str, folder: Path) -> Path:
    """The sentences twice in jsonl with a byte order mark and CRLF, split into words as prediction splits."""
    lines = []
    for number in range(2):
        text = " ".join(sentence for sentence, _ in LANGUAGES[language])
        document = TextSplitter(language)(text, str(number), "here")
        names = " ".join(names for _, names in LANGUAGES[language]).split()
        spans = []
        for name, label in zip(names[::2], names[1::2], strict=True):
            start, end = text.index(name), text.index(name) + len(name)
            words = [n for n, (s, e) in enumerate(document.offsets) if start <= s and e <= end]
            assert "".join(document.tokens[words[0] : words[-1] + 1]) == name
            spans.append([words[0], words[-1], label])
        by_sentence = [[span for span in spans if s <= span[0] <= e] for s, e in document.sentences]
        words = [document.tokens[s : e + 1] for s, e in document.sentences]
        offsets = [document.offsets[s : e + 1] for s, e in document.sentences]
        data = {"doc_key": str(number), "sentences": words, "ner": by_sentence, "text": text}
        lines.append(json.dumps({**data, "offsets": offsets}, ensure_ascii=False))
    for name in ("train.jsonl", "dev.jsonl"):
        (folder / name).write_bytes("\ufeff".encode() + "\r\n".join([*lines, ""]).encode())
    return folder


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_training_to_raw_text(language: str, tmp_path: Path) -> None:
    config = config_of(write_corpus(language, tmp_path), "ner emd", num_epochs=30, patience=None)
    config["dataset_reader"]["language"] = language
    del config["trainer"]["learning_rate_scheduler"]
    config["trainer"]["optimizer"] = {"type": "adam", "lr": 0.05}
    config["model"]["dropout"] = 0.0
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    allennlp("train", tmp_path / "config.json", "-s", tmp_path / "run")
    predictor = Predictor.from_archive(load_archive(tmp_path / "run" / "model.tar.gz"))
    text = "\n\n".join(sentence for sentence, _ in LANGUAGES[language])
    answer = predictor.predict_json({"text": text})
    assert answer["text"] == text and len(answer["sentences"]) == len(LANGUAGES[language])
    assert [text[s:e] for s, e in answer["offsets"]] == answer["tokens"]
    found = [f"{text[e['char_start'] : e['char_end']]} {e['label']}" for e in answer["entities"]]
    assert " ".join(found) == " ".join(names for _, names in LANGUAGES[language] if names)
    document = from_json(answer)
    assert max(map(columns, render(document, 40).splitlines())) <= 40
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes("\ufeff".encode() + json.dumps({"text": text}, ensure_ascii=False).encode() + b"\r\n")
    allennlp("predict", tmp_path / "run" / "model.tar.gz", source, "--output-file", out, "--silent")
    assert json.loads(out.read_text(encoding="utf-8")) == answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentenciser_knows_the_ends_of_sentences(language: str) -> None:
    text = "".join(sentence + " " * (language != "zh") for sentence, _ in LANGUAGES[language])
    document = TextSplitter(language)(text, "d", "here")
    assert [document.span_text(*bounds) for bounds in document.sentences] == [
        sentence for sentence, _ in LANGUAGES[language]
    ]


@pytest.mark.parametrize(("language", "package"), [("ja", "sudachipy"), ("th", "PyThaiNLP"), ("vi", "Pyvi")])
def test_what_a_language_needs_is_named_in_one_line(language: str, package: str, monkeypatch) -> None:
    for module in ("sudachipy", "pythainlp", "pythainlp.tokenize", "pyvi"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigurationError, match=f"rules for language '{language}' need.*{package}") as error:
        TextSplitter(language)
    assert "\n" not in str(error.value)


def test_arguments_of_the_predictor_come_before_the_archive(small_archive: Path) -> None:
    archive = load_archive(small_archive / "model.tar.gz")
    text = {"text": "海伦在北京。"}
    reader = archive.dataset_reader
    assert len(HmtlPredictor(archive.model, reader).predict_json(text)["tokens"]) == 2
    assert len(HmtlPredictor(archive.model, reader, language="zh").predict_json(text)["tokens"]) == 6
    reader.language = "zh"
    assert len(HmtlPredictor(archive.model, reader).predict_json(text)["tokens"]) == 6
    assert len(HmtlPredictor(archive.model, reader, language="xx").predict_json(text)["tokens"]) == 2


def test_an_experiment_states_its_language(tmp_path: Path, capsys) -> None:
    path = str(ROOT / "configs" / "x.jsonnet")
    body = "local hmtl = import 'lib/hmtl.libsonnet'; local d = hmtl.splits('x', 'jsonl');"
    for stated, expected in (("language: 'zh',", "zh"), ("", None)):
        config = json.loads(
            evaluate_snippet(path, body + f"hmtl.experiment {{ {stated} tasks: [hmtl.ner {{ data: d }}] }}")
        )
        assert config["dataset_reader"].get("language") == expected
    config["dataset_reader"]["language"] = "qq"
    place = tmp_path / "c.json"
    place.write_text(json.dumps(config))
    assert "spaCy has no language 'qq'" in error_of(
        capsys, "train", tmp_path / "c.json", "-s", tmp_path / "r"
    )
