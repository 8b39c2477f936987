import pytest
import spacy
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st

from hmtl.documents import DocumentError
from hmtl.raw_text import TextSplitter

SPLIT = TextSplitter()


def sentences(text: str, split: TextSplitter = SPLIT) -> list[list[str]]:
    document = split(text, "d", "here")
    return [list(document.tokens[start : end + 1]) for start, end in document.sentences]


def test_words_and_sentences():
    assert sentences("Ada met Bo. They left! Did they? Yes") == [
        ["Ada", "met", "Bo", "."],
        ["They", "left", "!"],
        ["Did", "they", "?"],
        ["Yes"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "  leading and trailing \t ",
        "tab\tand  two   spaces",
        "no\u00a0break and\u2003em space",
        "line\nbreaks\r\nof\rall kinds\u2028here",
        "\ufeffa mark before and a zero\u200bwidth space",
        "👩‍👩‍👧‍👦 family, 🇫🇷 flag and 👍🏽 thumb",
        "e\u0301le\u0300ve with combining, \u00e9l\u00e8ve without",
        "\u202eright to left\u202c mark",
        "مرحبا بالعالم. שלום עולם.",
        "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 beyond the basic plane",
        "...\n\n\n...",
        "x",
    ],
)
def test_offsets_are_exact_in_the_users_own_text(text):
    document = SPLIT(text, "d", "here")
    assert document.text == text
    assert [text[start:end] for start, end in document.offsets] == list(document.tokens)
    covered = {place for start, end in document.offsets for place in range(start, end)}
    left = "".join(character for place, character in enumerate(text) if place not in covered)
    assert left == "" or left.isspace()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_no_text_breaks_it(text):
    if not text.strip():
        return
    document = SPLIT(text, "d", "here")
    assert [text[start:end] for start, end in document.offsets] == list(document.tokens)
    assert "".join("".join(document.tokens).split()) == "".join(text.split())


@pytest.mark.parametrize("blank", ["\n\n", "\r\n\r\n", "\n \n", "\n\n\n\n", " \n\t\n "])
def test_a_blank_line_ends_a_sentence(blank):
    assert sentences(f"A heading{blank}and the text") == [["A", "heading"], ["and", "the", "text"]]


@pytest.mark.parametrize("space", ["\n", "\r\n", " ", "\t \t", "\n    "])
def test_other_white_space_does_not(space):
    assert sentences(f"a line{space}and another") == [["a", "line", "and", "another"]]


def test_white_space_between_sentences_belongs_to_none():
    assert sentences("One. \n Two.\n\n\n  Three.") == [["One", "."], ["Two", "."], ["Three", "."]]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("zh", "我爱 北京。你好！", [list("我爱北京。"), list("你好！")]),
        ("de", "Dr. Fuß z.B. kam. Er ging.", [["Dr.", "Fuß", "z.B.", "kam", "."], ["Er", "ging", "."]]),
        ("fr", "L'été est là. Oui.", [["L'", "été", "est", "là", "."], ["Oui", "."]]),
        ("xx", "Una casa. Ein Haus.", [["Una", "casa", "."], ["Ein", "Haus", "."]]),
        ("hi", "राम घर गया। वह सोया।", [["राम", "घर", "गया", "।"], ["वह", "सोया", "।"]]),
    ],
)
def test_other_languages(language, text, expected):
    split = TextSplitter(language)
    assert sentences(text, split) == expected
    document = split(text, "d", "here")
    assert [text[start:end] for start, end in document.offsets] == list(document.tokens)


def test_more_than_a_million_characters():
    text = "Ada met Bo in Lisk. " * 60_000
    document = SPLIT(text, "d", "here")
    assert len(text) > 1_000_000
    assert len(document.sentences) == 60_000 and len(document.tokens) == 360_000


@pytest.mark.parametrize("language", ["en", "de", "xx"])
@pytest.mark.parametrize(
    "text",
    [
        "Read https://example.org/" + "some/path-to/" * 30 + "page.html?a=b&c=%20d#here, she said (twice).",
        "(see https://user:word@example.org/" + "a:b:" * 400 + "c).",
        "Contents " + "." * 300 + " 12",
        "Title\n" + "=" * 120 + "\n" + "-" * 1990,
        '"' * 150 + "quoted" + '"' * 150,
        "It's '" + "well-known-" * 20 + "thing's' 30" + "km" * 60 + ".",
        "$" * 101 + "5" + "%" * 102 + "!",
        "QUJD" * 490 + "==",
        "好" * 300 + "。" + "你" * 300 + "!",
    ],
)
def test_long_runs_without_white_space_are_split_as_spacy_does(language: str, text: str):
    split = TextSplitter(language)
    document = split(text, "d", "here")
    found = [(token.idx, token.text) for token in split.nlp(text) if not token.is_space]
    assert [
        (start, word) for (start, _), word in zip(document.offsets, document.tokens, strict=True)
    ] == found


class Watched:
    """A pattern of spaCy's that counts the characters it is shown."""

    def __init__(self, pattern) -> None:
        self.pattern, self.sizes = pattern, []

    def __call__(self, text: str):
        self.sizes.append(len(text))
        return self.pattern(text)


@pytest.mark.parametrize("symbols", ["$", "'s", "https://a.b/", "a:@"])
def test_work_on_symbols_without_white_space_is_bounded(symbols: str, monkeypatch: pytest.MonkeyPatch):
    split = TextSplitter()
    rules, names = split.nlp.tokenizer, ("prefix_search", "suffix_search", "url_match", "infix_finditer")
    for name in names:
        setattr(rules, name, Watched(getattr(rules, name)))
    text = (symbols * 200_000)[:200_000]
    document = split(text, "d", "here")
    assert "".join(document.tokens) == text
    sizes = [size for name in names for size in getattr(rules, name).sizes]
    # by themselves the rules would look at billions of characters
    assert sum(sizes) < 200 * len(text) and max(sizes) <= 2000


def test_a_pipeline_of_the_users_own_sets_the_sentences(tmp_path):
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": ["|"]})
    nlp.to_disk(tmp_path / "bars")
    split = TextSplitter(pipeline=str(tmp_path / "bars"))
    assert sentences("One. Two | Three", split) == [["One", ".", "Two", "|"], ["Three"]]


def test_a_pipelines_limit_is_told_in_one_line(tmp_path):
    spacy.blank("en").to_disk(tmp_path / "small")
    split = TextSplitter(pipeline=str(tmp_path / "small"))
    split.nlp.max_length = 10
    with pytest.raises(ConfigurationError) as error:
        split("more than ten characters", "d", "input 3")
    assert str(error.value).startswith("input 3: has 24 characters, and the spaCy pipeline takes 10; split")


@pytest.mark.parametrize(
    "options", [{"language": "qq"}, {"pipeline": "no_such_pipeline"}, {"language": "../x"}]
)
def test_an_unknown_language_or_pipeline_gives_one_line(options):
    with pytest.raises(ConfigurationError, match="spaCy has no (language|pipeline)") as error:
        TextSplitter(**options)
    assert "\n" not in str(error.value)


def test_text_without_words_is_refused():
    with pytest.raises(DocumentError, match="here: document 'd' holds no words"):
        SPLIT(" \n ", "d", "here")
