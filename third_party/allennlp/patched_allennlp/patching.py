"""What a patch is, and how the table is applied: each expectation holds exactly or the build stops."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from patched_allennlp.errors import BuildError

NOTICE = "# Modified by the HMTL project (third_party/allennlp): {names}.\n"


@dataclass(frozen=True)
class Patch:
    """One replacement in one upstream file.

    `find` is as short as identifies the place and must occur exactly `count` times; `why` is the reason.
    """

    name: str
    file: str
    find: str
    replace: str
    why: str
    count: int = 1


def apply_patches(members: Mapping[str, bytes], patches: Iterable[Patch]) -> dict[str, bytes]:
    """The wheel's members with every patch applied and each changed file marked as changed (Apache-2.0, 4b).

    Raises `BuildError`, naming the patch, where its file is missing or its text does not occur as often
    as it says.
    """
    texts: dict[str, str] = {}
    names: dict[str, list[str]] = {}
    for patch in patches:
        if patch.file not in members:
            raise BuildError(f"patch '{patch.name}': upstream has no file {patch.file}")
        text = texts.get(patch.file) or members[patch.file].decode()
        texts[patch.file] = _replace(text, patch)
        names.setdefault(patch.file, []).append(patch.name)
    changed = {file: _mark(text, names[file]).encode() for file, text in texts.items()}
    return {**members, **changed}


def add_files(members: Mapping[str, bytes], root: Path) -> dict[str, bytes]:
    """The members with our own modules, which the patches call, laid beside upstream's.

    Raises `BuildError` where one would hide an upstream file.
    """
    added = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py"))}
    clash = sorted(added.keys() & members.keys())
    if clash:
        raise BuildError(f"added file {clash[0]} exists upstream: give it another name")
    return {**members, **added}


def _replace(text: str, patch: Patch) -> str:
    found = text.count(patch.find)
    if found != patch.count:
        raise BuildError(
            f"patch '{patch.name}': {patch.file} holds its text {found} times, expected {patch.count}: "
            f"{patch.find!r}"
        )
    return text.replace(patch.find, patch.replace)


def _mark(text: str, names: Iterable[str]) -> str:
    notice = NOTICE.format(names=", ".join(dict.fromkeys(names)))
    if text.startswith("#!"):
        first, _, rest = text.partition("\n")
        return f"{first}\n{notice}{rest}"
    return notice + text
