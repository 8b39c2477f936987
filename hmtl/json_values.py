"""Values of parsed JSON that nobody has checked yet, each with the key where it stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, NoReturn

from hmtl.documents import DocumentError

NAMES = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a truth value",
    int: "an integer",
    float: "a fraction",
}


@dataclass(frozen=True)
class JsonValue:
    """One value. Every method raises `error` with one line, `source: 'key' is …; give …`, where it is
    another."""

    value: Any
    source: str
    key: str = ""
    error: type[Exception] = DocumentError

    def fail(self, cause: str, mend: str) -> NoReturn:
        raise self.error(f"{self.source}: {repr(self.key) if self.key else 'the JSON'} {cause}; {mend}")

    def want(self, kind: str) -> NoReturn:
        name = "null" if self.value is None else NAMES.get(type(self.value), "of an unknown type")
        self.fail(f"is {name}", f"give {kind}")

    @property
    def is_null(self) -> bool:
        return self.value is None

    def __getitem__(self, name: str) -> JsonValue:
        """A member of an object; null where the object has none of this name."""
        return JsonValue(
            self._object().get(name), self.source, f"{self.key}.{name}" if self.key else name, self.error
        )

    def names(self) -> list[str]:
        return list(self._object())

    def items(self) -> list[JsonValue]:
        if type(self.value) is not list:
            self.want("a list")
        return [JsonValue(v, self.source, f"{self.key}[{i}]", self.error) for i, v in enumerate(self.value)]

    def integer(self) -> int:
        if type(self.value) is not int:
            self.want("an integer")
        return self.value

    def string(self) -> str:
        if type(self.value) is not str:
            self.want("a string")
        if not is_unicode(self.value):
            self.fail("holds half of a surrogate pair", "give valid Unicode")
        return self.value

    def strings(self) -> list[str]:
        if type(self.value) is not list:
            self.want("a list of strings")
        # the quick look spares an object for each word
        if not all(type(item) is str and is_unicode(item) for item in self.value):
            return [item.string() for item in self.items()]
        return self.value

    def row(self, kind: str, *types: type) -> list[Any]:
        """A list with items of exactly these types, such as a span `[int, int, str]`."""
        if type(self.value) is not list or [type(item) for item in self.value] != list(types):
            self.fail(f"is {short(self.value)}", f"give {kind}")
        return self.value

    def pairs(self) -> list[tuple[int, int]]:
        return [(start, end) for start, end in (item.row("[start, end]", int, int) for item in self.items())]

    def _object(self) -> dict[str, Any]:
        if type(self.value) is not dict:
            self.want("an object")
        return self.value


def is_unicode(text: str) -> bool:
    """Whether UTF-8 can write it: JSON's escapes can spell half of a surrogate pair."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def short(value: Any) -> str:
    """A value as JSON, cut to what fits an error message."""
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parse(text: str, source: str, error: type[Exception]) -> JsonValue:
    """JSON text as a value, which must be an object."""
    try:
        value = JsonValue(json.loads(text), source, error=error)
    except (ValueError, RecursionError) as cause:
        reason = "nested too deeply" if isinstance(cause, RecursionError) else str(cause)
        raise error(f"{source}: is no JSON ({reason}); write one object") from cause
    value.names()
    return value
