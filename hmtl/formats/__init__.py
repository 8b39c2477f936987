"""File formats: files in, Documents out, and back."""

from hmtl.formats.ace import Ace
from hmtl.formats.ace2005 import Ace2005
from hmtl.formats.brat import Brat
from hmtl.formats.conll2003 import Conll2003
from hmtl.formats.conll2012 import Conll2012
from hmtl.formats.conllu import Conllu
from hmtl.formats.crossre import Crossre
from hmtl.formats.dfki import Dfki
from hmtl.formats.docred import Docred
from hmtl.formats.document import DocumentLines
from hmtl.formats.format import Format, FormatError
from hmtl.formats.jsonl import Jsonl
from hmtl.formats.litbank import Litbank
from hmtl.formats.sniff import sniff
from hmtl.formats.spacy_docbin import Spacy
from hmtl.formats.spans import Spans
from hmtl.formats.spert import Spert
from hmtl.formats.uner import Uner
from hmtl.formats.wnut import Wnut

__all__ = [
    "Ace",
    "Ace2005",
    "Brat",
    "Conll2003",
    "Conll2012",
    "Conllu",
    "Crossre",
    "Dfki",
    "Docred",
    "DocumentLines",
    "Format",
    "FormatError",
    "Jsonl",
    "Litbank",
    "Spacy",
    "Spans",
    "Spert",
    "Uner",
    "Wnut",
    "sniff",
]
