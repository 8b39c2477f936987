"""Patch 7: loading an archive runs nothing that the archive brings (`common/trust.py`)."""

from patched_allennlp.patching import Patch

_NAME = "7 archives"
_ARCHIVAL = "allennlp/models/archival.py"
_COMMANDS = "allennlp/commands/__init__.py"
_EVALB = "allennlp/training/metrics/evalb_bracketing_scorer.py"
_SURGERY = "allennlp/tools/archive_surgery.py"
_NO_SHELL = "A path from a config must not be read by a shell."

ARCHIVES = (
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="from allennlp.common.params import Params\n",
        replace="from allennlp.common.params import Params\n"
        "from allennlp.common.trust import extract, read_archive_config\n",
        why="The safe ways in.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="    weights_file: str = None,\n) -> Archive:\n",
        replace="    weights_file: str = None,\n    trust: Optional[bool] = None,\n) -> Archive:\n",
        why="Python's callers say here what `--trust` says on the command line.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="weights.th in the archive_file will be used.\n",
        replace="""\
weights.th in the archive_file will be used.
    trust : `bool`, optional (default = `None`)
        Whether the archive's author is trusted: then its config may be Jsonnet, see the environment, name
        classes by their Python path and have libraries run code. By default `ALLENNLP_TRUST_ARCHIVE` says.
""",
        why="Documents the parameter.",
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="config = Params.from_file(os.path.join(serialization_dir, CONFIG_NAME), overrides)",
        replace="config = read_archive_config(\n"
        "            os.path.join(serialization_dir, CONFIG_NAME), overrides, trust\n        )",
        why='{"type": "subprocess.Popen", …} ran a command, and Jsonnet saw every environment variable.',
    ),
    Patch(
        name=_NAME,
        file=_ARCHIVAL,
        find="archive.extractall(tempdir)",
        replace="extract(archive, tempdir)",
        why="A member's name or link could leave the folder.",
    ),
    Patch(
        name=_NAME,
        file=_SURGERY,
        find="archive.extractall(tempdir)",
        replace="extract(archive, tempdir)",
        why="A member's name or link could leave the folder.",
    ),
    Patch(
        name=_NAME,
        file=_SURGERY,
        find="from allennlp.common.file_utils import cached_path\n",
        replace="from allennlp.common.file_utils import cached_path\n"
        "from allennlp.common.trust import extract\n",
        why="The safe way in.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/common/registrable.py",
        find="            # This might be a fully qualified class name, so",
        replace="""\
            # Imported here because `trust` needs `Params`, which needs this module.
            from allennlp.common.trust import refuse_archive_path

            refuse_archive_path(name)
            # This might be a fully qualified class name, so""",
        why="The one place that imports a name from a config: also what the scan of the config cannot tell "
        "from other text, and what is built long after loading.",
    ),
    Patch(
        name=_NAME,
        file=_COMMANDS,
        find="            if subcommand_class.requires_plugins:\n",
        replace="""\
            if subcommand_class.requires_plugins:
                subparser.add_argument(
                    "--trust",
                    action="store_true",
                    default=False,
                    help="let archives name classes by their Python path and have libraries run code",
                )
""",
        why="The user's word on the command line; every command that loads archives requires plugins.",
    ),
    Patch(
        name=_NAME,
        file=_COMMANDS,
        find="        args.func(args)\n",
        replace='        if getattr(args, "trust", False):\n'
        '            os.environ[TRUST_VARIABLE] = "1"\n'
        "        args.func(args)\n",
        why="As a variable it also reaches archives named inside archives, and worker processes.",
    ),
    Patch(
        name=_NAME,
        file=_COMMANDS,
        find="import logging\nimport sys\n",
        replace="import logging\nimport os\nimport sys\n",
        why="For the variable.",
    ),
    Patch(
        name=_NAME,
        file=_COMMANDS,
        find="from allennlp.common.util import import_module",
        replace="from allennlp.common.trust import TRUST_VARIABLE\n"
        "from allennlp.common.util import import_module",
        why="For the variable.",
    ),
    Patch(
        name=_NAME,
        file=_EVALB,
        find='os.system("cd {} && make && cd ../../../".format(evalb_directory_path))',
        replace='subprocess.run(["make"], cwd=evalb_directory_path)',
        why=_NO_SHELL,
    ),
    Patch(
        name=_NAME,
        file=_EVALB,
        find='os.system("rm {}".format(os.path.join(evalb_directory_path, "evalb")))',
        replace='os.remove(os.path.join(evalb_directory_path, "evalb"))',
        why=_NO_SHELL,
    ),
    Patch(
        name=_NAME,
        file="allennlp/common/from_params.py",
        find="""\
        if type(popped_params) == str or isinstance(popped_params, Path):
            return str(popped_params)""",
        replace="""\
        if isinstance(popped_params, str):
            return popped_params
        if isinstance(popped_params, Path):
            return str(popped_params)""",
        why="An archive's string is of a subclass: an argument annotated `str` must take it, mark and all.",
    ),
)
