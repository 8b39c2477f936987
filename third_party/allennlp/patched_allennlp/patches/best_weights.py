"""Patch 15: an archive may hold several weights, and a command says which (`models/best_weights.py`)."""

from patched_allennlp.patching import Patch

_NAME = "15 best weights"
_ARCHIVAL = "allennlp/models/archival.py"
_TRAIN = "allennlp/commands/train.py"
_OPTION = """\
        subparser.add_argument(
            "--weights-file", type=str, help="a path that overrides which weights file to use"
        )
"""


def _option(file: str, after: str) -> tuple[Patch, Patch]:
    """A command's `--weights-file` with `--best` beside it; the import goes after the line `after`."""
    return (
        Patch(
            name=_NAME,
            file=file,
            find=_OPTION,
            replace="        add_weights_arguments(subparser)\n",
            why="`--best TASK`: nobody should have to keep the files of a run beside its archive.",
        ),
        Patch(
            name=_NAME,
            file=file,
            find=after,
            replace=f"{after}from allennlp.models.best_weights import add_weights_arguments\n",
            why="For the option.",
        ),
    )


BEST_WEIGHTS = (
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="            weights_path = weights_file\n",
        replace="            weights_path = find_weights(weights_file, serialization_dir, archive_file)\n",
        why="A file that lies in the archive could not be named.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="from allennlp.models.model import Model, _DEFAULT_WEIGHTS\n",
        replace="from allennlp.models.best_weights import find_weights\n"
        "from allennlp.models.model import Model, _DEFAULT_WEIGHTS\n",
        why="For the above.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="        The weights file to use.  If unspecified,",
        replace="""\
        The weights file to use: a path, or the name of a file inside the archive, or of a task as `BestOf`
        for the weights of its best epoch inside the archive. If unspecified,""",
        why="Documents it.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="os.path.join(serialization_dir, archival_target)",
        replace="os.path.join(glob.escape(str(serialization_dir)), archival_target)",
        why="A run's directory may be called [a]; only what the config includes is a pattern.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="            file_friendly_logging=file_friendly_logging,\n        )\n    # Otherwise, we are",
        replace="            file_friendly_logging=file_friendly_logging,\n"
        "            include_in_archive=include_in_archive,\n        )\n    # Otherwise, we are",
        why="The archive of an interrupted run lacked what include_in_archive names.",
    ),
    Patch(
        name=_NAME,
        file=_TRAIN,
        find="                    weights=best_weights_path,\n",
        replace="                    weights=os.path.abspath(best_weights_path),\n",
        why="A trainer may answer with the path as it was given; a relative one was looked for below the "
        "serialization directory, and the interruption ended in a traceback.",
    ),
    *_option("allennlp/commands/predict.py", "from allennlp.models.archival import load_archive\n"),
    *_option("allennlp/commands/evaluate.py", "from allennlp.models.archival import load_archive\n"),
)
