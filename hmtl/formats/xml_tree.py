"""XML that anyone may have written: no DTD is read, no entity expanded, and every element knows its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from hmtl.formats.files import TextFile

DEEPEST = 100
# expat drops entities that an unread DTD might declare without a word
UNKNOWN_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#)[^\s;<&]*;?")


@dataclass(eq=False, slots=True)
class Element:
    """One element; `text` are its own characters, without those of its children."""

    file: TextFile
    line: int
    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def fail(self, cause: str, mend: str) -> NoReturn:
        self.file.fail(self.line, f"<{self.name}> {cause}", mend)

    def attribute(self, name: str) -> str:
        """An attribute's value. Raises `FormatError` where it is missing or empty."""
        return self.attributes.get(name) or self.fail(f"has no {name}", f'give {name}="…"')

    def all(self, name: str) -> Iterator[Element]:
        """The children of this name."""
        return (child for child in self.children if child.name == name)

    def optional(self, name: str) -> Element | None:
        """The child of this name, if there is one. Raises `FormatError` where there are several."""
        found = list(self.all(name))
        if len(found) > 1:
            found[1].fail(f"is the second in one <{self.name}>", "keep one of them")
        return found[0] if found else None

    def only(self, name: str) -> Element:
        """The child of this name. Raises `FormatError` where there is none or several."""
        return self.optional(name) or self.fail(f"has no <{name}>", f"give it one <{name}>")


def parse_xml(file: TextFile) -> Element:
    """The root of a file's elements.

    Raises `FormatError` where the file is malformed or nests deeper than `DEEPEST`, declares anything in a
    DTD of its own, or uses an entity other than XML's five.
    """
    text = "\n".join(line for _, line in file.lines)
    if match := UNKNOWN_ENTITY.search(text):
        line = text.count("\n", 0, match.start()) + 1
        file.fail(
            line, f"has the entity '{match[0][:20]}'", "write &amp; for &, and characters as themselves"
        )
    builder = _Builder(file)
    try:
        builder.parser.Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        cause = expat.errors.messages[error.code]
        file.fail(error.lineno, f"is no well-formed XML ({cause})", "mend it, or fetch the file again")
    return builder.root.children[0]


class _Builder:
    def __init__(self, file: TextFile) -> None:
        self.file = file
        self.root = Element(file, 1, "", {})
        self.open = [self.root]
        self.texts: list[list[str]] = [[]]
        # whatever encoding the file declares, its lines were decoded as UTF-8
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = lambda data: self.texts[-1].append(data)

    def doctype(self, name: str, system: str | None, public: str | None, has_subset: int) -> None:
        if has_subset:
            line = self.parser.CurrentLineNumber
            self.file.fail(line, "declares a DTD of its own", "remove it from the DOCTYPE line")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(self.file, self.parser.CurrentLineNumber, name, attributes)
        if len(self.open) > DEEPEST:
            element.fail(f"lies {DEEPEST} elements deep", "this is no file of annotation")
        self.open[-1].children.append(element)
        self.open.append(element)
        self.texts.append([])

    def end(self, name: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())
