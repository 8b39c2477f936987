"""What a user may send to be annotated."""

from itertools import accumulate
from typing import Any

from allennlp.common.checks import ConfigurationError

from hmtl.document_json import from_json
from hmtl.documents import Document
from hmtl.predictors.text import TextSplitter

KINDS = ("text", "tokens", "sentences")


def document_of(data: Any, id: str, source: str, split: TextSplitter) -> Document:
    """The document that one JSON line describes: `{"text": …}`, `{"tokens": […]}`, `{"sentences": [[…]]}`, or a whole Document JSON, each with an
    optional `id`.

    Raises `ConfigurationError`, beginning with `source`, for anything else and for a document without words.
    """
    if not isinstance(data, dict):
        raise ConfigurationError(f'{source}: is no JSON object; write {{"text": "…"}}')
    id = str(data.get("id", id))
    if "offsets" in data:
        return from_json({"id": id, **data}, source)
    given = [kind for kind in KINDS if kind in data]
    if len(given) != 1:
        found = " and ".join(f'"{kind}"' for kind in given) or "none of them"
        raise ConfigurationError(f'{source}: needs one of "text", "tokens" and "sentences" and has {found}')
    value = data[given[0]]
    if given[0] == "text":
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(f'{source}: "text" is {"empty" if isinstance(value, str) else "no string"}; give it words')
        return split(value, id, source)
    sentences = [value] if given[0] == "tokens" else value
    _check_sentences(sentences, given[0], source)
    ends = list(accumulate(map(len, sentences)))
    bounds = tuple((end - len(sentence), end - 1) for end, sentence in zip(ends, sentences, strict=True))
    return Document(
        id=id, tokens=tuple(word for sentence in sentences for word in sentence), sentences=bounds, source=source
    )


def _check_sentences(sentences: Any, kind: str, source: str) -> None:
    is_list = isinstance(sentences, list) and all(isinstance(sentence, list) for sentence in sentences)
    if not is_list or not all(isinstance(word, str) for sentence in sentences for word in sentence):
        shape = "a list of strings" if kind == "tokens" else "a list of lists of strings"
        raise ConfigurationError(f'{source}: "{kind}" must be {shape}')
    if not sentences or not all(sentences) or not all(word.strip() for sentence in sentences for word in sentence):
        raise ConfigurationError(f'{source}: "{kind}" holds an empty {"list" if not all(sentences) or not sentences else "word"}; remove it')
