"""The table of patches, in the order they are applied."""

from patched_allennlp.patches.modern_annotations import MODERN_ANNOTATIONS
from patched_allennlp.patches.optional_packages import OPTIONAL_PACKAGES
from patched_allennlp.patches.torch_changes import TORCH_CHANGES

PATCHES = (*MODERN_ANNOTATIONS, *OPTIONAL_PACKAGES, *TORCH_CHANGES)
