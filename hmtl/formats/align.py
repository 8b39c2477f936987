"""Where the words of tokenised sentences stand in the text that they were cut from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Offsets = list[tuple[int, int]]


def align(tokens: Iterable[str], text: str) -> Offsets | None:
    """Half-open character offsets of the words, which follow one another in the text with nothing but white
    space between; None where they do not."""
    offsets: Offsets = []
    position = 0
    for token in tokens:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith(token, position):
            return None
        offsets.append((position, position + len(token)))
        position += len(token)
    return offsets if not text[position:].strip() else None


def lay_out(
    sentences: Sequence[tuple[Sequence[str], str | None]], separator: str = "\n"
) -> tuple[str, Offsets]:
    """One text of all sentences and the offsets of all their words. A sentence whose text is None, or is not
    what its words say, stands there as its words joined by spaces."""
    texts: list[str] = []
    offsets: Offsets = []
    shift = 0
    for tokens, text in sentences:
        found = align(tokens, text) if text is not None else None
        if text is None or found is None:
            text = " ".join(tokens)
            found = align(tokens, text) or []
        offsets += [(start + shift, end + shift) for start, end in found]
        texts.append(text)
        shift += len(text) + len(separator)
    return separator.join(texts), offsets
