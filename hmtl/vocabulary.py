"""The vocabulary of a trained model, extended."""

from collections.abc import Iterable
from typing import Any

from allennlp.data import Instance, Vocabulary

from hmtl.archive import opened


@Vocabulary.register("hmtl_extended", constructor="from_archive_and_instances")
class ExtendedVocabulary(Vocabulary):
    """What an archive's model knows, in its order, and behind it what new data bring: the weights of the
    archive fit, row by row."""

    @classmethod
    def from_archive_and_instances(
        cls,
        instances: Iterable[Instance],
        archive: str,
        min_count: dict[str, int] | None = None,
        tokens_to_add: dict[str, list[str]] | None = None,
    ) -> Vocabulary:
        """Reads the archive's vocabulary, then counts the instances.

        # Parameters

        archive : a `model.tar.gz`, or the directory of a run. min_count, tokens_to_add : of what is new, as
            in AllenNLP's `from_instances`.

        Raises `ConfigurationError` where there is no such archive.
        """
        extension: dict[str, Any] = {"min_count": min_count, "tokens_to_add": tokens_to_add}
        with opened(archive, "vocabulary.archive") as directory:
            return cls.from_files_and_instances(instances, str(directory / "vocabulary"), **extension)
