"""Patch 11: constructors annotated as today's Python writes them (`X | None`, `Literal[...]`) are config schemas too."""

from patched_allennlp.patching import Patch

FROM_PARAMS = "allennlp/common/from_params.py"

MODERN_ANNOTATIONS = (
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="import inspect\n",
        replace="import difflib\nimport inspect\nimport types\n",
        why="For the functions below.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="def can_construct_from_params(type_: Type) -> bool:\n",
        replace="class ArgumentTypeError(ConfigurationError, TypeError):\n"
        '    """A value in a config that is not of its argument\'s type."""\n\n\n'
        "def as_typing_union(annotation):\n"
        '    """`X | Y` as the `Union[X, Y]` that the code here knows."""\n'
        "    return Union[annotation.__args__] if isinstance(annotation, types.UnionType) else annotation\n\n\n"
        "def check_literal(argument_name: str, value: Any, choices: tuple) -> Any:\n"
        '    """The value if it is one of the choices of a `Literal`; otherwise an error that lists them."""\n'
        "    if value not in choices:\n"
        "        close = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)\n"
        "        hint = f\"did you mean '{close[0]}'? \" if close else ''\n"
        "        listed = ', '.join(repr(choice) for choice in choices)\n"
        "        raise ArgumentTypeError(f\"{argument_name} is {value!r}; {hint}it can be {listed}\")\n"
        "    return value\n\n\n"
        "def can_construct_from_params(type_: Type) -> bool:\n    type_ = as_typing_union(type_)\n",
        why="`X | None` is a types.UnionType without __origin__: such an argument's params were handed on unbuilt.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find='    origin = getattr(annotation, "__origin__", None)\n    args = getattr(annotation, "__args__", ())\n',
        replace='    annotation = as_typing_union(annotation)\n    origin = getattr(annotation, "__origin__", None)\n'
        '    args = getattr(annotation, "__args__", ())\n',
        why="The same in remove_optional.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find='    origin = getattr(annotation, "__origin__", None)\n    args = getattr(annotation, "__args__", [])\n',
        replace='    annotation = as_typing_union(annotation)\n    origin = getattr(annotation, "__origin__", None)\n'
        '    args = getattr(annotation, "__args__", [])\n',
        why="The same in construct_arg.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="    elif origin == Lazy:\n        if popped_params is default:\n",
        replace="    elif origin is Literal:\n        return check_literal(argument_name, popped_params, args)\n"
        "    elif origin == Lazy:\n        if popped_params is default:\n",
        why="A misspelt choice must not reach the constructor.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="    Iterable,\n",
        replace="    Iterable,\n    Literal,\n",
        why="For the branch above.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="    signature = inspect.signature(method)\n",
        replace="    signature = inspect.signature(method, eval_str=True)\n",
        why="Under `from __future__ import annotations` the annotations are text and were taken for no type at all.",
    ),
    Patch(
        name="11 annotations",
        file=FROM_PARAMS,
        find="raise TypeError(",
        replace="raise ArgumentTypeError(",
        why="A wrong type in a config is the config's error, which the command line shows in one line.",
        count=4,
    ),
)
