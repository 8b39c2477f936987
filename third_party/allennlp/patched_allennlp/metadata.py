"""The patched package's name card: version, bounds that hold, and who is responsible."""

from collections.abc import Mapping

from patched_allennlp.errors import BuildError
from patched_allennlp.upstream import VERSION

LOCAL_VERSION = f"{VERSION}+hmtl.1"
OLD_DIST_INFO = f"allennlp-{VERSION}.dist-info"
NEW_DIST_INFO = f"allennlp-{LOCAL_VERSION}.dist-info"
# 3.11 is the first Python that numpy 2.4 supports and has tarfile's extraction filters (3.11.4).
REQUIRES_PYTHON = ">=3.11.4"

REQUIRES = (
    # The lower bound brings `torch.serialization.safe_globals` and `weights_only=True` as the default; 3 is unseen.
    "torch>=2.6,<3",
    # transformers 5 needs huggingface-hub 1, which has dropped what push-to-hf and cached-path call.
    "transformers>=4.46,<5",
    "huggingface-hub>=0.26,<1",
    # 3.8 is the first spaCy built against numpy 2; spaCy changes its API between minor releases.
    "spacy>=3.8,<3.9",
    # AllenNLP uses no name that numpy 2 removed; a numpy 1 would need a torch built against it.
    "numpy>=2,<3",
    # 1.1.3 has the names that `allennlp.common.file_utils` imports; 2 is unseen.
    "cached-path>=1.1.3,<2",
    # 0.20 is the first jsonnet with wheels for Python 3.11; it reads every config.
    "jsonnet>=0.20,<1",
    # Upstream's lower bounds, raised to the first release that runs on numpy 2; no upper bound has shown a need.
    "h5py>=3.11",
    "scikit-learn>=1.5",
    "scipy>=1.13",
    "nltk>=3.8",
    "tensorboardX>=2.6.2",
    "sentencepiece>=0.2",
    "lmdb>=1.4",
    # Upstream's own lower bounds; its upper bounds excluded releases that work (termcolor 1.1, filelock 3.7, protobuf 3).
    "requests>=2.28",
    "tqdm>=4.62",
    "filelock>=3.3",
    "more-itertools>=8.12",
    "termcolor>=1.1",
    "dill>=0.3.4",
    "base58>=2.1.1",
    "typer>=0.4.1",
    "traitlets>5.1.1",
    # Left out: torchvision, fairscale and wandb are optional now; sacremoses, protobuf and dataclasses are imported
    # nowhere; pytest only by `allennlp.common.testing`, for which there is an extra.
    'pytest>=7; extra == "testing"',
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
