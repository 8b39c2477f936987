from pathlib import Path

import pytest

from formats.helpers import put
from hmtl.formats import FormatError
from hmtl.formats.files import text_file
from hmtl.formats.names import Names
from hmtl.json_values import JsonValue


def test_every_document_of_a_file_has_its_own_id(tmp_path: Path) -> None:
    path = put(tmp_path, "dev.json.gz", "")
    names = Names(text_file(path, path, 1))
    given = ["a", None, "a", 3, "3", None, "a#2"]
    assert [names.of(JsonValue(key, "f:1")) for key in given] == [
        "a", "dev.2", "a#2", "3", "3#2", "dev.6", "a#2#2",
    ]  # fmt: skip
    with pytest.raises(FormatError, match="f:1: 'id' is a truth value; give a string"):
        names.of(JsonValue(True, "f:1", "id", FormatError))
