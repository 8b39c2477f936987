"""Patches 1 and 8: packages that few need must not be needed by all."""

from patched_allennlp.patching import Patch

_REQUIRE = "from allennlp.common.optional import require\n"
_TRY_TORCHVISION = "try:\n    import torchvision\nexcept ImportError:\n    torchvision = None\n"
_NO_MATCH = "No torchvision matches every build of torch, and no text model needs one."
_SAY_SO = "Said once, when the component is built, and not as an AttributeError in mid-run."
_UNMAINTAINED = "fairscale is not maintained for today's torch; only its own two components use it."

TORCHVISION = (
    Patch(
        name="1 torchvision",
        file="allennlp/data/image_loader.py",
        find="import torchvision\n",
        replace=_TRY_TORCHVISION + "\n" + _REQUIRE,
        why=_NO_MATCH,
    ),
    Patch(
        name="1 torchvision",
        file="allennlp/data/image_loader.py",
        find="        super().__init__(size_divis",
        replace='        require("torchvision", "the image loader \'torch\'")\n'
        "        super().__init__(size_divis",
        why=_SAY_SO,
    ),
    Patch(
        name="1 torchvision",
        file="allennlp/modules/vision/grid_embedder.py",
        find="import torchvision\n",
        replace=_TRY_TORCHVISION + "\n" + _REQUIRE,
        why=_NO_MATCH,
    ),
    Patch(
        name="1 torchvision",
        file="allennlp/modules/vision/grid_embedder.py",
        find="        super().__init__()\n",
        replace="        super().__init__()\n"
        '        require("torchvision", "the grid embedder \'resnet_backbone\'")\n',
        why=_SAY_SO,
    ),
    Patch(
        name="1 torchvision",
        file="allennlp/modules/vision/region_detector.py",
        find="import torchvision\nimport torchvision.ops.boxes as box_ops\n",
        replace="try:\n    import torchvision\n    import torchvision.ops.boxes as box_ops\n"
        "except ImportError:\n    torchvision = box_ops = None\n\n" + _REQUIRE,
        why=_NO_MATCH,
    ),
    Patch(
        name="1 torchvision",
        file="allennlp/modules/vision/region_detector.py",
        find="        self.detector = ",
        replace='        require("torchvision", "the region detector \'faster_rcnn\'")\n'
        "        self.detector = ",
        why=_SAY_SO,
    ),
)

FAIRSCALE = (
    Patch(
        name="1 fairscale",
        file="allennlp/nn/checkpoint/fairscale_checkpoint_wrapper.py",
        find="from fairscale.nn.checkpoint import checkpoint_wrapper\n",
        replace="try:\n    from fairscale.nn.checkpoint import checkpoint_wrapper\n"
        "except ImportError:\n    checkpoint_wrapper = None\n\n" + _REQUIRE,
        why=_UNMAINTAINED,
    ),
    Patch(
        name="1 fairscale",
        file="allennlp/nn/checkpoint/fairscale_checkpoint_wrapper.py",
        find="        self._offload_to_cpu = ",
        replace='        require("fairscale", "the checkpoint wrapper \'fairscale\'")\n'
        "        self._offload_to_cpu = ",
        why=_SAY_SO,
    ),
    Patch(
        name="1 fairscale",
        file="allennlp/nn/parallel/fairscale_fsdp_accelerator.py",
        find="""\
from fairscale.nn import FullyShardedDataParallel as FS_FSDP
from fairscale.nn.wrap import enable_wrap, wrap
from fairscale.nn.misc import FlattenParamsWrapper
from fairscale.optim.grad_scaler import GradScaler
""",
        # `_FSDP` is a class statement: its base must be some module class even where fairscale is missing.
        replace="""\
try:
    from fairscale.nn import FullyShardedDataParallel as FS_FSDP
    from fairscale.nn.wrap import enable_wrap, wrap
    from fairscale.nn.misc import FlattenParamsWrapper
    from fairscale.optim.grad_scaler import GradScaler
except ImportError:
    from torch.nn import Module as FS_FSDP

    enable_wrap = wrap = FlattenParamsWrapper = GradScaler = None

"""
        + _REQUIRE,
        why=_UNMAINTAINED,
    ),
    Patch(
        name="1 fairscale",
        file="allennlp/nn/parallel/fairscale_fsdp_accelerator.py",
        find="        super().__init__(local_rank",
        replace='        require("fairscale", "the accelerator \'fairscale_fsdp\'")\n'
        "        super().__init__(local_rank",
        why=_SAY_SO,
    ),
)

WANDB = (
    Patch(
        name="1 wandb",
        file="allennlp/training/callbacks/wandb.py",
        find="from allennlp.common import Params\n",
        replace="from allennlp.common import Params\n" + _REQUIRE,
        why="Upstream imports wandb when training starts; only the requirement had to go.",
    ),
    Patch(
        name="1 wandb",
        file="allennlp/training/callbacks/wandb.py",
        find='        if "WANDB_API_KEY" not in',
        replace='        require("wandb", "the callback \'wandb\'")\n        if "WANDB_API_KEY" not in',
        why=_SAY_SO,
    ),
)

OPTIONAL_PACKAGES = (*TORCHVISION, *FAIRSCALE, *WANDB)
