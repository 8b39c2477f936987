"""`$HMTL_DATA` in paths."""

from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.paths import resolve


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("$HMTL_DATA", "/corpora"),
        ("$HMTL_DATA/a/b.txt", "/corpora/a/b.txt"),
        (Path("$HMTL_DATA") / "a", "/corpora/a"),
        ("a/$HMTL_DATA", "a/$HMTL_DATA"),
        ("$HMTL_DATABASE/a", "$HMTL_DATABASE/a"),
        ("$HOME/a", "$HOME/a"),
        ("/a", "/a"),
    ],
)
def test_resolve(path: str | Path, resolved: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HMTL_DATA", "/corpora")
    assert resolve(path) == resolved


@pytest.mark.parametrize("value", [None, ""])
def test_variable_that_is_not_set(value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMTL_DATA", raising=False)
    if value is not None:
        monkeypatch.setenv("HMTL_DATA", value)
    assert resolve("a") == "a"
    with pytest.raises(
        ConfigurationError, match=r"^\$HMTL_DATA/a: the environment variable HMTL_DATA is not set"
    ):
        resolve("$HMTL_DATA/a")
