"""The folder of one corpus in the cache."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hmtl.caching.heard import Remark, heard
from hmtl.caching.stamps import Stamp, check_unchanged, stamps
from hmtl.caching.store import Damaged, Store, Writer, writable
from hmtl.documents import Document
from hmtl.files import replacing

ABOUT = "about.json"
WRONG = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading a file that may hold anything raises."""

About = dict[str, Any]


class Entry:
    """Documents with their index, and `about.json`, which says what they were made of.

    # Parameters

    folder : where. made_of : path, settings and code, as JSON values. files : of the corpus.
    """

    def __init__(self, folder: Path, made_of: About, files: list[Path]) -> None:
        self.folder, self.made_of, self.files = folder, made_of, files

    def read(self) -> tuple[Store, list[Remark]]:
        """The documents, and what was warned of while they were read. Raises `Damaged` where the folder is
        not there, or holds something else than would be written now."""
        try:
            about = json.loads((self.folder / ABOUT).read_text(encoding="utf-8"))
            if about["made_of"] != self.made_of:
                raise Damaged("was written by other code")
            known = {path: Stamp(**stamp) for path, stamp in about["files"].items()}
            found = stamps(self.files, known)
            if _digests(found) != _digests(known):
                raise Damaged("is of another state of the corpus")
            store = Store(self.folder, about["instances"], about["bytes"], about["check"])
            remarks = [Remark(*remark) for remark in about["remarks"]]
        except WRONG as error:
            raise Damaged(f"is damaged ({error})") from error
        if found != known and os.access(self.folder, os.W_OK):
            self._write_about(self.folder, {**about, "files": _as_json(found)})
        return store, remarks

    def write(self, documents: Iterable[Document]) -> None:
        """Puts the documents in place of what is there.

        Raises `ConfigurationError` where the disk is full or a file of the corpus changes meanwhile, and what
        `documents` raises; the folder is then as it was.
        """
        part = self.folder.with_name(f"{self.folder.name}.{os.getpid()}.part")
        self._remove_parts()
        found = stamps(self.files, {})
        try:
            with writable(part):
                part.mkdir()
            with Writer(part) as writer, heard() as remarks:
                for document in documents:
                    writer.write(document)
            check_unchanged(found)
            counted = {"instances": writer.count, "bytes": writer.size, "check": writer.check}
            about = {"made_of": self.made_of, **counted, "remarks": remarks, "files": _as_json(found)}
            self._write_about(part, about)
            with writable(self.folder):
                shutil.rmtree(self.folder, ignore_errors=True)
                part.rename(self.folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def _remove_parts(self) -> None:
        """What killed processes left behind: nobody else writes here now."""
        for part in self.folder.parent.glob(f"{self.folder.name}.*.part"):
            shutil.rmtree(part, ignore_errors=True)

    def _write_about(self, folder: Path, about: About) -> None:
        with replacing(folder / ABOUT) as file:
            file.write((json.dumps(about, indent=1, ensure_ascii=True) + "\n").encode())


def _digests(found: dict[str, Stamp]) -> dict[str, str]:
    return {path: stamp.digest for path, stamp in found.items()}


def _as_json(found: dict[str, Stamp]) -> dict[str, Any]:
    return {path: asdict(stamp) for path, stamp in found.items()}
