import json
import resource
import threading

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from allennlp.models.archival import load_archive
from allennlp.predictors import Predictor
from small_run import build, config_of

from hmtl.batching import BatchBudget
from hmtl.dataset_readers.split import split_sentences
from hmtl.document_json import from_json, to_json
from hmtl.documents import LAYERS
from hmtl.formats import Jsonl
from hmtl.predictors import HmtlPredictor
from hmtl.predictors import predictor as predictor_module

TEXTS = [
    "The mayor of Saltmere, Ada Morrow, opened the meeting. She smiled.",
    "x",
    "Harrow Bank lent Oskar Blume of Penhollow forty pounds in 1994.\n\nHe paid it back. The bank was glad.",
    "Qwertz uiopü 漢字 👍🏽 zzzzzz.",
    "Nobody came.",
]


@pytest.fixture(scope="module")
def predictor(small_archive) -> HmtlPredictor:
    return Predictor.from_archive(load_archive(small_archive / "model.tar.gz"))


def test_the_archive_knows_its_predictor(predictor):
    assert isinstance(predictor, HmtlPredictor)


def test_one_document_json_for_each_input_in_order(predictor):
    answers = predictor.predict_batch_json([{"text": text} for text in TEXTS])
    assert [answer["text"] for answer in answers] == TEXTS
    assert [answer["id"] for answer in answers] == ["1", "2", "3", "4", "5"]
    for answer in answers:
        assert all(isinstance(answer[layer], list) for layer in LAYERS)
        for span in (
            *answer["entities"],
            *answer["mentions"],
            *(s for cluster in answer["clusters"] for s in cluster),
        ):
            assert answer["text"][span["char_start"] : span["char_end"]] == span["text"]
            assert answer["offsets"][span["start"]][0] == span["char_start"]
    # a model that finds nothing at all could not show any of this
    assert any(answer["entities"] or answer["mentions"] or answer["clusters"] for answer in answers)


def test_a_batch_says_what_its_inputs_say_one_by_one(predictor):
    alone = [predictor.predict_json({"text": text, "id": str(n)}) for n, text in enumerate(TEXTS)]
    together = predictor.predict_batch_json([{"text": text, "id": str(n)} for n, text in enumerate(TEXTS)])
    assert together == alone
    backwards = predictor.predict_batch_json(
        [{"text": t, "id": str(n)} for n, t in reversed(list(enumerate(TEXTS)))]
    )
    assert backwards[::-1] == alone


def test_half_precision_says_almost_the_same(predictor):
    half = HmtlPredictor(predictor._model, predictor._dataset_reader, mixed_precision="bf16")
    inputs = [{"text": text} for text in TEXTS]
    seen = []
    encoder = next(iter(predictor._model.backbone.encoders.values()))
    hook = encoder.register_forward_hook(lambda _, inputs, outputs: seen.append(outputs.dtype))
    answers = [each.predict_batch_json(inputs) for each in (predictor, half)]
    found = [
        {(n, layer, str(item)) for n, answer in enumerate(own) for layer in LAYERS for item in answer[layer]}
        for own in answers
    ]
    hook.remove()
    assert set(seen) == {torch.float32, torch.bfloat16}
    assert len(found[0] ^ found[1]) <= 0.2 * len(found[0])


def test_another_precision_is_refused(predictor):
    with pytest.raises(ConfigurationError, match="^mixed_precision: 'int8' is unknown; choose bf16"):
        HmtlPredictor(predictor._model, predictor._dataset_reader, mixed_precision="int8")


def test_all_kinds_of_input_with_the_same_words_give_the_same_answer(predictor):
    answer = predictor.predict_json({"text": TEXTS[2]})
    words, bounds = answer["tokens"], answer["sentences"]
    sentences = predictor.predict_json({"sentences": [words[start : end + 1] for start, end in bounds]})
    whole = predictor.predict_json(answer)
    assert whole == answer
    for layer in LAYERS:
        assert _words_only(sentences[layer]) == _words_only(answer[layer])


def _words_only(value):
    """A layer's JSON without text and characters."""
    if isinstance(value, list):
        return [_words_only(item) for item in value]
    if isinstance(value, dict):
        return {key: _words_only(item) for key, item in value.items() if "char" not in key and key != "text"}
    return value


