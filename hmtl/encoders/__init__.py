"""Sequence encoders beyond AllenNLP's."""

from hmtl.encoders.grouped_lstm import GroupedLSTM

__all__ = ["GroupedLSTM"]
