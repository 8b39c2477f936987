"""The contract of a file format: files in, Documents out, and back."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import ClassVar, NoReturn

from allennlp.common import Registrable

from hmtl.documents import LAYERS, Document, DocumentError, Span
from hmtl.formats.columns import fits
from hmtl.formats.files import TextFile, find_files, text_file
from hmtl.formats.seen import Seen
from hmtl.formats.streams import FormatError

__all__ = ["Format", "FormatError"]


class Format(Registrable):
    """Reads a file, or every file of this format below a directory (sorted, `.gz` included), as a stream of
    Documents.

    A document's `source` is `file:line` of its beginning. Nothing is skipped: what cannot be read raises
    `FormatError`.

    # Parameters

    max_megabytes : the most of a file, unpacked, that may have to be in memory at once: a document or, where
        the format needs it whole, the file. A guard against decompression bombs and files that are no text.
    """

    layers: frozenset[str]
    """The Document layers that a file of this format can carry."""
    suffixes: ClassVar[tuple[str, ...]]
    """Endings (without `.gz`) of the files that a walk through a directory takes."""
    language: str | None = None
    pipeline: str | None = None
    """How a format of raw text splits it, see `TextSplitter`. Where both are None the reader of all tasks
    fills in what the experiment says."""

    def __init__(self, max_megabytes: int = 1024) -> None:
        self.max_bytes = max_megabytes << 20

    def read(self, path: str | Path) -> Iterator[Document]:
        """Documents of `path` in file order. Raises `FormatError` for bad content, an empty file, an id that
        stands twice, a directory without a file of this format, and a `path` that does not exist."""
        seen = Seen()
        for file in self.open(Path(path)):
            is_empty = True
            for document in self._documents(file):
                is_empty = False
                file.release()
                if seen.add(document.id):
                    self._check_first(document, Path(path))
                yield document
            if is_empty:
                file.fail(1, "holds no documents", "remove the file or name another")

    def _check_first(self, document: Document, path: Path) -> None:
        """Reads again, to see where a document of this name was before: nobody has kept that."""
        again = deepcopy(self)
        named = (d for file in again.open(path) for d in again._documents(file) if d.id == document.id)
        if (first := next(named, document)).source != document.source:
            cause = f"document {document.id!r} was already read at {first.source}"
            raise FormatError(f"{document.source}: {cause}; rename or remove one of them")

    def _documents(self, file: TextFile) -> Iterator[Document]:
        try:
            yield from self.read_file(file)
        except DocumentError as error:
            raise FormatError(str(error)) from error

    def inputs(self, path: Path) -> list[Path]:
        """The files, and folders with all that is in them, whose bytes decide what `read(path)` gives."""
        return [path]

    def open(self, path: Path) -> Iterator[TextFile]:
        """The files of `path`, each opened when its lines are asked for."""
        for file in find_files(path, self.suffixes):
            yield text_file(file, path, self.max_bytes)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        """Documents of one file."""
        raise NotImplementedError

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        """Writes one file. Raises `FormatError` where a document has something that this format cannot
        hold."""
        raise NotImplementedError

    def fit(self, document: Document) -> Document:
        """The document without the layers that this format cannot carry, so that `write` takes it."""
        return document.replace(**{layer: None for layer in LAYERS if layer not in self.layers})

    def check_layers(self, document: Document) -> None:
        """Raises `FormatError` where the document has annotation that this format would lose."""
        for layer in LAYERS:
            if layer not in self.layers and getattr(document, layer):
                self.cannot_hold(document, layer, "leave the layer out with Format.fit, or write jsonl")

    def by_sentence(self, document: Document, layer: str) -> list[list[Span]]:
        """The layer's spans for each sentence, indices within it. Raises `FormatError` where a span leaves
        its sentence."""
        number = document.sentence_of()
        spans: list[list[Span]] = [[] for _ in document.sentences]
        for start, end, label in getattr(document, layer) or ():
            if number[start] != number[end]:
                self.cannot_hold(document, f"{layer} that cross sentences", "write jsonl")
            first = document.sentences[number[start]][0]
            spans[number[start]].append(Span(start - first, end - first, label))
        return spans

    def rows(self, document: Document, columns: Iterable[Iterable[str]]) -> Iterator[str]:
        """Tab-separated lines of one sentence's columns. Raises `FormatError` where a cell would break its
        row."""
        for row in zip(*columns, strict=True):
            if not fits(*row):
                self.cannot_hold(document, f"an empty, broken or tabbed cell in {row}", "replace it")
            yield "\t".join(row)

    def cannot_hold(self, document: Document, what: str, mend: str) -> NoReturn:
        source = document.source or "output"
        raise FormatError(
            f"{source}: document {document.id!r} has {what}, which {self.name} cannot hold; {mend}"
        )

    @property
    def name(self) -> str:
        """The registered name."""
        names = (name for name in Format.list_available() if Format.by_name(name) is type(self))
        return next(names, type(self).__name__)

    @classmethod
    def claims(cls, path: Path) -> bool:
        """Whether the file can only be of this format, whatever its lines say: an archive, a binary file, one
        of two that belong together."""
        return False

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        """Whether a file that starts with these lines looks like this format and no other."""
        raise NotImplementedError
