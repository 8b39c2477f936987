import pytest

from hmtl.documents import DocumentError
from hmtl.json_values import JsonValue, is_unicode, parse, short


class Refused(ValueError):
    pass


def test_keys_lead_to_the_culprit() -> None:
    root = parse('{"a": {"b": [1, [true, 2]]}}', "f:3", Refused)
    assert root["a"]["b"].items()[0].integer() == 1
    with pytest.raises(Refused, match=r"^f:3: 'a\.b\[1\]\[0\]' is a truth value; give an integer$"):
        root["a"]["b"].items()[1].items()[0].integer()
    assert root["none"].is_null and root.names() == ["a"]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"a": 1} x', "[" * 100_000])
def test_only_objects_are_parsed(text: str) -> None:
    with pytest.raises(Refused, match="^f:3: "):
        parse(text, "f:3", Refused)


def test_types_are_exact() -> None:
    assert JsonValue([1, "a"], "f").row("[int, str]", int, str) == [1, "a"]
    for value in ([True, "a"], [1.0, "a"], [1], [1, "a", 2], "1a", None):
        with pytest.raises(DocumentError, match=r"give \[int, str\]"):
            JsonValue(value, "f").row("[int, str]", int, str)


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert is_unicode("a\U0001f600") and not is_unicode("a\ud83d")
    with pytest.raises(DocumentError, match=r"'k\[1\]' holds half of a surrogate pair"):
        JsonValue(["a", "\udc00"], "f", "k").strings()


def test_long_values_are_cut_in_messages() -> None:
    assert short([1, 2]) == "[1, 2]" and len(short("x" * 999)) == 60
