"""Patch 5: `Embedding(sparse=True)` with gradient clipping, which torch's functions refuse."""

from patched_allennlp.patching import Patch

_TRAINER = "allennlp/training/gradient_descent_trainer.py"
_SPARSE = "torch's clipping has no kernels for sparse gradients; `nn/clipping.py` gives it their values."
_IMPORT = "from torch.nn.utils import clip_grad_norm_\n"

GRADIENTS = (
    Patch(
        name="5 sparse gradients",
        file=_TRAINER,
        find=_IMPORT,
        replace="from allennlp.nn.clipping import clip_grad_norm_, clip_grad_value_\n",
        why=_SPARSE,
    ),
    Patch(
        name="5 sparse gradients",
        file=_TRAINER,
        find="            torch.nn.utils.clip_grad_value_(\n",
        replace="            clip_grad_value_(\n",
        why=_SPARSE,
    ),
    Patch(
        name="5 sparse gradients",
        file="allennlp/nn/parallel/ddp_accelerator.py",
        find=_IMPORT,
        replace="from allennlp.nn.clipping import clip_grad_norm_\n",
        why=_SPARSE,
    ),
    Patch(
        name="5 sparse gradients",
        file="allennlp/training/util.py",
        find=_IMPORT,
        replace="from allennlp.nn.clipping import clip_grad_norm_\n",
        why=_SPARSE,
    ),
)
