"""Emerging and rare entities: the shared task of the 2017 workshop on noisy user-generated text."""

from __future__ import annotations

from hmtl.formats.conll2003 import Conll2003
from hmtl.formats.format import Format


@Format.register("wnut")
class Wnut(Conll2003):
    """`conll2003` with a word and its BIO tag, parted by a tab. Where I- follows another type, as in the
    development set, a span begins. Source: Derczynski et al. (2017), https://aclanthology.org/W17-4418.

    Such files look like `conll2003`, so this format must be named.

    # Parameters

    ignore_labels : spans with these labels are left out.
    """

    suffixes = (".conll", ".annotated")

    def __init__(self, ignore_labels: list[str] | None = None, max_megabytes: int = 1024) -> None:
        # IOB1 is what reads both BIO and these tags
        super().__init__(0, 1, ignore_labels, "IOB1", max_megabytes)
        self.written_scheme = "BIO"

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        return False
