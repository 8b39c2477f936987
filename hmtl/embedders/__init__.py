"""Word representations beyond AllenNLP's."""

from hmtl.embedders.distinct_characters import DistinctCharactersEncoder

__all__ = ["DistinctCharactersEncoder"]
