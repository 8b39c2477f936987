from pathlib import Path

import pytest

from formats.helpers import put
from hmtl.formats import FormatError
from hmtl.formats.splits import named_documents


def test_names_keep_their_order_and_lines(tmp_path: Path) -> None:
    path = put(tmp_path, "dev", "b.tsv\n\n  a.tsv \n")
    assert list(named_documents(path, 1000, lambda name: name.removesuffix(".tsv"))) == [(1, "b"), (3, "a")]


@pytest.mark.parametrize(
    ("text", "message"),
    [("a\n\nb\nA\n", "dev:4: names 'a' a second time; "), ("\n \n", "dev:1: names no documents; ")],
)
def test_slips_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        list(named_documents(put(tmp_path, "dev", text), 1000, str.lower))
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(message)
