"""What is looked for. Importing a module of this room adds its rules."""

from hmtl.checking.rules import (
    coreference,
    coverage,
    duplicates,
    files,
    hierarchy,
    keys,
    labels,
    parts,
    relations,
    spans,
    tasks,
    training,
    vocabulary,
)

__all__ = [
    "coreference",
    "coverage",
    "duplicates",
    "files",
    "hierarchy",
    "keys",
    "labels",
    "parts",
    "relations",
    "spans",
    "tasks",
    "training",
    "vocabulary",
]
