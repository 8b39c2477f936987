"""The contract of a rule, and the list of all rules."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from hmtl.checking.experiment import Experiment, Task
from hmtl.checking.finding import Finding
from hmtl.checking.schema import Slip
from hmtl.checking.shapes import Shapes
from hmtl.checking.words import Words
from hmtl.forecast import Run


@dataclass
class Study:
    """What rules look at, once the data have been read.

    # Parameters

    run : data and schedule as training would have them; None where it `is_broken` by errors that rules have
        found before, or has another `fault`.
    """

    experiment: Experiment
    words: Words
    is_broken: bool = False
    run: Run | None = None
    fault: Slip | None = None

    @cached_property
    def shapes(self) -> Shapes | None:
        vocabulary = self.words.vocabulary
        return None if vocabulary is None else Shapes(self.experiment, copy.deepcopy(vocabulary))

    def head(self, task: Task) -> Any:
        """The task's head, without weights; None where it cannot be built."""
        return self.shapes.heads.get(task.name) if self.shapes else None


@dataclass(frozen=True)
class Rule:
    """One thing to look for.

    # Parameters

    name : in the findings. about : what it finds, in one line.
    subject : `config`, which it is given as an `Experiment` before any data are read; `task`, a `Study` and
        each `Task`; `study`, a `Study`.
    check : yields the findings, never only the first.
    """

    name: str
    about: str
    subject: str
    check: Callable[..., Iterable[Finding]]


RULES: dict[str, Rule] = {}


def rule(subject: str) -> Callable[[Callable[..., Iterable[Finding]]], Callable[..., Iterable[Finding]]]:
    """Adds a function to the rules, by its name and the first line of its docstring."""

    def add(check: Callable[..., Iterable[Finding]]) -> Callable[..., Iterable[Finding]]:
        about = (check.__doc__ or "").partition("\n")[0]
        RULES[check.__name__] = Rule(check.__name__, about, subject, check)
        return check

    return add


def findings_of(subject: str, *arguments: Any) -> Iterator[Finding]:
    """What all rules of a subject find."""
    task = next((argument.name for argument in arguments if isinstance(argument, Task)), "")
    for each in RULES.values():
        if each.subject == subject:
            for finding in each.check(*arguments):
                yield replace(finding, rule=each.name, task=finding.task or task)
