"""ELMo from files beside the corpora."""

from typing import Any

from allennlp.modules import TokenEmbedder
from allennlp.modules.token_embedders import ElmoTokenEmbedder

from hmtl.paths import resolve


@TokenEmbedder.register("elmo")
class Elmo(ElmoTokenEmbedder):
    """AllenNLP's `elmo_token_embedder` (same other parameters), whose files may lie in `$HMTL_DATA` (Peters
    et al. 2018, "Deep contextualized word representations").

    # Parameters

    options_file, weight_file : both are also needed to load an archive, which holds the network but not its
        shape.
    """

    def __init__(self, options_file: str, weight_file: str, **kwargs: Any) -> None:
        super().__init__(resolve(options_file), resolve(weight_file), **kwargs)
