"""LitBank: nested entity mentions in layers of tags, and coreference, of a hundred novels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from hmtl.documents import Document, Span
from hmtl.formats.archives import archived_files, is_archive
from hmtl.formats.columns import blocks
from hmtl.formats.conll2012 import Conll2012
from hmtl.formats.files import TextFile, without_gz, write_lines
from hmtl.formats.format import Format, FormatError
from hmtl.formats.nested_tags import decode_layers, encode_layers
from hmtl.formats.splits import named_documents
from hmtl.formats.tags import TagError, is_tag
from hmtl.paths import resolve

COREFERENCE = ".conll"
FEWEST_LAYERS = 4


@Format.register("litbank")
class Litbank(Format):
    """A document a file: `entities/tsv/*.tsv` give mentions, `coref/conll/*.conll` (as `conll2012`) give
    clusters.

    `path` is a file, a directory, or a `.tar.gz` as distributed, which is read without being unpacked. A row
    of a `.tsv` is a word and its BIO tag in each layer; mentions that nest lie in different layers. A
    document's id is its file's name without folder and ending. `write` takes one document and writes its
    mentions or, to a `.conll`, its clusters; text, offsets and the id are not kept. Source: Bamman, Popat and
    Shen (2019), https://aclanthology.org/N19-1220; Bamman, Lewke and Mansoor (2020),
    https://arxiv.org/abs/1912.01140.

    # Parameters

    archive : where the files are. The path that is read is then a split: a list that names the wanted
        documents, one a line (endings are ignored), in the order in which to read them.
    """

    layers = frozenset({"mentions", "clusters"})
    suffixes = (".tsv", COREFERENCE)

    def __init__(self, archive: str | None = None, max_megabytes: int = 1024) -> None:
        super().__init__(max_megabytes)
        self.archive = archive
        self.conll = Conll2012(max_megabytes)

    def inputs(self, path: Path) -> list[Path]:
        return [path] if self.archive is None else [path, Path(resolve(self.archive))]

    def open(self, path: Path) -> Iterator[TextFile]:
        if self.archive is None:
            yield from self._files(path)
            return
        source = Path(resolve(self.archive))
        files = list(self._files(source))
        by_id = {_document_id(file.stem): file for file in files}
        if len(by_id) < len(files):
            raise FormatError(
                f"{source}: holds several files of one document; name the folder with one layer's files"
            )
        for number, wanted in named_documents(path, self.max_bytes, _listed_id):
            if wanted not in by_id:
                raise FormatError(
                    f"{path}:{number}: '{wanted}' is not in {source}; correct the list or the archive"
                )
            yield by_id[wanted]

    def _files(self, path: Path) -> Iterable[TextFile]:
        return archived_files(path, self.suffixes, self.max_bytes) if is_archive(path) else super().open(path)

    def read_file(self, file: TextFile) -> Iterator[Document]:
        name = _document_id(file.stem)
        if without_gz(file.name).endswith(COREFERENCE):
            for document in self.conll.read_file(file):
                yield document.replace(id=name)
            return
        tokens: list[str] = []
        bounds: list[tuple[int, int]] = []
        mentions: list[Span] = []
        for block in blocks(file):
            rows = self._rows(file, block)
            found = self._mentions(file, block[0][0], rows)
            mentions += [Span(start + len(tokens), end + len(tokens), label) for start, end, label in found]
            bounds.append((len(tokens), len(tokens) + len(rows) - 1))
            tokens += [row[0] for row in rows]
        if tokens:
            yield Document(name, tuple(tokens), tuple(bounds), mentions=tuple(mentions), source=file.at(1))

    def _rows(self, file: TextFile, block: list[tuple[int, str]]) -> list[list[str]]:
        """Words with their tags; rows end in a tab as distributed."""
        rows = [line.removesuffix("\t").split("\t") for _, line in block]
        for (number, _), row in zip(block, rows, strict=True):
            if len(row) < 2 or len(row) != len(rows[0]):
                expected = (
                    f"{len(rows[0])} as line {block[0][0]}" if len(rows[0]) > 1 else "a word and its tags"
                )
                file.fail(number, f"has {len(row)} columns", f"give {expected}, parted by tabs")
            if not row[0]:
                file.fail(number, "has no word", "give it in the first column")
        return rows

    def _mentions(self, file: TextFile, line: int, rows: list[list[str]]) -> list[Span]:
        """Mentions of one sentence."""
        try:
            return decode_layers(zip(*(row[1:] for row in rows), strict=True))
        except TagError as error:
            file.fail(line + min(error.position, len(rows) - 1), str(error), "correct the tag")

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        if without_gz(str(path)).endswith(COREFERENCE):
            self.conll.write(documents, path)
        else:
            write_lines(path, self._lines(documents))

    def _lines(self, documents: Iterable[Document]) -> Iterator[str]:
        for number, document in enumerate(documents):
            if number:
                self.cannot_hold(document, "another document before it in the file", "write a file for each")
            if document.clusters:
                self.cannot_hold(document, "clusters in a .tsv", "write them to a .conll")
            self.check_layers(document)
            for (first, last), mentions in zip(
                document.sentences, self.by_sentence(document, "mentions"), strict=True
            ):
                try:
                    columns = encode_layers(mentions, last - first + 1, FEWEST_LAYERS)
                except TagError:
                    self.cannot_hold(document, "mentions that cross", "write jsonl")
                words = document.tokens[first : last + 1]
                yield from (f"{row}\t" for row in self.rows(document, [words, *columns]))
                yield ""

    @classmethod
    def claims(cls, path: Path) -> bool:
        return is_archive(path)

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        rows = [line.removesuffix("\t").split("\t") for line in lines if line.strip()]
        return bool(rows) and all(len(row) > FEWEST_LAYERS and all(map(is_tag, row[1:])) for row in rows)


def _document_id(stem: str) -> str:
    return PurePosixPath(stem).name


def _listed_id(name: str) -> str:
    return _document_id(name.removesuffix(".tsv").removesuffix(COREFERENCE))
