"""Word representations beyond AllenNLP's."""

from hmtl.embedders.distinct_characters import DistinctCharactersEncoder
from hmtl.embedders.elmo import Elmo
from hmtl.embedders.stored import StoredEmbedder
from hmtl.embedders.word_vectors import WordVectors

__all__ = ["DistinctCharactersEncoder", "Elmo", "StoredEmbedder", "WordVectors"]
