"""Hierarchical multi-task learning on AllenNLP: several NLP tasks in one network, described in one config."""

SUBCOMMANDS = {
    "annotate": "Print a text with the annotation of all tasks of a model.",
    "check": "Tell what is wrong with a config and its data, or worth knowing, without a model.",
    "convert": "Convert documents from one format to another.",
    "report": "Report on a run: scores, curves, forgetting, time.",
    "schedule": "Print what a config would draw: steps, passes and learning rate of each task in each epoch.",
}
"""What `allennlp --help` says of each command, without importing it."""
