"""spaCy's binary corpora: a DocBin in a `.spacy` file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as SpacySpan
from spacy.vocab import Vocab

from hmtl.documents import Document, Span
from hmtl.formats.brackets import merge
from hmtl.formats.characters import splitter
from hmtl.formats.docbin import PackedDoc, PackedDocs
from hmtl.formats.files import TextFile, without_gz, written
from hmtl.formats.format import Format
from hmtl.formats.streams import whole

ENDING = ".spacy"
CLUSTER = "coref_clusters_"


@Format.register("spacy")
class Spacy(Format):
    """The documents of a DocBin: `doc.ents` are entities, a group of `doc.spans` is mentions, and the groups
    `coref_clusters_1` and so on, as spaCy's coreference component writes them, are clusters. Source:
    https://spacy.io/api/docbin.

    Words of white space are text and no words. Where sentences were not annotated the project's own splitter
    finds them. Entities are None where no word of a document says whether it is in one, mentions and clusters
    where there are no such groups. A document's id is the file's name and its number. Tags, parses,
    categories, knowledge base ids and user data are not read; ids, speakers and genre are not written. A file
    is held in memory whole.

    # Parameters

    spans_key : the group of spans that are mentions; `sc` is the one of spaCy's span categorizer.
    language, pipeline : how a text without sentences is split, see `TextSplitter`.
    """

    layers = frozenset({"entities", "mentions", "clusters"})
    suffixes = (ENDING,)

    def __init__(
        self,
        spans_key: str = "sc",
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 1024,
    ) -> None:
        super().__init__(max_megabytes)
        self.spans_key, self.language, self.pipeline = spans_key, language, pipeline

    def read_file(self, file: TextFile) -> Iterator[Document]:
        packed = PackedDocs(whole(Path(file.name), self.max_bytes), file, self.max_bytes)
        for number, doc in enumerate(packed, start=1):
            name = file.stem if len(packed.lengths) == 1 else f"{file.stem}.{number}"
            yield self._document(file, doc, name)

    def _document(self, file: TextFile, doc: PackedDoc, name: str) -> Document:
        kept = [i for i, word in enumerate(doc.words) if not word.isspace()]
        pieces = [word + " " * space for word, space in zip(doc.words, doc.spaces, strict=True)]
        starts = list(accumulate(map(len, pieces), initial=0))
        document = Document(
            id=name,
            tokens=tuple(doc.words[i] for i in kept),
            text="".join(pieces),
            offsets=tuple((starts[i], starts[i] + len(doc.words[i])) for i in kept),
            source=file.at(1),
        )

        def span(start: int, end: int, label: str = "") -> Span:
            first, last = bisect_left(kept, start), bisect_left(kept, end) - 1
            if first > last:
                file.fail(1, f"has a span of white space only in document {name!r}", "remove it")
            return Span(first, last, label)

        clusters = [group for key, group in doc.groups.items() if key.startswith(CLUSTER)]
        bounds = [[span(start, end).bounds for start, end, _ in group] for group in clusters if group]
        mentions = doc.groups.get(self.spans_key)
        entities = doc.entities()
        return document.replace(
            sentences=_tiling(self._sentence_starts(doc, document, kept), len(kept)),
            entities=None if entities is None else tuple({span(*entity) for entity in entities}),
            mentions=None if mentions is None else tuple({span(*mention) for mention in mentions}),
            clusters=tuple(merge(bounds, file.at(1))) if clusters else None,
        )

    def _sentence_starts(self, doc: PackedDoc, document: Document, kept: list[int]) -> list[int]:
        """The words that begin sentences: those that are said to or, if none is, those that the splitter
        finds."""
        if (given := doc.sentence_starts()) is not None:
            return [bisect_left(kept, start) for start in given]
        found = splitter(self.language, self.pipeline)(document.text, document.id, document.source)
        places = [found.offsets[start][0] for start, _ in found.sentences]
        return [bisect_left(document.offsets, (place, place)) for place in places]

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        store, vocab = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "SENT_START"]), Vocab()
        with written(path) as stream:
            for document in documents:
                store.add(self._doc(document, vocab))
            stream.write(store.to_bytes())

    def _doc(self, document: Document, vocab: Vocab) -> Doc:
        self.check_layers(document)
        laid = self._laid_out(document)
        begins = {laid.numbers[start] for start, _ in document.sentences}
        starts = [number in begins for number in range(len(laid.words))]
        doc = Doc(vocab, words=laid.words, spaces=laid.spaces, sent_starts=starts)

        def span(start: int, end: int, label: str = "") -> SpacySpan:
            return SpacySpan(doc, laid.numbers[start], laid.numbers[end] + 1, label=label)

        if document.entities is not None:
            if any(a.end >= b.start for a, b in pairwise(document.entities)):
                self.cannot_hold(document, "nested or overlapping entities", "make them mentions")
            if not all(entity.label for entity in document.entities):
                self.cannot_hold(document, "an entity without a type", "give it one")
            doc.set_ents([span(*entity) for entity in document.entities])
        if document.mentions is not None:
            doc.spans[self.spans_key] = [span(*mention) for mention in document.mentions]
        for number, cluster in enumerate(document.clusters or (), start=1):
            doc.spans[f"{CLUSTER}{number}"] = [span(*bounds) for bounds in cluster]
        return doc

    def _laid_out(self, document: Document) -> _Layout:
        """The text as words and spaces. Raises `FormatError` where these cannot spell it."""
        laid = _Layout([], [], [])
        end = 0
        for word, (start, stop) in zip(document.tokens, document.offsets, strict=True):
            if word != document.text[start:stop] or word.isspace():
                self.cannot_hold(document, f"the word {word!r}, unlike its text or of white space", "mend it")
            is_blank = laid.fill(document.text[end:start])
            laid.numbers.append(len(laid.words))
            laid.add(word)
            end = stop
            if not is_blank:
                self.cannot_hold(document, f"text outside of words before {word!r}", "make it words")
        if not laid.fill(document.text[end:]):
            self.cannot_hold(document, "text outside of words at its end", "make it words")
        return laid

    @classmethod
    def claims(cls, path: Path) -> bool:
        return without_gz(path.name).endswith(ENDING)

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return False  # it has no lines


class _Layout(NamedTuple):
    """spaCy's words, whether a space follows each, and the numbers of those that are no white space."""

    words: list[str]
    spaces: list[bool]
    numbers: list[int]

    def add(self, word: str) -> None:
        self.words.append(word)
        self.spaces.append(False)

    def fill(self, gap: str) -> bool:
        """Adds what stands between two words; False where it is not all white space."""
        if self.words and gap[:1] == " ":
            self.spaces[-1], gap = True, gap[1:]
        if gap:
            self.add(gap)
        return not gap or gap.isspace()


def _tiling(starts: Sequence[int], length: int) -> tuple[tuple[int, int], ...]:
    """The sentences that begin at these words."""
    begins = sorted({0, *starts} - {length})
    return tuple((start, end - 1) for start, end in pairwise([*begins, length]))
