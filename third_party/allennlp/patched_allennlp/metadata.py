"""The patched package's name card: version, bounds that hold, and who is responsible."""

from collections.abc import Mapping

from patched_allennlp.errors import BuildError
from patched_allennlp.upstream import VERSION

LOCAL_VERSION = f"{VERSION}+hmtl.5"
OLD_DIST_INFO = f"allennlp-{VERSION}.dist-info"
NEW_DIST_INFO = f"allennlp-{LOCAL_VERSION}.dist-info"
# The versions of requirements.txt run on 3.11; 3.11.4 is the first whose tarfile has extraction filters.
REQUIRES_PYTHON = ">=3.11.4"

REQUIRES = (
    # 2.6 made `weights_only=True` the default of `torch.load`, on which safe loading builds; 3 is not out.
    "torch>=2.6,<3",
    # 4.45 is the oldest that was seen to run. 5 needs huggingface-hub 1.
    "transformers>=4.45,<5",
    # 0.23 is what transformers 4.45 asks for. 1 has dropped what push-to-hf calls.
    "huggingface-hub>=0.23,<1",
    # 3.8 is the first spaCy built for numpy 2; spaCy's minor releases change its API.
    "spacy>=3.8,<3.9",
    # AllenNLP uses nothing that numpy 2 removed; numpy 1 would go with older builds of all that stands on it.
    "numpy>=2,<3",
    # The first that supports numpy 2, each; no newer release has shown a need for an upper bound.
    "h5py>=3.11",
    "scikit-learn>=1.5",
    "scipy>=1.13",
    # Upstream's lower bound; upstream's upper bound (1.2) excluded releases that work. 2 is not out yet.
    "cached-path>=1.1.3,<2",
    # Upstream's lower bound, and upstream's marker: no Windows build.
    'jsonnet>=0.10.0; sys_platform != "win32"',
    # Upstream's lower bounds, which had no upper ones; requirements.txt holds the releases that are tested.
    "nltk>=3.6.5",
    "tensorboardX>=1.2",
    "tqdm>=4.62",
    "lmdb>=1.2.1",
    "more-itertools>=8.12.0",
    "dill>=0.3.4",
    "base58>=2.1.1",
    # Not imported here: transformers needs it for the vocabularies of T5, XLNet and ALBERT. Upstream's bound.
    "sentencepiece>=0.1.96",
    # Upstream pinned 1.1.0 exactly; `cprint` is all that is used, and is the same since.
    "termcolor>=1.1.0",
    # Left out: torchvision, fairscale and wandb, which are optional now; pytest, which only
    # `allennlp.common.testing` imports; and what nothing imports: sacremoses, protobuf, requests, filelock,
    # typer, traitlets, dataclasses.
    'pytest>=6.2.5; extra == "testing"',
    'torchvision; extra == "vision"',
    'fairscale>=0.4.6; extra == "fairscale"',
    'wandb; extra == "wandb"',
    'checklist==0.0.11; extra == "checklist"',
)
EXTRAS = ("testing", "vision", "fairscale", "wandb", "checklist")


def relabel(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members with the metadata folder renamed and METADATA rewritten.

    Raises `BuildError` where upstream's METADATA is not of the expected shape.
    """
    renamed = {name.replace(OLD_DIST_INFO, NEW_DIST_INFO, 1): data for name, data in members.items()}
    key = f"{NEW_DIST_INFO}/METADATA"
    if key not in renamed:
        raise BuildError(f"upstream's wheel has no {OLD_DIST_INFO}/METADATA")
    renamed[key] = rewrite(renamed[key].decode()).encode()
    return renamed


def rewrite(text: str) -> str:
    """METADATA with our version, Python range, requirements and extras; every other line is upstream's."""
    head, separator, description = text.partition("\n\n")
    replaced = ("Version:", "Requires-Python:", "Requires-Dist:", "Provides-Extra:")
    kept = [line for line in head.split("\n") if not line.startswith(replaced)]
    if kept[:2] != ["Metadata-Version: 2.1", "Name: allennlp"]:
        raise BuildError(f"upstream's METADATA begins with {kept[:2]}, expected version 2.1 of allennlp")
    fields = [*kept[:2], f"Version: {LOCAL_VERSION}", *kept[2:], f"Requires-Python: {REQUIRES_PYTHON}"]
    fields += [f"Provides-Extra: {extra}" for extra in EXTRAS]
    fields += [f"Requires-Dist: {requirement}" for requirement in REQUIRES]
    return "\n".join(fields) + separator + description