def test_annotation_in_the_input_is_not_looked_at(predictor, small_corpus):
    documents = list(Jsonl().read(small_corpus / "dev.jsonl"))
    bare = predictor.annotate([document.bare() for document in documents])
    emptied = [document.replace(**dict.fromkeys(LAYERS, ())) for document in documents]
    assert predictor.annotate(documents) == bare == predictor.annotate(emptied)
    assert predictor.predict_json(to_json(documents[0])) == predictor.predict_json(
        to_json(documents[0].bare())
    )


def test_annotating_documents_and_their_json_is_the_same(predictor, small_corpus):
    document = next(Jsonl().read(small_corpus / "dev.jsonl"))
    (annotated,) = predictor.annotate([document])
    assert to_json(annotated) == predictor.predict_json(to_json(document))
    assert annotated.tokens == document.tokens and annotated.source == document.source


def test_any_number_of_documents_goes_through_the_model_in_parts(predictor, small_corpus, monkeypatch):
    whole = list(Jsonl().read(small_corpus / "train.jsonl"))
    documents = [part for document in whole for part in (document, *split_sentences(document))]
    together, rows = predictor.annotate(documents), []
    assert predictor.annotate([]) == predictor.predict_batch_json([]) == []
    monkeypatch.setattr(predictor_module, "BUDGET", BatchBudget(batch_size=3, max_words=60))
    handle = predictor._model.register_forward_pre_hook(
        lambda model, _, arguments: rows.append(arguments["documents"]), with_kwargs=True
    )
    parts = predictor.annotate(documents)
    handle.remove()
    assert parts == together and [part.tokens for part in parts] == [one.tokens for one in documents]
    assert sorted(one.id for batch in rows for one in batch) == sorted(one.id for one in documents)
    for batch in rows:
        sentences = [end - start + 1 for one in batch for start, end in one.sentences]
        assert len(batch) <= 3 and (len(batch) == 1 or len(sentences) * max(sentences) <= 60)
    assert max(map(len, rows)) > 1


def test_answers_are_those_of_one_thread(predictor, small_corpus, monkeypatch):
    monkeypatch.setattr(predictor_module, "BUDGET", BatchBudget(batch_size=2, max_words=1000))
    documents = list(Jsonl().read(small_corpus / "train.jsonl"))
    threads = set()
    handle = predictor._model.register_forward_pre_hook(lambda *_: threads.add(threading.get_ident()))
    answers = {}
    for count in (1, 3):
        monkeypatch.setattr(predictor, "_threads", count)
        answers[count] = predictor.annotate(documents)
    handle.remove()
    assert len(threads) > 1
    assert answers[3] == answers[1] and [one.id for one in answers[3]] == [one.id for one in documents]


def test_a_document_above_the_budget_is_annotated_by_itself(predictor, small_corpus, monkeypatch):
    monkeypatch.setattr(predictor_module, "BUDGET", BatchBudget(batch_size=2, max_words=1))
    monkeypatch.setattr(predictor, "_threads", 3)
    threads = set()
    handle = predictor._model.register_forward_pre_hook(lambda *_: threads.add(threading.get_ident()))
    predictor.annotate(list(Jsonl().read(small_corpus / "train.jsonl")))
    handle.remove()
    assert threads == {threading.get_ident()}


def test_a_model_that_carries_its_state_is_given_one_block_after_the_other(small_archive):
    archive = load_archive(small_archive / "model.tar.gz")
    archive.model.backbone.stateful = True
    assert HmtlPredictor(archive.model, archive.dataset_reader, threads=3)._at_once() == 1


def test_threads_that_are_none(predictor):
    with pytest.raises(ConfigurationError, match="threads is 0; give at least 1"):
        HmtlPredictor(predictor._model, predictor._dataset_reader, threads=0)


def test_words_that_were_never_seen_and_a_single_word(predictor):
    for text in ("zzz", "漢", "👍🏽", "x" * 5000):
        answer = predictor.predict_json({"text": text})
        assert "".join(answer["tokens"]) == text
        assert all(answer[layer] is not None for layer in LAYERS)
        assert answer["relations"] == [] or len(answer["tokens"]) > 1


