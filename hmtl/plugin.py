"""Makes all of hmtl known to AllenNLP: the module that `.allennlp_plugins` names."""

from allennlp.common.util import import_module_and_submodules

import_module_and_submodules("hmtl")
