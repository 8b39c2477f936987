"""What the tasks share: word representations in, one level for each task out."""

from hmtl.backbones.backbone import Backbone
from hmtl.backbones.hierarchical import HierarchicalBackbone, LevelSpec
from hmtl.backbones.level import Level

__all__ = ["Backbone", "HierarchicalBackbone", "Level", "LevelSpec"]
