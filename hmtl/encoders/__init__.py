"""Encoders of AllenNLP's, made fast: of sequences, and of the characters of a word."""

from hmtl.encoders.character_cnn import CharacterCnn
from hmtl.encoders.grouped_lstm import GroupedLSTM

__all__ = ["CharacterCnn", "GroupedLSTM"]
