"""What `benchmark.py` measures, and how: work and floor by turns, in one process."""

import gc
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
from allennlp.common.util import import_module_and_submodules
from benchmark_floor import Floor
from benchmark_work import build, document, reader_of, sentences

from hmtl.predictors import HmtlPredictor
from hmtl.training.trainer import HmtlTrainer

CONFIGS = Path(__file__).parents[1] / "configs"
STEPS_OF_TRAINING = 40  # of each task before predictions: one that knows nothing finds relations everywhere

Result = dict[str, Any]


def steps(rounds: int) -> Iterator[Result]:
    """A training step of each task, from the numbers of its instances to the updated weights: a tenth of ten,
    since one in ten is sampled for what the tasks do to each other."""
    for encode in ("document", "sentence"):
        with tempfile.TemporaryDirectory() as folder:
            trainer = build(Path(folder), encode, CONFIGS).trainer
            for task in ("ner", "emd", "relation", "coref"):
                # sentence by sentence, only the documents of coreference are read otherwise
                if encode == "document" or task == "coref":
                    step, words = _step(trainer, task)
                    name = f"{task} step" + (" by sentence" if encode == "sentence" else "")
                    yield result(name, step, words, rounds, trainer.stepper.interference.interval)


def predictions(rounds: int) -> Iterator[Result]:
    """All four tasks: of one sentence, of a thousand, of documents of ten sentences and of 2,000 words."""
    predictor = _predictor()
    alone = HmtlPredictor(predictor._model, predictor._dataset_reader, threads=1)
    work = {
        "one sentence": sentences(1, 16),
        "1,000 sentences": sentences(1000, 16000),
        "100 documents of 160 words": [document(160, f"d{number}") for number in range(100)],
        "one document of 2,000 words": [document(2000)],
    }
    for name, documents in work.items():
        bare = [each.bare() for each in documents]
        words = sum(len(each.tokens) for each in bare)
        run = partial(predictor.annotate, bare)
        noted = partial(alone.annotate, bare)
        yield result(name, run, words, rounds if words < 10_000 else 3, in_one_thread=noted)


def lengths(words: int) -> Iterator[Result]:
    """One document, as far as memory and time grow with it; no floor."""
    with tempfile.TemporaryDirectory() as folder:
        # what training takes is not of this process
        weights = Path(folder) / "weights.th"
        learning = get_context("spawn").Process(target=_save_weights, args=(weights,))
        learning.start()
        learning.join()
        model = build(Path(folder), "sentence", CONFIGS).trainer.model
        model.load_state_dict(torch.load(weights, weights_only=True))
        predictor = HmtlPredictor(model.eval(), reader_of(Path(folder), CONFIGS))
    bare = [document(words).bare()]
    predictor.annotate([document(100).bare()])
    before = peak_mb()
    seconds = _timed(lambda: predictor.annotate(bare), 3 if words <= 20_000 else 1)
    yield {
        "name": f"{words:,} words",
        "seconds": seconds,
        "words": words,
        "loaded_mb": before,
        "peak_mb": peak_mb(),
    }


def starts(rounds: int) -> Iterator[Result]:
    """Programs from their start to their end, beside the import of torch."""
    commands = {
        "import torch": [sys.executable, "-c", "import torch"],
        "allennlp --version": [sys.executable, "-m", "allennlp", "--version"],
        "allennlp --help": [sys.executable, "-m", "allennlp", "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            seconds[name].append(
                _timed(lambda command=command: subprocess.run(command, check=True, capture_output=True), 1)
            )
    floor = statistics.median(seconds["import torch"])
    for name, times in seconds.items():
        yield {"name": name, "seconds": statistics.median(times), "floor_seconds": floor}


def result(
    name: str,
    work: Callable[[], Any],
    words: int,
    rounds: int,
    calls: int = 1,
    in_one_thread: Callable[[], Any] | None = None,
) -> Result:
    """The medians of work and floor, which take turns.

    # Parameters

    calls : of the work in a turn. They differ: what counts is the mean of the medians of the first, of the
        second, and so on.
    in_one_thread : does the same work where it can be noted.
    """
    work()
    floor = Floor()
    with floor:
        (in_one_thread or work)()
    turn = [*[work] * calls, floor.run, floor.run_convolutions]
    for one in turn[-2:]:
        one()
    gc.collect()
    spent = [[_timed(one, 1) for one in turn] for _ in range(rounds)]
    *own, bare, convolutions = (statistics.median(times) for times in zip(*spent, strict=True))
    return {
        "name": name,
        "seconds": statistics.mean(own),
        "floor_seconds": bare + convolutions,
        "convolution_seconds": convolutions,
        "words": words,
    }


def peak_mb() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _step(trainer: HmtlTrainer, task: str) -> tuple[Callable[[], Any], int]:
    state = trainer.progress.states[task]
    numbers = list(range(len(trainer.loader.instances[task])))
    words = sum(len(each.tokens) for each in trainer.loader.documents(task, numbers))
    trainer.model.train()

    def step() -> None:
        trainer.stepper.step(state, numbers, state.steps)
        state.advance(1)

    return step, words


def _predictor() -> HmtlPredictor:
    """Of a model that has learned its four batches."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = build(Path(folder), "sentence", CONFIGS).trainer
        for task in trainer.loader.tasks:
            step, _ = _step(trainer, task)
            for _ in range(STEPS_OF_TRAINING):
                step()
        return HmtlPredictor(trainer.model.eval(), reader_of(Path(folder), CONFIGS))


def _save_weights(path: Path) -> None:
    import_module_and_submodules("hmtl")
    torch.save(_predictor()._model.state_dict(), path)


def _timed(work: Callable[[], Any], times: int) -> float:
    """The least seconds of so many calls."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begun)
    return min(spent)
