"""The table of patches, in the order they are applied."""

from patched_allennlp.patches.archives import ARCHIVES
from patched_allennlp.patches.best_weights import BEST_WEIGHTS
from patched_allennlp.patches.command_line import COMMAND_LINE
from patched_allennlp.patches.distributed import DISTRIBUTED
from patched_allennlp.patches.given import GIVEN
from patched_allennlp.patches.gradients import GRADIENTS
from patched_allennlp.patches.lazy_imports import LAZY_IMPORTS
from patched_allennlp.patches.loading import LOADING
from patched_allennlp.patches.modern_annotations import MODERN_ANNOTATIONS
from patched_allennlp.patches.optional_packages import OPTIONAL_PACKAGES
from patched_allennlp.patches.plugins import PLUGINS
from patched_allennlp.patches.predicting import PREDICTING
from patched_allennlp.patches.recovery import RECOVERY
from patched_allennlp.patches.start import START
from patched_allennlp.patches.torch_changes import TORCH_CHANGES
from patched_allennlp.patches.transformers_changes import TRANSFORMERS_CHANGES

PATCHES = (
    *OPTIONAL_PACKAGES,
    *TORCH_CHANGES,
    *LOADING,
    *GRADIENTS,
    *ARCHIVES,
    *COMMAND_LINE,
    *GIVEN,
    *MODERN_ANNOTATIONS,
    *PLUGINS,
    *RECOVERY,
    *DISTRIBUTED,
    *BEST_WEIGHTS,
    *START,
    *LAZY_IMPORTS,
    *TRANSFORMERS_CHANGES,
    *PREDICTING,
)
