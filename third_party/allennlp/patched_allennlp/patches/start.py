"""Patch 16, first half: what needs no command is answered before any is imported."""

from patched_allennlp.patching import Patch

_NAME = "16 start"
_PLUGINS = "allennlp/common/plugins.py"
_UTIL = "allennlp/common/util.py"
_MAIN = "allennlp/__main__.py"

START = (
    Patch(
        name=_NAME,
        file="allennlp/__init__.py",
        find="""\
try:
    # On some systems this prevents the dreaded
    # ImportError: dlopen: cannot load any more object with static TLS
    import transformers, spacy, torch, numpy  # noqa

except ModuleNotFoundError:
    print(
        "Using AllenNLP requires the python packages Spacy, "
        "Pytorch and Numpy to be installed. Please see "
        "https://github.com/allenai/allennlp for installation instructions."
    )
    raise

""",
        replace="",
        why="The version alone needed them all. glibc has had room for static TLS since 2.22, and pip has "
        "installed what is required.",
    ),
    Patch(
        name=_NAME,
        file=_MAIN,
        find="""\
    from allennlp.commands import main  # noqa
    from allennlp.common.util import install_sigterm_handler
""",
        replace="""\
    from allennlp.start import answer, importing

    answer(sys.argv[1:])
    with importing():
        from allennlp.commands import main  # noqa
        from allennlp.common.command_line import run_command
        from allennlp.common.util import install_sigterm_handler
""",
        why="The version and the list of commands took as long as all imports; Ctrl-C in these was a "
        "traceback.",
    ),
    Patch(
        name=_NAME,
        file=_PLUGINS,
        find='LOCAL_PLUGINS_FILENAME = ".allennlp_plugins"\n',
        replace="LOCAL_PLUGINS_FILENAME = start.LOCAL_PLUGINS_FILENAME\n",
        why="The list of commands depends on which plugins there are, before this module can be imported.",
    ),
    Patch(
        name=_NAME,
        file=_PLUGINS,
        find='GLOBAL_PLUGINS_FILENAME = str(Path.home() / ".allennlp" / "plugins")\n',
        replace="GLOBAL_PLUGINS_FILENAME = start.GLOBAL_PLUGINS_FILENAME\n",
        why="As above.",
    ),
    Patch(
        name=_NAME,
        file=_PLUGINS,
        find="from pathlib import Path\nimport sys\nfrom typing import Iterable, Set\n\n",
        replace="import sys\nfrom typing import Iterable, Set\n\nfrom allennlp import start\n",
        why="For the two above and patch 12.",
    ),
    Patch(
        name=_NAME,
        file="allennlp/commands/push_to_hf.py",
        find="description=description, help=description)",
        replace='description=description, help="Push a model to the Hugging Face Hub.")',
        why="The list of commands gave this one nine lines; its own help keeps them.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find="""\
    try:
        import checklist  # noqa
    except ImportError:
        # exclude modules that depends on checklist being present
        exclude |= {"allennlp.confidence_checks.task_checklists"}
""",
        replace="""\
    if "allennlp.confidence_checks.task_checklists" not in exclude:
        from importlib.util import find_spec

        # excludes modules that depend on checklist being present
        if find_spec("checklist") is None:
            exclude |= {"allennlp.confidence_checks.task_checklists"}
""",
        why="It was looked for anew, on the whole path, for every module imported: half a second.",
    ),
    Patch(
        name=_NAME,
        file=_UTIL,
        find="pkgutil.walk_packages(path):",
        replace="pkgutil.iter_modules(path):",
        why="walk_packages imports each subpackage by its last name, such as `training`: the whole path is "
        "searched for it, and a package of the user's in the current directory may have that name.",
    ),
)
