"""ACE 2005 as LDC distributes it: texts in SGML, and beside each an APF file that counts its characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document
from hmtl.formats.ace2005_document import Options, Reading
from hmtl.formats.ace2005_files import ANNOTATION, TEXT, beside, document_name, staged
from hmtl.formats.ace2005_lines import ApfLines, sgml_text
from hmtl.formats.characters import splitter
from hmtl.formats.files import TextFile, find_files, text_file, without_gz, write_lines
from hmtl.formats.folders import places
from hmtl.formats.format import Format, FormatError
from hmtl.formats.read_back import as_written, difference
from hmtl.formats.singletons import check_singletons
from hmtl.formats.splits import named_documents
from hmtl.formats.tallied import Tallied
from hmtl.paths import resolve

SPANS = ("head", "extent")


@Format.register("ace2005")
class Ace2005(Tallied):
    """A document is an `.apf.xml` and the `.sgm` beside it: nested mentions, relations between them, and the
    clusters of mentions that are one entity; clusters that share a span are united. Source: LDC2006T06,
    https://catalog.ldc.upenn.edu/LDC2006T06.

    `path` is one file or a folder. The text is that of `element`, without tags; every tag ends a sentence,
    the rest is up to spaCy's rules. Words are cut, and sentences joined, where a mention or the arguments of
    a relation need it. What APF says stands somewhere must stand there, white space aside. A mention takes
    the type of its entity; what has the same words and types is read once. Values, times and events are left
    out. A warning counts all of this. `write` makes the two files of one document or a folder; it gives each
    mention the class SPC and the level NAM, which DTDs ask for and a Document does not know.

    The usual split into 351, 80 and 80 documents, without the genres cts and un, is that of Miwa and Bansal
    (2016), https://aclanthology.org/P16-1105. Its lists of names are in `configs/splits/ace2005`, as
    published with DyGIE++ (https://github.com/dwadden/dygiepp), and can be read as `corpus` says.

    # Parameters

    span : `head` or `extent`, which words of a mention are its span.
    entity_subtypes, relation_subtypes : whether labels are `TYPE:SUBTYPE`, where there is a subtype.
    singletons : whether an entity with one mention is a cluster.
    annotated : the layers, such as `["mentions", "relations"]`, where not all of them are.
    corpus : where the files are. The path that is read is then a split: a list that names the wanted
        documents, one a line (endings are ignored), in the order in which to read them.
    stage : where several folders below the path have a document, this one's is read.
    element : of the SGML, the one whose text is read; `DOC` is all of it, names and dates included.
    language, pipeline : how the text is split, see `Characters`.
    """

    layers = frozenset({"mentions", "relations", "clusters"})
    suffixes = (ANNOTATION,)

    def __init__(
        self,
        span: str = "head",
        entity_subtypes: bool = False,
        relation_subtypes: bool = False,
        singletons: bool = True,
        annotated: list[str] | None = None,
        corpus: str | None = None,
        stage: str = "timex2norm",
        element: str = "BODY",
        language: str | None = None,
        pipeline: str | None = None,
        max_megabytes: int = 16,
    ) -> None:
        super().__init__(max_megabytes)
        if span not in SPANS:
            raise ConfigurationError(f"span: '{span}' is unknown; choose from {', '.join(SPANS)}")
        if unknown := sorted({*(annotated or ())} - self.layers):
            choices = ", ".join(sorted(self.layers))
            cause = f"'{unknown[0]}' is no layer of ace2005"
            raise ConfigurationError(f"annotated: {cause}; choose from {choices}")
        layers = self.layers if annotated is None else frozenset(annotated)
        self.options = Options(span, entity_subtypes, relation_subtypes, singletons, layers, element)
        self.corpus, self.stage = corpus, stage
        self.language, self.pipeline = language, pipeline

    def inputs(self, path: Path) -> list[Path]:
        if self.corpus is not None:
            return [path, Path(resolve(self.corpus))]
        return [path] if path.is_dir() else [beside(path, ANNOTATION), beside(path, TEXT)]

    def open(self, path: Path) -> Iterator[TextFile]:
        source = path if self.corpus is None else Path(resolve(self.corpus))
        if source.is_file() and without_gz(source.name).endswith(TEXT):
            source = beside(source, ANNOTATION)
        files = staged(find_files(source, self.suffixes), self.stage)
        if self.corpus is not None:
            by_name = {document_name(file.name): file for file in files}
            files = [by_name[name] for name in self._wanted(path, by_name)]
        yield from (text_file(file, source, self.max_bytes) for file in files)

    def _wanted(self, split: Path, by_name: dict[str, Path]) -> Iterator[str]:
        for number, name in named_documents(split, self.max_bytes, document_name):
            if name not in by_name:
                cause = f"'{name}' is not in {self.corpus}"
                raise FormatError(f"{split}:{number}: {cause}; correct the list or the corpus")
            yield name

    def read_file(self, file: TextFile) -> Iterator[Document]:
        path = beside(Path(file.name), TEXT)
        if not path.is_file():
            file.fail(1, f"has no {path.name} beside it", "put the text there")
        yield self._reading(file, text_file(path, path, self.max_bytes), self.tally).document()

    def _reading(self, file: TextFile, text: TextFile, tally: Counter[str]) -> Reading:
        return Reading(self.options, file, text, tally, splitter(self.language, self.pipeline))

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        for document, place in places(self, documents, path, (ANNOTATION, TEXT)):
            sgml, apf = self._lines(document)
            write_lines(beside(place, TEXT), sgml)
            write_lines(beside(place, ANNOTATION), apf)

    def _lines(self, document: Document) -> tuple[list[str], list[str]]:
        """The lines of both files. Raises `FormatError` where they would not read as the document."""
        self._check(document)
        sgml = [sgml_text(document, self.options.element)]
        apf = list(ApfLines(document, self.options).lines())

        def read() -> list[Document]:
            files = (as_written(lines, document.source or "output") for lines in (apf, sgml))
            return [self._reading(*files, Counter()).document()]

        if changed := difference(document, read):
            self.cannot_hold(document, changed, "write jsonl")
        return sgml, apf

    def _check(self, document: Document) -> None:
        self.check_layers(document)
        for layer in sorted(self.layers):
            if (getattr(document, layer) is None) == (layer in self.options.annotated):
                self.cannot_hold(document, f"{layer} unlike what is annotated", "list its layers there")
        check_singletons(self, document, self.options.singletons)
        known = set(document.mentions or ())
        for relation in document.relations or ():
            for argument in (relation.head, relation.tail):
                if argument not in known:
                    what = f"an argument {tuple(argument)} that is no mention"
                    self.cannot_hold(document, what, "add the mention")

    @classmethod
    def claims(cls, path: Path) -> bool:
        name = without_gz(path.name)
        return name.endswith(ANNOTATION) or (name.endswith(TEXT) and beside(path, ANNOTATION).is_file())

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return False  # the name says it
