"""The contract of a file format: files in, Documents out, and back."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from hmtl.documents import Document


class FormatError(ConfigurationError):
    """Input that is not what its format promises. The message is one line: `file:line: cause; mend`."""


class Format(Registrable):
    """Reads a file, or every file of this format below a directory (sorted, `.gz` included), as a stream of Documents.

    A document's `source` is `file:line` of its beginning. Nothing is skipped: what cannot be read raises `FormatError`.
    """

    layers: ClassVar[frozenset[str]]
    """The Document layers that a file of this format can carry."""
    suffixes: ClassVar[tuple[str, ...]]
    """Endings (without `.gz`) of the files that a walk through a directory takes."""

    def read(self, path: str | Path) -> Iterator[Document]:
        """Documents of `path` in file order. Raises `FormatError` (bad content, empty file, no file of this format
        in a directory) and `FileNotFoundError`-like `FormatError` where `path` does not exist."""
        raise NotImplementedError

    def write(self, documents: Iterable[Document], path: str | Path) -> None:
        """Writes one file. Raises `FormatError` where a document has something that this format cannot hold."""
        raise NotImplementedError

    @classmethod
    def sniff(cls, lines: list[str]) -> bool:
        """Whether a file that starts with these lines looks like this format and no other."""
        raise NotImplementedError
