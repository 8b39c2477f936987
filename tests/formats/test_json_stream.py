import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.helpers import put
from hmtl.formats import FormatError, json_stream
from hmtl.formats.files import text_file
from hmtl.formats.json_stream import array_lines, first_keys, json_objects

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(['"', "\\", "{", "]"])
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=8
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), min_size=1, max_size=4)
LAYOUTS = {
    "array": json.dumps,
    "indented array": lambda items: json.dumps(items, indent=1, ensure_ascii=False),
    "lines": lambda items: "\n".join(map(json.dumps, items)),
    "one after another": lambda items: "".join(json.dumps(item, indent=2) for item in items),
    "ours": lambda items: "\n".join(array_lines(items)),
}


def read(folder: Path, text: str) -> list[Any]:
    path = put(folder, "f.json", text)
    return [
        (item.source.rpartition(":")[2], item.value) for item in json_objects(text_file(path, path, 1 << 20))
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@given(items=OBJECTS)
def test_objects_in_every_layout(tmp_path_factory: pytest.TempPathFactory, layout: str, items: list) -> None:
    text = LAYOUTS[layout](items)
    assert [value for _, value in read(tmp_path_factory.mktemp("f"), text)] == items
    # keys that are spelled with escapes are nobody's
    plain = {key for key in items[0] if json.dumps(key) == f'"{key}"'}
    assert first_keys(text.split("\n")) >= plain


def test_each_object_knows_its_line(tmp_path: Path) -> None:
    assert read(tmp_path, '\n[ {"a":\n 1},\n\n{"b": "]}"} , {"c": {}}\n]\n') == [
        ("2", {"a": 1}),
        ("5", {"b": "]}"}),
        ("5", {"c": {}}),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}', "f.json:1: ends inside an array that is not closed"),
        ('{"a": 1}\n{"b":\n[', "f.json:2: begins an object that is not closed"),
        ('[{"a": 1} {"b": 1}]', "f.json:1: has '{' outside of an object; put , or ] there"),
        ('[{"a": 1},\n]', "f.json:2: has ']' outside of an object; put { there"),
        ('[{"a": 1}]\n{', "f.json:2: has '{' outside of an object; put nothing more there"),
        ('{"a": 1},{"b": 2}', "f.json:1: has ',' outside of an object; put { there"),
        ("hello", "f.json:1: has 'h' outside of an object; put [ or { there"),
        ('{"a\n": 1}', "f.json:1: has a string that is not closed; close it in its line"),
        ('{"a" 1}', "f.json:1: is no JSON (Expecting ':' delimiter"),
        ("{}\n" + '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "f.json:2: is no JSON (nested too deeply)"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path}/{message}") and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ['{"' + '\\"' * 200_000, '{"a": ' + '"' * 400_001, "{" + "[[{" * 100_000])
def test_hostile_lines_take_linear_time(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError):
        read(tmp_path, text)
    first_keys([text])


def test_only_keys_of_the_first_object_count() -> None:
    assert first_keys(['[{"a": {"b": "c"}, "d": [', '"e"], "f" : 1}, {"g": 2}]']) == {"a", "d", "f"}
    assert (
        first_keys(["# comment", '{"a": 1}']) == first_keys([]) == first_keys(["a\tO", "", "b\tO"]) == set()
    )


def test_an_object_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LONGEST_LINE", 1000)
    assert len(read(tmp_path, "[{}," + '{"a":\n"b"},' * 500 + "{}]")) == 502
    with pytest.raises(FormatError, match="f.json:2: begins an object of over 0 MB; close it, or split it"):
        read(tmp_path, '[{},\n{"a": [' + "1,\n" * 600)
