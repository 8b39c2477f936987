"""Raw text to Documents, by spaCy."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import spacy
from allennlp.common.checks import ConfigurationError
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, Token

from hmtl.documents import Document

DEFAULT_LANGUAGE = "en"
LONG = 100
RUN = re.compile(rf"(\S{{{LONG},}}+ ?)")
"""Characters without white space, so many that they are no usual word, and the space that follows them."""
WINDOW = 32
"""How many characters at the end of a run are looked at for an affix, and more where it fills them."""
LONGEST = 2000
"""What stands between the affixes of a run is cut where it is longer, which words and URLs are not."""
PIECE = re.compile(rf".{{1,{LONGEST}}}(?<=\W)|.{{1,{LONGEST}}}")


class TextSplitter:
    """Words and sentences of raw text. A blank line ends a sentence too.

    # Parameters

    language : of spaCy's rule tokeniser and sentenciser, which need no download; default English. Those of
        Japanese, Korean, Thai and Vietnamese need packages of their own, which the error names. A word of
        Chinese is a character.
    pipeline : a spaCy pipeline that the user has installed, used in their place.

    Raises `ConfigurationError` for a language or a pipeline that spaCy does not have here.
    """

    def __init__(self, language: str | None = None, pipeline: str | None = None) -> None:
        self.nlp: Language = _pipeline(pipeline) if pipeline else _rules(language or DEFAULT_LANGUAGE)
        if not any(name in self.nlp.pipe_names for name in ("parser", "senter", "sentencizer")):
            self.nlp.add_pipe("sentencizer")
        # The limit guards parsers against running out of memory; rules need none.
        if pipeline is None:
            self.nlp.max_length = 1 << 40

    def __call__(self, text: str, id: str, source: str) -> Document:
        """Raises `ConfigurationError` for text that is longer than a pipeline takes, and `DocumentError`
        where there are no words."""
        if len(text) > self.nlp.max_length:
            raise ConfigurationError(
                f"{source}: has {len(text)} characters, and the spaCy pipeline takes {self.nlp.max_length}; "
                "split the text, or leave the pipeline out and rules split text of any length"
            )
        words = self.nlp(self._words(text))
        kept = [token for token in words if not token.is_space]
        begins = [0] if kept else []
        begins += [
            n for n, (last, token) in enumerate(pairwise(kept), 1) if _ends_sentence(words, last, token)
        ]
        return Document(
            id=id,
            tokens=tuple(token.text for token in kept),
            sentences=tuple((start, end - 1) for start, end in pairwise([*begins, len(kept)])),
            text=text,
            offsets=tuple((token.idx, token.idx + len(token)) for token in kept),
            source=source,
        )

    def _words(self, text: str) -> Doc:
        """The text as the tokeniser splits it."""
        rules = self.nlp.tokenizer
        parts = RUN.split(text) if isinstance(rules, Tokenizer) else []
        if len(parts) < 2:
            return rules(text)
        words: list[tuple[str, bool]] = []
        for number, part in enumerate(parts):
            if number % 2:
                *others, last = _split_run(rules, part.removesuffix(" "))
                words += [*((word, False) for word in others), (last, part.endswith(" "))]
            else:
                words += [(token.text, bool(token.whitespace_)) for token in rules(part)]
        return Doc(self.nlp.vocab, *zip(*words, strict=True))


def check_language(language: str) -> None:
    """Raises `ConfigurationError` for a language that spaCy does not know. Packages that its rules need are
    not asked for: whoever reads texts that are split already can do without."""
    try:
        spacy.util.get_lang_class(language)
    except ImportError as error:
        raise ConfigurationError(
            f"spaCy has no language {language!r}; choose one of https://spacy.io/usage/models, or xx"
        ) from error


def _rules(language: str) -> Language:
    check_language(language)
    try:
        return spacy.blank(language)
    except ImportError as error:
        needs = " ".join(str(error).split())
        raise ConfigurationError(
            f"spaCy's rules for language {language!r} need packages that are not installed ({needs}); "
            "install them, name a pipeline, or give texts that are split into words"
        ) from error


def _pipeline(name: str) -> Language:
    try:
        return spacy.load(name)
    except (OSError, ImportError) as error:
        raise ConfigurationError(
            f"spaCy has no pipeline {name!r}; install it or choose another ({str(error).splitlines()[0]})"
        ) from error


def _split_run(rules: Tokenizer, run: str) -> Iterator[str]:
    """The words of a run.

    The rules take affixes off a word one by one, and each time search all that is left, which for 200,000
    symbols takes hours; affixes stand at the ends, so these are enough to look at. Their pattern of URLs goes
    through a word once for every colon in it. All this differs from what they do in one thing: smileys are
    not made of affixes.
    """
    start, end, suffixes = 0, len(run), []
    while end - start >= LONG:
        prefix = _widened(lambda size: rules.find_prefix(run[start : min(start + size, end)]))  # noqa: B023
        begin = start + prefix
        suffix = _widened(lambda size: rules.find_suffix(run[max(end - size, begin) : end]))  # noqa: B023
        if prefix:
            yield run[start:begin]
        if suffix:
            suffixes.append(run[end - suffix : end])
        if not prefix + suffix:
            break
        start, end = begin, end - suffix
    rest = run[start:end]
    for piece in PIECE.findall(rest) if len(rest) > LONGEST else [rest]:
        yield from (token.text for token in rules(piece))
    yield from reversed(suffixes)


def _widened(find: Callable[[int], int]) -> int:
    """The length of the affix that is found in a window of this or that size."""
    size = WINDOW
    while (length := find(size)) > size // 2:
        size *= 2
    return length


def _ends_sentence(words: Doc, last: Token, token: Token) -> bool:
    """Whether spaCy starts a sentence with `token`, or with the white space before it, or that holds a blank
    line."""
    between = words[last.i + 1 : token.i]
    starts = token.is_sent_start or any(space.is_sent_start for space in between)
    return starts or sum(space.text.count("\n") for space in between) > 1
