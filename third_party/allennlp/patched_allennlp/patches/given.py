"""More of patch 10: archives, weights and input that are not what they should be (`common/given.py`)."""

from patched_allennlp.patching import Patch

_NAME = "10 one line"
_ARCHIVAL = "allennlp/models/archival.py"
_MODEL = "allennlp/models/model.py"
_PREDICT = "allennlp/commands/predict.py"
_PREDICTOR = "allennlp/predictors/predictor.py"
_IMPORTS = "For the line that says so."

GIVEN = (
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find='with tarfile.open(resolved_archive_file, "r:gz") as archive:',
        replace="with open_archive(resolved_archive_file) as archive:",
        why="A download cut short ended in gzip's EOFError, without the file's name.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="from allennlp.common.params import Params\n",
        replace="from allennlp.common.given import open_archive\nfrom allennlp.common.params import Params\n",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_MODEL,
        find="missing_keys, unexpected_keys = model.load_state_dict(model_state, strict=False)",
        replace="missing_keys, unexpected_keys = load_weights(model, model_state, weights_file)",
        why="Weights of another model are the user's to mend.",
    ),
    Patch(
        name=_NAME,
        file=_MODEL,
        find="""\
            raise RuntimeError(
                f"Error loading state dict for {model.__class__.__name__}\\n\\t"
                f"Missing keys: {missing_keys}\\n\\t"
                f"Unexpected keys: {unexpected_keys}"
            )
""",
        replace="            raise weights_error(weights_file, missing_keys, unexpected_keys)\n",
        why="As above: the list of keys filled screens and did not name the file.",
    ),
    Patch(
        name=_NAME,
        file=_MODEL,
        find="from allennlp.common.params import Params",
        replace="from allennlp.common.given import load_weights, weights_error\n"
        "from allennlp.common.params import Params",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="        import json\n\n        predictor_args = json.loads(predictor_args)\n",
        replace='        predictor_args = json_object(predictor_args, "--predictor-args")\n',
        why="What is typed is mistyped.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="for line in sys.stdin:",
        replace='for line in utf8_lines(sys.stdin, "standard input"):',
        why="Text in another encoding is the user's to convert.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="for line in file_input:",
        replace="for line in utf8_lines(file_input, self._input_file):",
        why="As above.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICT,
        find="from allennlp.common.util import lazy_groups_of\n",
        replace="from allennlp.common.given import json_object, utf8_lines\n"
        "from allennlp.common.util import lazy_groups_of\n",
        why=_IMPORTS,
    ),
    Patch(
        name=_NAME,
        file=_PREDICTOR,
        find="        return predictor_class(model, dataset_reader, **extra_args)\n",
        replace="        check_arguments(predictor_class, extra_args)\n"
        "        return predictor_class(model, dataset_reader, **extra_args)\n",
        why="An argument that the predictor does not take is the user's to mend.",
    ),
    Patch(
        name=_NAME,
        file=_PREDICTOR,
        find="from allennlp.common.util import",
        replace="from allennlp.common.given import check_arguments\nfrom allennlp.common.util import",
        why=_IMPORTS,
    ),
)
