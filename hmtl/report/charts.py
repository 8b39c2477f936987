"""Which curves the report shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from hmtl.report.best import joint_best
from hmtl.report.forgetting import Forgetting
from hmtl.report.mix import Mix
from hmtl.report.plot import Plot, Series, plot
from hmtl.report.run import Run, best_epoch
from hmtl.report.spent import Spent
from hmtl.report.wording import Units


def task_plots(run: Run, units: Units) -> dict[str, list[Plot]]:
    """By task: its losses, its main metric."""
    return {
        task: _there(_losses(run, task, number), _metric(run, units, task, number))
        for number, task in enumerate(run.tasks)
    }


def _losses(run: Run, task: str, number: int) -> Plot | None:
    training = Series("training", run.figures(f"training_{task}/loss"), number, dashed=True)
    validation = Series("validation", run.figures(f"validation_{task}/loss"), number)
    return plot(f"Loss of {task}", "mean of the steps", [training, validation], log=True)


def _metric(run: Run, units: Units, task: str, number: int) -> Plot | None:
    values, best = run.metric(task), best_epoch(run.scores(task))
    series = Series(run.tasks[task].metric or "", _times(units.factor(task), values), number, best=best)
    return plot(f"Validation of {task}", _unit(units.factor(task)), [series])


def joint_plot(run: Run, units: Units) -> Plot | None:
    """The mean that chooses the epoch whose weights are kept, among the tasks' metrics where these are all in
    points. None where a task is alone."""
    if sum(bool(run.scores(task)) for task in run.tasks) < 2:
        return None
    factor = units.factor(None)
    tasks = [] if factor == 1 else list(_by_task(run, lambda task: _times(factor, run.metric(task))))
    mean = Series("mean", _times(factor, run.joint()), -1, best=joint_best(run))
    return plot("All tasks and their mean", _unit(factor), [*tasks, mean])


def forgetting_plot(run: Run, units: Units, forgotten: Mapping[str, Forgetting]) -> Plot | None:
    """How far each task is below its own best: in points, or else, so that different metrics fit one axis, in
    percent of that best."""
    points = units.factor(None) == 100

    def below(task: str) -> dict[int, float]:
        scores, sizes = run.scores(task), forgotten[task].sizes
        best = {epoch: 1.0 if points else abs(scores[epoch] + size) for epoch, size in sizes.items()}
        return {epoch: -100 * size / best[epoch] for epoch, size in sizes.items() if best[epoch]}

    unit = "points of 100" if points else "percent of that best"
    return plot("Distance from the task's own best so far", unit, list(_by_task(run, below)), zero=True)


def mix_plots(run: Run, steps: Mix) -> list[Plot]:
    """By task: steps taken, and what the schedule lets expect."""
    return _there(
        *(
            plot(
                f"Steps of {task}",
                "in the epoch",
                [
                    Series("taken", steps.realised[task], number),
                    Series("expected", steps.expected.get(task, {}), number, dashed=True),
                ],
                zero=True,
            )
            for number, task in enumerate(run.tasks)
        )
    )


def scale_plots(run: Run) -> list[Plot]:
    """Loss scale, norm of the gradient, learning rate."""
    wanted = {
        "loss_scale": ("Loss scale", "mean loss ÷ mean over the tasks"),
        "gradient_norm": ("Norm of the gradient", "before clipping, mean of the steps"),
        "learning_rate": ("Learning rate", "of the epoch's last step"),
    }
    return _there(
        *(
            plot(
                title,
                unit,
                _merged(_by_task(run, lambda task, name=name: run.figures(f"training_{task}/{name}"))),
                log=True,
            )
            for name, (title, unit) in wanted.items()
        )
    )


def time_plot(run: Run, time: Spent) -> Plot | None:
    """Seconds of each epoch."""
    training = Series("training", time.training, 0)
    return plot(
        "Time of an epoch", "seconds", [training, Series("validation", time.validation, 1)], zero=True
    )


def _by_task(run: Run, values: Callable[[str], Mapping[int, float]]) -> Iterable[Series]:
    return (Series(task, values(task), number) for number, task in enumerate(run.tasks))


def _merged(series: Iterable[Series]) -> list[Series]:
    """Curves that are the same as one: none would hide another."""
    same: dict[tuple[tuple[int, float], ...], list[Series]] = {}
    for one in series:
        same.setdefault(tuple(one.values.items()), []).append(one)
    return [replace(own[0], label=", ".join(one.label for one in own)) for own in same.values()]


def _times(factor: float, values: Mapping[int, float]) -> dict[int, float]:
    return {epoch: factor * value for epoch, value in values.items()}


def _unit(factor: int) -> str:
    return "points of 100" if factor == 100 else ""


def _there(*plots: Plot | None) -> list[Plot]:
    return [one for one in plots if one is not None]
