"""What a trained model has left: an archive, or the directory of its run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allennlp.common.checks import ConfigurationError
from allennlp.models.archival import extracted_archive

WEIGHTS = "weights.th"
"""File name of the weights in an archive."""
BEST = "best.th"
"""File name of a run's best weights, all tasks together."""


@contextmanager
def opened(archive: str | Path, key: str) -> Iterator[Path]:
    """The directory with `config.json`, `vocabulary/` and weights, which lasts as long as the context.

    # Parameters

    archive : `model.tar.gz` or the directory of a run. key : of the config that names it, for the message.

    Raises `ConfigurationError` where there is no such thing.
    """
    path = Path(archive)
    if not path.exists():
        raise ConfigurationError(
            f"{key}: there is no archive {archive}; name a model.tar.gz or a run's directory"
        )
    if path.is_dir():
        yield path
        return
    with extracted_archive(path) as directory:
        yield Path(directory)


def weights_file(directory: Path, key: str) -> Path:
    """The weights in an opened archive. Raises `ConfigurationError` where it has none."""
    for name in (WEIGHTS, BEST):
        if (directory / name).exists():
            return directory / name
    raise ConfigurationError(
        f"{key}: {directory} holds no weights ({WEIGHTS} or {BEST}); name a trained model"
    )
