"""Patch 11: `X | None`, `Literal[...]` and annotations that are text (`common/annotations.py`)."""

from patched_allennlp.patching import Patch

_NAME = "11 annotations"
_FILE = "allennlp/common/from_params.py"
_UNION = (
    "`X | None` is a types.UnionType without __origin__: such an argument's params were handed on unbuilt."
)

MODERN_ANNOTATIONS = (
    Patch(
        name=_NAME,
        file=_FILE,
        find="from allennlp.common.checks",
        replace="from allennlp.common.annotations import ArgumentTypeError, as_union, check_literal\n"
        "from allennlp.common.annotations import signature_of\nfrom allennlp.common.checks",
        why="What the patches below call.",
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find="    Iterable,\n",
        replace="    Iterable,\n    Literal,\n",
        why="For its branch below.",
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find="def can_construct_from_params(type_: Type) -> bool:\n",
        replace="def can_construct_from_params(type_: Type) -> bool:\n    type_ = as_union(type_)\n",
        why=_UNION,
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find='    origin = getattr(annotation, "__origin__", None)\n',
        replace="    annotation = as_union(annotation)\n"
        '    origin = getattr(annotation, "__origin__", None)\n',
        count=2,
        why=_UNION + " Once where None is removed from the union, once where the argument is built.",
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find="    elif origin == Lazy:\n",
        replace="    elif origin is Literal:\n"
        "        return check_literal(argument_name, popped_params, args)\n"
        "    elif origin == Lazy:\n",
        why="A misspelt choice must not reach the constructor.",
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find="    signature = inspect.signature(method)\n",
        replace="    signature = signature_of(method)\n",
        why="Under `from __future__ import annotations` they are text, and were taken for no type at all.",
    ),
    Patch(
        name=_NAME,
        file=_FILE,
        find="raise TypeError(",
        replace="raise ArgumentTypeError(",
        count=4,
        why="A wrong type in a config is the config's error, which the command line shows in one line.",
    ),
)
