"""Patches 8 and 10: commands say in one line what the user can mend."""

from patched_allennlp.patching import Patch

_HUB = "allennlp/common/push_to_hf.py"
_CHECKLIST = "allennlp/commands/checklist.py"
_PARAMS = "allennlp/common/params.py"

MISSING_PACKAGES = (
    Patch(
        name="8 push-to-hf",
        file=_HUB,
        find="from huggingface_hub import HfApi, HfFolder, Repository\n",
        replace="""\
try:
    from huggingface_hub import HfApi, HfFolder, Repository
except ImportError:
    HfApi = HfFolder = Repository = None
""",
        why="huggingface_hub 1 lacks two of them, and every command imports this module.",
    ),
    Patch(
        name="8 push-to-hf",
        file=_HUB,
        find="from allennlp.common.file_utils import cached_path\n",
        replace="from allennlp.common.checks import ConfigurationError\n"
        "from allennlp.common.file_utils import cached_path\n",
        why="For the line that says so.",
    ),
    Patch(
        name="8 push-to-hf",
        file=_HUB,
        find="    if serialization_dir is not None:\n        working_dir",
        replace="""\
    if Repository is None:
        raise ConfigurationError(
            "push-to-hf needs huggingface_hub older than 1: pip install 'huggingface_hub<1'"
        )
    if serialization_dir is not None:
        working_dir""",
        why="Said when the command is used.",
    ),
    Patch(
        name="8 push-to-hf",
        file=_HUB,
        find="        name=repo_name,\n        token=huggingface_token,\n"
        "        organization=organization,\n",
        replace='        repo_id=repo_name if organization is None else f"{organization}/{repo_name}",\n'
        "        token=huggingface_token,\n",
        why="The hub's client names a repository in one argument since 0.12.",
    ),
    Patch(
        name="8 push-to-hf",
        file=_HUB,
        find="clone_from=repo_url, use_auth_token=use_auth_token)",
        replace="clone_from=repo_url, token=use_auth_token)",
        why="The hub's client has renamed the argument.",
    ),
    Patch(
        name="8 checklist",
        file=_CHECKLIST,
        find="        logger.info(\n",
        replace="        raise ConfigurationError(\n",
        why="The command did nothing and reported success; its line went to the log.",
    ),
    Patch(
        name="8 checklist",
        file=_CHECKLIST,
        find="from allennlp.commands.subcommand import Subcommand\n",
        replace="from allennlp.commands.subcommand import Subcommand\n"
        "from allennlp.common.checks import ConfigurationError\n",
        why="For the line that says so.",
    ),
    Patch(
        name="8 checklist",
        file=_CHECKLIST,
        find="            subparser.set_defaults(func=_dummy_output)\n",
        replace='            subparser.add_argument("arguments", nargs=argparse.REMAINDER)\n'
        "            subparser.set_defaults(func=_dummy_output)\n",
        why="Who gives the real command's arguments is told what is missing, not that they are unrecognised.",
    ),
)

ERRORS = (
    Patch(
        name="10 one line",
        file="allennlp/__main__.py",
        find='    main(prog="allennlp")\n',
        replace='    run_command(lambda: main(prog="allennlp"))\n',
        why="A traceback of AllenNLP's insides hides the line that the user needs.",
    ),
    Patch(
        name="10 one line",
        file="allennlp/commands/__init__.py",
        find="            import_module_and_submodules(package_name)\n",
        replace="""\
            try:
                import_module_and_submodules(package_name)
            except ModuleNotFoundError as error:
                if error.name != package_name.split(".")[0]:
                    raise
                raise ConfigurationError(
                    f"--include-package {package_name}: no such package, here or among those installed"
                ) from error
""",
        why="A misspelt package is the user's to mend; one that fails to import is a defect of its own.",
    ),
    Patch(
        name="10 one line",
        file="allennlp/commands/__init__.py",
        find="from allennlp.common.plugins import import_plugins\n",
        replace="from allennlp.common.checks import ConfigurationError\n"
        "from allennlp.common.plugins import import_plugins\n",
        why="For the line that says so.",
    ),
    Patch(
        name="10 one line",
        file=_PARAMS,
        find="json.loads(evaluate_file(params_file, ext_vars=ext_vars))",
        replace="json.loads(jsonnet(evaluate_file, params_file, ext_vars=ext_vars))",
        why="Jsonnet raises a bare RuntimeError, which nothing can tell from a defect.",
    ),
    Patch(
        name="10 one line",
        file=_PARAMS,
        find='json.loads(evaluate_snippet("", serialized_overrides, ext_vars=ext_vars))',
        replace='json.loads(jsonnet(evaluate_snippet, "overrides", serialized_overrides, ext_vars=ext_vars))',
        why="As above; the name is what the message begins with.",
    ),
    Patch(
        name="10 one line",
        file=_PARAMS,
        find='        raise ValueError(f"overrides dict contains',
        replace='        raise OverridesError(f"overrides dict contains',
        why="The user's to mend; still a ValueError to those who catch one.",
    ),
    Patch(
        name="10 one line",
        file=_PARAMS,
        find="            raise ValueError(\n",
        replace="            raise OverridesError(\n",
        why="As above: the key's parent is neither an object nor a list.",
    ),
    Patch(
        name="10 one line",
        file=_PARAMS,
        find="from allennlp.common.checks import ConfigurationError\n",
        replace="from allennlp.common.checks import ConfigurationError\n"
        "from allennlp.common.config_errors import OverridesError, jsonnet\n",
        why="For the two above.",
    ),
)

SPACY = (
    Patch(
        name="10 one line",
        file="allennlp/common/util.py",
        find="            spacy_download(spacy_model_name)\n",
        replace="""\
            try:
                spacy_download(spacy_model_name)
            except (OSError, SystemExit) as error:  # requests raises OSErrors; spaCy's own failures exit.
                raise ConfigurationError(
                    f"the spaCy pipeline '{spacy_model_name}' is not installed and could not be downloaded: "
                    f"python -m spacy download {spacy_model_name}"
                ) from error
""",
        why="Without a network the user saw a page of urllib3; a name that spaCy does not know ended all.",
    ),
    Patch(
        name="10 one line",
        file="allennlp/common/util.py",
        find="from allennlp.common.checks import log",
        replace="from allennlp.common.checks import ConfigurationError, log",
        why="For the line that says so.",
    ),
)

COMMAND_LINE = (*MISSING_PACKAGES, *ERRORS, *SPACY)
