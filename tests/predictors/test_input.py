import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.document_json import to_json
from hmtl.documents import Document, Span
from hmtl.predictors.input import document_of
from hmtl.raw_text import TextSplitter

SPLIT = TextSplitter()


def read(data) -> Document:
    return document_of(data, "7", "input 7", SPLIT)


def test_text():
    document = read({"text": "Ada left.  Bo stayed."})
    assert document.tokens == ("Ada", "left", ".", "Bo", "stayed", ".")
    assert document.sentences == ((0, 2), (3, 5))
    assert document.offsets[3] == (11, 13)
    assert (document.id, document.source) == ("7", "input 7")


def test_tokens_are_one_sentence():
    document = read({"tokens": ["Ada", "left", "."]})
    assert (document.tokens, document.sentences) == (("Ada", "left", "."), ((0, 2),))
    assert document.text == "Ada left ."


def test_sentences():
    document = read({"sentences": [["Ada", "left"], ["Bo"], ["No", "one", "."]], "id": "mine"})
    assert document.tokens == ("Ada", "left", "Bo", "No", "one", ".")
    assert document.sentences == ((0, 1), (2, 2), (3, 5))
    assert document.id == "mine"


@pytest.mark.parametrize(("given", "expected"), [("a", "a"), (5, "5"), (None, "7")])
def test_the_id_is_the_users_or_the_number(given, expected):
    assert read({"text": "Ada", "id": given}).id == expected


def test_a_document_json_comes_back_as_it_was():
    text = "Ada  left."
    document = Document(
        "d", ("Ada", "left", "."), text=text, offsets=((0, 3), (5, 9), (9, 10)), entities=(Span(0, 0, "P"),)
    )
    assert read(to_json(document)).replace(source="") == document


def test_other_keys_are_the_users_business():
    assert read({"tokens": ["Ada"], "note": {"x": 1}}).tokens == ("Ada",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (["text"], "the JSON is a list; give an object"),
        ("text", "the JSON is a string; give an object"),
        (None, "the JSON is null; give an object"),
        ({}, 'needs one of "text", "tokens" and "sentences" and has none of them'),
        ({"txt": "Ada"}, "has none of them"),
        ({"text": "Ada", "tokens": ["Ada"]}, 'has "text" and "tokens"'),
        ({"text": ""}, "'text' is empty; give it words"),
        ({"text": " \n\t"}, "'text' is empty; give it words"),
        ({"text": 5}, "'text' is an integer; give a string"),
        ({"text": None}, "'text' is null; give a string"),
        ({"text": ["Ada"]}, "'text' is a list; give a string"),
        ({"text": "\ud800"}, "'text' holds half of a surrogate pair"),
        ({"tokens": "Ada left"}, "'tokens' is a string; give a list of strings"),
        ({"tokens": []}, "'tokens' is empty; give it words"),
        ({"tokens": ["Ada", 5]}, "'tokens[1]' is an integer; give a string"),
        ({"tokens": ["Ada", ""]}, "'tokens[1]' is a word without letters; remove it"),
        ({"tokens": ["Ada", " "]}, "'tokens[1]' is a word without letters; remove it"),
        ({"tokens": [["Ada"]]}, "'tokens[0]' is a list; give a string"),
        ({"sentences": []}, "'sentences' is empty; give it words"),
        ({"sentences": [["Ada"], []]}, "'sentences[1]' is empty; give it words"),
        ({"sentences": ["Ada left"]}, "'sentences[0]' is a string; give a list of strings"),
        ({"sentences": [["Ada"], ["Bo", None]]}, "'sentences[1][1]' is null; give a string"),
        ({"sentences": {"a": ["Ada"]}}, "'sentences' is an object; give a list"),
        (
            {"tokens": ["Ada"], "offsets": [[0, 9]], "text": "Ada"},
            "has character offsets that overlap or leave the text",
        ),
        ({"tokens": ["Ada"], "offsets": [[0]]}, "'offsets[0]' is [0]; give [start, end]"),
        ({"tokens": ["Ada"], "offsets": [[0, 3]], "sentences": [[0, 1]]}, "has sentences that overlap"),
    ],
)
def test_anything_else_gives_one_line_with_its_place(data, message):
    with pytest.raises(ConfigurationError) as error:
        read(data)
    assert str(error.value).startswith("input 7: ") and message in str(error.value)
    assert "\n" not in str(error.value)
