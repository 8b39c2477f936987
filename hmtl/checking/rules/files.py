"""What the formats say of the files."""

import re
from collections.abc import Iterator

from hmtl.checking.experiment import Task
from hmtl.checking.finding import Finding, Places, short
from hmtl.checking.rule import Study, rule

COUNTED = re.compile(r"(\[.*\])? ?(\d+)? ?(.*)", re.DOTALL)
"""What a format says: about which spans, how many, what."""
PLACE = re.compile(r"(.+?): (.*)", re.DOTALL)


@rule("task")
def unreadable_files(study: Study, task: Task) -> Iterator[Finding]:
    """Files, or parts of them, that cannot be read."""
    for split, corpus in task.corpora.items():
        for fault in corpus.faults:
            place, text = _place(fault)
            if "no such file" in text or "HMTL_DATA is not set" in text:
                continue  # `missing_files` has told
            cause, _, mend = text.rpartition("; ")
            yield Places(place).finding("error", cause or text, mend if cause else "correct it", split)


@rule("task")
def left_out_by_the_format(study: Study, task: Task) -> Iterator[Finding]:
    """What a format leaves out or alters while it reads."""
    for split, corpus in task.corpora.items():
        for said in corpus.said:
            place, text = _place(said)
            listed, amount, cause = COUNTED.fullmatch(text).groups()  # type: ignore[union-attr]
            where = f"{place} {listed or ''}".strip()
            yield Places(where).finding("note", cause, "nothing, if that is meant", split, amount or "")


def _place(text: str) -> tuple[str, str]:
    """The `file:line` that a message starts with, and the rest in one line."""
    match = PLACE.fullmatch(" ".join(text.split()))
    return (short(match[1]), match[2]) if match else ("", text)
