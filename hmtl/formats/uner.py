"""Universal NER's columns."""

from __future__ import annotations

from collections.abc import Iterator

from hmtl.documents import Document
from hmtl.formats.columns import cells, fits
from hmtl.formats.conll2003 import Conll2003
from hmtl.formats.format import Format
from hmtl.formats.tags import is_tag


@Format.register("uner")
class Uner(Conll2003):
    """`conll2003` with the columns of Universal NER (`.iob2`): number, word, BIO tag, then a filler and the
    annotator (both may be missing), and `# newdoc id = `, `# sent_id = `, `# text = ` comments.

    Source: Mayhew et al. (2024), https://aclanthology.org/2024.naacl-long.243.

    # Parameters

    ignore_labels : spans with these labels are left out, such as `["OTH", "O"]` of the first version of
    English EWT.
    """

    suffixes = (".iob2",)

    def __init__(self, ignore_labels: list[str] | None = None, max_megabytes: int = 1024) -> None:
        super().__init__(1, 2, ignore_labels, "BIO", max_megabytes)

    def _heading(self, document: Document) -> Iterator[str]:
        if not fits(document.id) or document.id != document.id.strip():
            self.cannot_hold(document, "an id that is empty or does not fit a line", "rename it")
        yield f"# newdoc id = {document.id}"

    def _sentence(self, document: Document, first: int, last: int, tags: list[str]) -> Iterator[str]:
        text = document.span_text(first, last)
        if fits(text):
            yield f"# text = {text}"
        numbers = [str(i + 1) for i in range(len(tags))]
        fillers = ["-"] * len(tags)
        yield from self.rows(document, [numbers, document.tokens[first : last + 1], tags, fillers, fillers])

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        rows = [cells(line) for line in lines if line.strip() and line[0] != "#"]
        return bool(rows) and all(len(row) >= 3 and row[0].isdigit() and is_tag(row[2]) for row in rows)
