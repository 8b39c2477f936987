"""The hierarchy as a graph of parent names."""

import difflib
from collections.abc import Mapping

from allennlp.common.checks import ConfigurationError


def parents_first(parents: Mapping[str, str | None]) -> list[str]:
    """The names in an order in which every parent comes before its children, otherwise as given.

    Raises `ConfigurationError` for a parent that does not exist and for a cycle.
    """
    order: dict[str, None] = {}
    for name in parents:
        path = _path_up(name, parents)
        order.update(dict.fromkeys(reversed(path)))
    return list(order)


def _path_up(name: str, parents: Mapping[str, str | None]) -> list[str]:
    path = [name]
    while (parent := parents[path[-1]]) is not None:
        if parent not in parents:
            close = difflib.get_close_matches(parent, parents, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"the levels are {', '.join(parents)}"
            raise ConfigurationError(
                f"model.backbone.levels.{path[-1]}.after: there is no level '{parent}'; {hint}"
            )
        if parent in path:
            cycle = " → ".join([*path[path.index(parent) :], parent])
            raise ConfigurationError(
                f"model.backbone.levels: the levels stand on one another in a circle ({cycle}); "
                "let one of them stand on nothing"
            )
        path.append(parent)
    return path
