"""Patch 18: `predict` takes as many inputs at once as suit the predictor (`common/predicting.py`)."""

from patched_allennlp.patching import Patch

_NAME = "18 predicting"
_PREDICT = "allennlp/commands/predict.py"
_EVALUATE = "allennlp/commands/evaluate.py"
_PREDICTOR = "allennlp/predictors/predictor.py"
_IMPORTS = "For the above."

PREDICTING = (
    Patch(
        name=_NAME,
        file=_PREDICT,
        find='            "--batch-size", type=int, default=1, help="The batch size to use for processing"\n',
        replace="""\
            "--batch-size",
            type=count_of_inputs,
            help="how many inputs to take at once; default as many as suit the predictor",
""",
        why="One at a time, the default, takes several times as long; none at a time answered nothing.",
    ),
    Patch(
        name=_NAME,
        file=_EVALUATE,
        find='            "--batch-size", type=int, help="If non-empty, the batch size',
        replace='            "--batch-size", type=count_of_inputs, help="If non-empty, the batch size',
        why="0 was taken for the default.",
    ),
    Patch(
        name=_NAME,
        file=_EVALUATE,
        find="from allennlp.common.util import prepare_environment\n",
        replace="from allennlp.common.predicting import count_of_inputs\n"
        "from allennlp.common.util import prepare_environment\n",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="in lazy_groups_of(self._get_instance_data(), self._batch_size):",
        replace="in self._batches(self._get_instance_data()):",
        why="The predictor knows best.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="in lazy_groups_of(self._get_json_data(), self._batch_size):",
        replace="in self._batches(self._get_json_data()):",
        why="The predictor knows best.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="    def run(self) -> None:\n",
        replace="""\
    def _batches(self, inputs: Iterator[Any]) -> Iterator[List[Any]]:
        return batches(self._predictor, inputs, self._batch_size, not self._print_to_console)

    def run(self) -> None:
""",
        why="For the above.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find='None if output_file is None else open(output_file, "w")',
        replace="None if output_file is None else Answers(output_file, input_file)",
        why="The file was emptied before anything was known of the input, also where it was the input.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="from allennlp.common.util import lazy_groups_of\n",
        replace="from allennlp.common.predicting import Answers, batches, count_of_inputs\n",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="from typing import List, Iterator, Optional\n",
        replace="from typing import Any, List, Iterator, Optional\n",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="        batch_size: int,\n",
        replace="        batch_size: Optional[int],\n",
        why="It may be the predictor's.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICTOR,
        find="    def load_line(self, line: str) -> JsonDict:\n",
        replace='''\
    def batches(self, inputs: Iterator[Any]) -> Iterator[List[Any]]:
        """
        Puts inputs, JSON objects or `Instance`s, together in lists that are best predicted at once; here each
        by itself. The `predict` command asks for this unless it is given a batch size.
        """
        return ([one] for one in inputs)

    def load_line(self, line: str) -> JsonDict:
''',
        why="For the above.",
    ),
)
