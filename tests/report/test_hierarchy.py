import pytest
from allennlp.common.checks import ConfigurationError

from hmtl.report.hierarchy import Level, hierarchy
from hmtl.report.run import Epoch, Run, Task


def run_with(model: object, tasks: str = "a b c", **parts: int) -> Run:
    named = {name.replace("__", "."): number for name, number in parts.items()}
    return Run("run", {t: Task(t) for t in tasks.split()}, [Epoch(0, {})], {"model": model}, parts=named)


def outline(level: Level) -> list:
    return [level.name, level.tasks, *map(outline, level.above)]


def test_levels_stand_on_one_another() -> None:
    levels = {
        "a": {"after": None, "encoder": {"type": "lstm", "hidden_size": 64}},
        "c": {"after": "b"},
        "b": {"after": "a", "encoder": {"type": "pass_through"}},
        "x": {"encoder": 3},
    }
    backbone = {"levels": levels, "task_levels": {"c": "b"}}
    root = hierarchy(run_with({"backbone": backbone}, embedder=7, levels__a=70))
    assert outline(root) == ["words", [], ["a", ["a"], ["b", ["b", "c"], ["c", []]]], ["x", []]]
    assert (root.parameters, root.above[0].parameters, root.above[0].above[0].parameters) == (7, 70, None)
    assert (root.above[0].about, root.above[0].above[0].about) == ("lstm 64", "pass_through")


@pytest.mark.parametrize("model", [None, [], {"backbone": "hard"}, {"backbone": {"levels": [1]}}])
def test_a_backbone_that_states_no_levels(model) -> None:
    root = hierarchy(run_with(model, levels__a=5, levels__shared=6, heads__a=1))
    assert outline(root) == ["words", ["b", "c"], ["a", ["a"]], ["shared", []]]


def test_levels_that_are_no_forest() -> None:
    with pytest.raises(ConfigurationError, match="in a circle"):
        hierarchy(run_with({"backbone": {"levels": {"a": {"after": "b"}, "b": {"after": "a"}}}}))
