"""Where the files of a corpus come from: a folder that has them, or their repositories."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from hmtl.corpora.catalogue import File
from hmtl.corpora.checksums import fault
from hmtl.corpora.download import Downloader, Progress
from hmtl.corpora.errors import CorpusError, Unavailable
from hmtl.corpora.pack import members, pack
from hmtl.formats.files import written

FILE = "https://raw.githubusercontent.com/{repository}/{commit}/{path}"
ARCHIVE = "https://codeload.github.com/{repository}/tar.gz/{commit}"
LARGEST_ARCHIVE = 1 << 30
NEW_COPY = "name another folder, or leave --from out to fetch it"


class Origin(Protocol):
    """Has files of corpora."""

    def put(self, file: File, target: Path) -> None:
        """Writes the file to `target`.

        Raises `Unavailable` where it is not there or has another checksum, `CorpusError` where something else
        fails.
        """


class Copy:
    """A folder that is laid out as ours."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, file: File, target: Path) -> None:
        source = self.root / file.path
        cause = fault(file, source)
        if cause and (file.sha256 or not source.is_file()):
            raise Unavailable(f"{source}: {cause}; {NEW_COPY}")
        shutil.copyfile(source, target)


class Web:
    """The repositories of GitHub, at the commits that the catalogue pins.

    # Parameters

    folder : for what is received on the way; a later run goes on from there.
    progress : is told the number of bytes as they arrive.
    """

    def __init__(self, folder: Path, downloader: Downloader, progress: Progress) -> None:
        self.folder, self.downloader, self.progress = folder, downloader, progress

    def put(self, file: File, target: Path) -> None:
        if file.members:
            pack(self._members(file), target)
            return
        path = self._fetched(file)
        if target.suffix == ".gz" and not file.source.endswith(".gz"):
            with path.open("rb") as plain, written(target) as packed:
                shutil.copyfileobj(plain, packed)
        else:
            shutil.copyfile(path, target)
        path.unlink()

    def _fetched(self, file: File) -> Path:
        """The file, checked. Where a part was resumed in vain it is fetched anew, once."""
        url, path = address(FILE, file.repository, file.source), self.folder / file.path.replace("/", "_")
        # without a checksum nobody would see that a resumed part is of something else
        resume = file.sha256 is not None
        for goes_on in (resume, False):
            was_resumed = self.downloader.fetch(url, path, file.limit, self.progress, goes_on)
            cause = fault(file, path) if file.sha256 else None
            if cause is None:
                return path
            path.unlink()
            if not was_resumed:
                break
        raise Unavailable(
            f"{url}: {cause}; something on the way changes it, use another network or --from DIR"
        )

    def _members(self, file: File) -> dict[str, bytes]:
        archive = self._archive(file.repository)
        try:
            return members(archive, file.members, file.limit)
        except CorpusError:
            # the next run shall not find it again
            archive.unlink()
            raise

    def _archive(self, repository: str) -> Path:
        path = self.folder / f"{repository.replace('/', '_')}.tar.gz"
        if not path.is_file():
            # it is made anew each time, so that a part of it goes with no other part
            url = address(ARCHIVE, repository)
            self.downloader.fetch(url, path, LARGEST_ARCHIVE, self.progress, resume=False)
        return path


def address(pattern: str, repository: str, path: str = "") -> str:
    """The address in a repository, given as `owner/name@commit`."""
    name, _, commit = repository.partition("@")
    return pattern.format(repository=name, commit=commit, path=quote(path))
