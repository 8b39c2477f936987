"""Documents as the SGML and the APF of ACE 2005."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from xml.sax.saxutils import quoteattr

from hmtl.documents import Document, Span
from hmtl.formats.ace2005_document import Options
from hmtl.formats.ace2005_files import TEXT
from hmtl.formats.apf import ROLES, SUBTYPE
from hmtl.formats.sgml import escape

WHOLE = "DOC"
USUAL = ("BODY", "TEXT")


def sgml_text(document: Document, element: str) -> str:
    """The text as the content of the element, each sentence a paragraph, with the id before it."""
    starts = [0, *(document.offsets[first][0] for first, _ in document.sentences[1:]), len(document.text)]
    paragraphs = (document.text[s:e] for s, e in zip(starts, starts[1:], strict=False))
    body = "".join(f"<P>{escape(paragraph)}</P>" for paragraph in paragraphs)
    for name in reversed(USUAL if element in (WHOLE, *USUAL) else (element,)):
        body = f"<{name}>{body}</{name}>"
    return f"<{WHOLE}>{_heading(document, element)}{body}</{WHOLE}>"


def _heading(document: Document, element: str) -> str:
    return "" if element == WHOLE else f"\n<DOCID>{escape(document.id)}</DOCID>\n"


class ApfLines:
    """The annotation of one document, which counts the characters of `sgml_text`. Types are cut into type
    and subtype at the first colon where the options say so."""

    def __init__(self, document: Document, options: Options) -> None:
        self.document, self.options = document, options
        # without tags the heading is the id between two line breaks
        first = len(escape(document.id)) + 2 if _heading(document, options.element) else 0
        self.places = list(accumulate((len(escape(c)) for c in document.text), initial=first))
        self.names: dict[Span, str] = {}

    def lines(self) -> Iterator[str]:
        """The lines, in order."""
        name = quoteattr(self.document.id)
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        yield '<!DOCTYPE source_file SYSTEM "apf.v5.1.1.dtd">'
        genre = self.document.genre
        source = "" if genre is None else f" SOURCE={quoteattr(genre)}"
        uri = quoteattr(self.document.id + TEXT)
        yield f'<source_file URI={uri}{source} TYPE="text" AUTHOR="hmtl" ENCODING="UTF-8">'
        yield f"<document DOCID={name}>"
        for number, spans in enumerate(self._entities(), start=1):
            yield from self._entity(quoteattr(f"{self.document.id}-E{number}")[1:-1], spans)
        for number, (head, tail, label) in enumerate(self.document.relations or (), start=1):
            identifier = quoteattr(f"{self.document.id}-R{number}")[1:-1]
            yield from self._relation(identifier, (head, tail), label)
        yield "</document>"
        yield "</source_file>"

    def _entities(self) -> Iterator[list[Span]]:
        """The mentions of each entity: those of one type in one cluster, and each one that is in none."""
        of = {span: number for number, cluster in enumerate(self.document.clusters or ()) for span in cluster}
        entities: dict[tuple[object, str], list[Span]] = {}
        for span in self.document.mentions or ():
            entities.setdefault((of.get(span.bounds, span), span.label), []).append(span)
        yield from entities.values()

    def _entity(self, identifier: str, spans: list[Span]) -> Iterator[str]:
        types = _types(spans[0].label, self.options.entity_subtypes)
        yield f'<entity ID="{identifier}" {types} CLASS="SPC">'
        for number, span in enumerate(spans, start=1):
            self.names[span] = f"{identifier}-{number}"
            yield f'<entity_mention ID="{self.names[span]}" TYPE="NAM">'
            for name in ("extent", "head"):
                yield f"<{name}>{self._charseq(span.start, span.end)}</{name}>"
            yield "</entity_mention>"
        yield "</entity>"

    def _relation(self, identifier: str, arguments: tuple[Span, Span], label: str) -> Iterator[str]:
        yield f'<relation ID="{identifier}" {_types(label, self.options.relation_subtypes)}>'
        for role, span in zip(ROLES, arguments, strict=True):
            entity = self.names[span].rpartition("-")[0]
            yield f'<relation_argument REFID="{entity}" ROLE="{role}"/>'
        yield f'<relation_mention ID="{identifier}-1">'
        extent = min(span.start for span in arguments), max(span.end for span in arguments)
        yield f"<extent>{self._charseq(*extent)}</extent>"
        for role, span in zip(ROLES, arguments, strict=True):
            yield f'<relation_mention_argument REFID="{self.names[span]}" ROLE="{role}">'
            yield f"<extent>{self._charseq(*span.bounds)}</extent>"
            yield "</relation_mention_argument>"
        yield "</relation_mention>"
        yield "</relation>"

    def _charseq(self, first: int, last: int) -> str:
        start, end = self.document.offsets[first][0], self.document.offsets[last][1]
        text = escape(self.document.text[start:end])
        return f'<charseq START="{self.places[start]}" END="{self.places[end] - 1}">{text}</charseq>'


def _types(label: str, is_cut: bool) -> str:
    kind, _, subtype = label.partition(SUBTYPE) if is_cut else (label, "", "")
    return f"TYPE={quoteattr(kind)}" + (f" SUBTYPE={quoteattr(subtype)}" if subtype else "")
