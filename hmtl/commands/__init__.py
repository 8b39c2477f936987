"""Commands of `allennlp` beside its own."""

from hmtl.commands.annotate import Annotate

__all__ = ["Annotate"]
