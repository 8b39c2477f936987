"""File formats: files in, Documents out, and back."""

from hmtl.formats.ace import Ace
from hmtl.formats.conll2003 import Conll2003
from hmtl.formats.conll2012 import Conll2012
from hmtl.formats.format import Format, FormatError
from hmtl.formats.jsonl import Jsonl
from hmtl.formats.litbank import Litbank
from hmtl.formats.sniff import sniff
from hmtl.formats.uner import Uner

__all__ = ["Ace", "Conll2003", "Conll2012", "Format", "FormatError", "Jsonl", "Litbank", "Uner", "sniff"]
