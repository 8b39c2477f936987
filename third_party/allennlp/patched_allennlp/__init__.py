"""Build back end: the upstream AllenNLP wheel in, the patched wheel out."""
