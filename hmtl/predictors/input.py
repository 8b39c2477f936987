"""What a user may send to be annotated."""

from itertools import accumulate
from typing import Any

from allennlp.common.checks import ConfigurationError

from hmtl.document_json import from_json
from hmtl.documents import Document
from hmtl.json_values import JsonValue
from hmtl.raw_text import TextSplitter

KINDS = ("text", "tokens", "sentences")


def document_of(data: Any, id: str, source: str, split: TextSplitter) -> Document:
    """The document that one JSON value describes: `{"text": …}`, `{"tokens": […]}`, `{"sentences": [[…]]}`,
    or a whole Document JSON, each with an optional `id`.

    Raises `ConfigurationError`, beginning with `source`, for anything else and for a document without words.
    """
    root = JsonValue(data, source, error=ConfigurationError)
    given = [kind for kind in KINDS if kind in root.names()]
    id = id if root["id"].is_null else str(root["id"].value)
    if {"tokens", "offsets"} <= set(root.names()):
        return from_json({**data, "id": id}, source)
    if len(given) != 1:
        found = " and ".join(f'"{kind}"' for kind in given) or "none of them"
        root.fail(f'needs one of "text", "tokens" and "sentences" and has {found}', 'write {"text": "…"}')
    value = root[given[0]]
    if given == ["text"]:
        if not value.string().strip():
            value.fail("is empty", "give it words")
        return split(value.string(), id, source)
    sentences = [value] if given == ["tokens"] else value.items()
    if not sentences:
        value.fail("is empty", "give it words")
    return _pretokenised([_words(sentence) for sentence in sentences], id, source)


def _words(sentence: JsonValue) -> list[str]:
    words = sentence.strings()
    if not words:
        sentence.fail("is empty", "give it words")
    for number, word in enumerate(words):
        if not word.strip():
            sentence.items()[number].fail("is a word without letters", "remove it")
    return words


def _pretokenised(sentences: list[list[str]], id: str, source: str) -> Document:
    ends = list(accumulate(map(len, sentences)))
    bounds = tuple((end - len(sentence), end - 1) for end, sentence in zip(ends, sentences, strict=True))
    words = tuple(word for sentence in sentences for word in sentence)
    return Document(id=id, tokens=words, sentences=bounds, source=source)
