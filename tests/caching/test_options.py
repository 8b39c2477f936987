import re
import subprocess
import sys

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from hmtl.caching.options import code, options
from hmtl.dataset_readers import EmdReader, NerReader
from hmtl.formats import Conll2003, Format, Jsonl

SNIPPET = """
from hmtl.caching.options import code, options
from hmtl.dataset_readers import NerReader
from hmtl.formats import Conll2003, Jsonl
form = Conll2003(ignore_labels=["MISC", "PER", "ORG", "LOC"])
print(options(NerReader(form), form), code(NerReader, Conll2003))
"""


@pytest.mark.parametrize("name", Format.list_available())
def test_every_format_can_be_described(name: str) -> None:
    form, again = (Format.from_params(Params({"type": name})) for _ in range(2))
    reader = NerReader(Jsonl())
    assert options(reader, form) == options(reader, again)
    assert form.max_bytes in options(reader, form)["format"].values()


def test_settings_make_a_difference() -> None:
    forms = [
        Conll2003(),
        Conll2003(ignore_labels=["PER"]),
        Conll2003(token_column=1),
        Conll2003(scheme="BIO"),
    ]
    found = [options(NerReader(form), form) for form in forms]
    form = Jsonl()
    readers = [NerReader(form), EmdReader(form), NerReader(form, task="x"), NerReader(form, layer="mentions")]
    found += [options(reader, form) for reader in readers]
    assert len({str(one) for one in found}) == len(found)


def test_another_process_says_the_same() -> None:
    """Sets have another order there."""
    runs = [subprocess.run([sys.executable, "-c", SNIPPET], capture_output=True, text=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout != ""


def test_code_is_that_of_the_reader_and_the_format() -> None:
    class Elsewhere:
        """A class of this file, which is not in the package."""

    assert code(NerReader, Jsonl) == code(NerReader, Conll2003) != code(NerReader, Elsewhere)


def test_a_setting_without_a_value_is_refused() -> None:
    form = Jsonl()
    form.key = lambda document: document.id
    with pytest.raises(
        ConfigurationError, match=r"data_loader\.cache: a format has a setting of type .*function"
    ):
        options(NerReader(form), form)
    form.key = re.compile("a+")
    assert "a+" in str(options(NerReader(form), form))
