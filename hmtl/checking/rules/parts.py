"""Parts of the model that cannot be built as the config describes them."""

from collections.abc import Iterator

from allennlp.modules.token_embedders import TokenCharactersEncoder

from hmtl.checking.finding import Finding, error, note
from hmtl.checking.rule import Study, rule
from hmtl.checking.rules.hierarchy import levels


@rule("study")
def unbuildable_parts(study: Study) -> Iterator[Finding]:
    """Embedders, levels and heads that refuse their settings, and encoders of the wrong width."""
    if study.shapes is None:
        return
    study.shapes.embedders, study.shapes.backbone, study.shapes.heads  # noqa: B018 - what is wrong is noted
    no_tree = any(finding.severity == "error" for finding in levels(study.experiment))
    for slip in study.shapes.slips:
        if no_tree and slip.key.startswith("model.backbone"):
            continue  # `levels` has told
        yield error(slip.cause, slip.mend, slip.key)


@rule("study")
def character_widths(study: Study) -> Iterator[Finding]:
    """Character encoders of another width than the characters' vectors."""
    for name, embedder in study.shapes.embedders.items() if study.shapes else ():
        if isinstance(embedder, TokenCharactersEncoder):
            given = embedder._embedding._module.get_output_dim()
            wanted = embedder._encoder._module.get_input_dim()
            if given != wanted:
                yield error(
                    f"reads {wanted} numbers a character, and their vectors have {given}",
                    "give both the same embedding_dim",
                    f"model.embedder.token_embedders.{name}.encoder",
                )


@rule("study")
def untold(study: Study) -> Iterator[Finding]:
    """A vocabulary that cannot be made, and widths that only loading tells."""
    if study.words.fault is not None:
        slip = study.words.fault
        yield error(slip.cause, slip.mend, slip.key)
    elif study.shapes is None:
        return
    elif study.shapes.unknown:
        names = ", ".join(study.shapes.unknown)
        cause = f"the width of {names} is only known once its weights are loaded: widths are not checked"
        yield note(cause, "nothing; training will check them", "model.embedder.token_embedders")
