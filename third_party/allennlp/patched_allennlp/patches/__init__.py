"""The table of patches, in the order they are applied."""

from patched_allennlp.patches.optional_packages import OPTIONAL_PACKAGES
from patched_allennlp.patches.torch_changes import TORCH_CHANGES

PATCHES = (*OPTIONAL_PACKAGES, *TORCH_CHANGES)
