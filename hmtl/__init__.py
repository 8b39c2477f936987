"""Hierarchical multi-task learning on AllenNLP: several NLP tasks in one network, described in one config."""
