"""Patch 4: files that `torch.save` wrote are read as data (`common/safe_load.py`), never unpickled."""

from patched_allennlp.patching import Patch

_NAME = "4 safe load"
_IMPORT = "from allennlp.common.safe_load import safe_load\n"
_CACHE = "allennlp/common/file_utils.py"
_CHECKPOINTER = "allennlp/training/checkpointer.py"
_DATA_ONLY = (
    "torch's default refuses numpy scalars, so resuming failed; ours takes them as numbers, and nothing else."
)


def _loads(file: str, before: str, count: int = 1) -> tuple[Patch, Patch]:
    """Every `torch.load` of `file` replaced; the import goes before the line that begins with `before`."""
    return (
        Patch(name=_NAME, file=file, find=f"\n{before}", replace=f"\n{_IMPORT}{before}", why=_DATA_ONLY),
        Patch(
            name=_NAME, file=file, find="= torch.load(", replace="= safe_load(", count=count, why=_DATA_ONLY
        ),
    )


LOADING = (
    *_loads(_CHECKPOINTER, "from allennlp.common.util", count=2),
    *_loads("allennlp/nn/util.py", "from allennlp.common.util"),
    *_loads("allennlp/nn/initializers.py", "from allennlp.common import", count=2),
    *_loads("allennlp/nn/parallel/fairscale_fsdp_accelerator.py", "from allennlp.nn.parallel.sharded"),
    *_loads("allennlp/common/cached_transformers.py", "from transformers import AutoConfig"),
    Patch(
        name=_NAME,
        file="allennlp/training/gradient_descent_trainer.py",
        find="load_state_dict(torch.load(path",
        replace="load_state_dict(safe_load(path",
        count=2,
        why=_DATA_ONLY,
    ),
    Patch(
        name=_NAME,
        file="allennlp/training/gradient_descent_trainer.py",
        find="from allennlp.common.file_utils",
        replace=_IMPORT + "from allennlp.common.file_utils",
        why=_DATA_ONLY,
    ),
    *_loads(_CACHE, "from torch import Tensor"),
    Patch(
        name=_NAME,
        file=_CACHE,
        find=", pickle_protocol=pickle.HIGHEST_PROTOCOL)",
        replace=")",
        why="What reads without unpickling knows protocol 2 only, which is torch's default.",
    ),
    Patch(
        name=_NAME,
        file=_CACHE,
        find="tensor.storage().size()",
        replace="(tensor.untyped_storage().nbytes() // tensor.element_size())",
        count=2,
        why="Typed storages are deprecated and warn at every write.",
    ),
)
