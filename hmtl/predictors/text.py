"""Raw text to Documents, by spaCy."""

from itertools import pairwise

import spacy
from allennlp.common.checks import ConfigurationError
from spacy.language import Language
from spacy.tokens import Doc

from hmtl.documents import Document


class TextSplitter:
    """Words and sentences of raw text.

    # Parameters

    language : of spaCy's rule tokeniser and sentenciser, which need no download.
    pipeline : a spaCy pipeline that the user has installed, used in their place.
    """

    def __init__(self, language: str = "en", pipeline: str | None = None) -> None:
        try:
            self.nlp: Language = spacy.load(pipeline) if pipeline else spacy.blank(language)
        except (OSError, ImportError) as error:
            raise ConfigurationError(
                f"predictor: spaCy has no {'pipeline ' + repr(pipeline) if pipeline else 'language ' + repr(language)}; "
                f"install it or choose another ({str(error).splitlines()[0]})"
            ) from error
        if not any(name in self.nlp.pipe_names for name in ("parser", "senter", "sentencizer")):
            self.nlp.add_pipe("sentencizer")
        # The limit guards parsers against running out of memory; rules need none.
        if pipeline is None:
            self.nlp.max_length = 1 << 40

    def __call__(self, text: str, id: str, source: str) -> Document:
        """Raises `DocumentError` where there are no words."""
        words = self.nlp(text)
        kept = [token for token in words if not token.is_space]
        begins = [number for number, token in enumerate(kept) if number == 0 or _begins_sentence(words, kept, number)]
        return Document(
            id=id,
            tokens=tuple(token.text for token in kept),
            sentences=tuple((start, end - 1) for start, end in pairwise([*begins, len(kept)])),
            text=text,
            offsets=tuple((token.idx, token.idx + len(token)) for token in kept),
            source=source,
        )


def _begins_sentence(words: Doc, kept: list, number: int) -> bool:
    """Where spaCy starts a sentence, be it at white space before this word; and after a blank line."""
    previous, token = kept[number - 1].i, kept[number].i
    if any(words[i].is_sent_start for i in range(previous + 1, token + 1)):
        return True
    return any(words[i].text.count("\n") > 1 for i in range(previous + 1, token))