def test_tasks_that_fill_one_layer_stand_side_by_side(small_corpus, tmp_path):
    config = config_of(small_corpus)
    config["model"]["heads"]["emd"]["layer"] = "entities"
    config["dataset_reader"]["readers"]["emd"]["layer"] = "entities"
    loop = build(config, tmp_path)
    reader = _reader(config)
    answer = HmtlPredictor(loop.model, reader).predict_json({"text": TEXTS[0]})
    first, second = (loop.model.heads[task].layer for task in loop.model.tasks)
    assert loop.model.tasks == ["ner", "emd"] and first == second == "entities"
    assert isinstance(answer["entities"], list) and isinstance(answer["emd"], list)
    alone = {task: _only(loop.model, task, reader, TEXTS[0]) for task in ("emd", "ner")}
    assert (answer["entities"], answer["emd"]) == (alone["ner"], alone["emd"])
    assert alone["emd"] != alone["ner"]


def _reader(config):
    return DatasetReader.from_params(Params(json.loads(json.dumps(config["dataset_reader"]))))


def _only(model, task, reader, text):
    """What one head says when it is asked alone."""
    heads = dict(model.heads.items())
    model.heads = torch.nn.ModuleDict({task: heads[task]})
    try:
        return HmtlPredictor(model, reader).predict_json({"text": text})["entities"]
    finally:
        model.heads = torch.nn.ModuleDict(heads)


def test_a_task_named_as_a_taken_key_is_refused(small_corpus, tmp_path):
    config = json.loads(
        json.dumps(config_of(small_corpus))
        .replace('"ner"', '"text"')
        .replace('"type": "text"', '"type": "ner"')
    )
    config["model"]["heads"]["emd"]["layer"] = "entities"
    config["dataset_reader"]["readers"]["emd"]["layer"] = "entities"
    config["model"]["order"] = ["emd", "text"]
    loop = build(config, tmp_path)
    with pytest.raises(
        ConfigurationError, match="model.heads.text: another task fills the layer entities first"
    ) as error:
        HmtlPredictor(loop.model, _reader(config))
    assert "\n" not in str(error.value)


def test_ten_thousand_words_in_little_memory(predictor, monkeypatch):
    """All pairs of their candidate spans with 20 numbers each would be 1.3 GB."""
    # a head that has learned nothing sees relations everywhere
    monkeypatch.setattr(predictor._model.heads["relation"].scorer, "least_score", float("inf"))
    sentence = (
        "Harrow Bank lent Oskar Blume ten pounds , for which he thanked Ada Morrow , its manager , twice ."
    )
    words = [sentence.split()] * 500
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = predictor.predict_json({"sentences": words})
    # in kilobytes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000
    assert len(answer["tokens"]) == 10_000 == sum(map(len, words))
    for cluster in answer["clusters"]:
        assert all(0 <= span["start"] <= span["end"] < 10_000 for span in cluster)


def test_lines(predictor):
    first, second = (
        predictor.load_line('{"text": "Ada."}'),
        predictor.load_line('{"id": "x", "text": "Bo."}\n'),
    )
    answers = [predictor.predict_json(line) for line in (first, second)]
    assert int(first["id"]) >= 1 and answers[1]["id"] == "x"
    assert predictor.load_line('{"id": null, "text": "Cy."}')["id"] == str(int(first["id"]) + 2)
    line = predictor.dump_line(answers[0])
    assert line.endswith("\n") and line.count("\n") == 1
    assert to_json(from_json(json.loads(line))) == answers[0]
    assert "漢字" in predictor.dump_line(predictor.predict_json({"text": "漢字"}))


@pytest.mark.parametrize(
    "line", ["Ada.", '{"text": "Ada."', "[1]", "5", '"text"', "[" * 100_000, "{'text': 'Ada'}"]
)
def test_a_line_that_is_no_json_object_gives_one_line_with_its_number(line, small_archive, predictor):
    fresh = HmtlPredictor(predictor._model, predictor._dataset_reader)
    fresh.load_line('{"text": "Ada."}')
    with pytest.raises(ConfigurationError) as error:
        fresh.load_line(line)
    assert str(error.value).startswith("input 2 (empty lines not counted): ")
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_an_error_names_the_input(predictor):
    with pytest.raises(ConfigurationError, match="input 2: 'text' is empty"):
        predictor.predict_batch_json([{"text": "Ada"}, {"text": ""}])
    with pytest.raises(ConfigurationError, match="input 1: 'text' is empty"):
        predictor.predict_json({"text": "", "id": None})
    with pytest.raises(ConfigurationError, match="input letter: 'text' is empty"):
        predictor.predict_json({"text": "", "id": "letter"})
