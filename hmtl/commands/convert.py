"""`allennlp convert`: documents from one format to another."""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from allennlp.commands.subcommand import Subcommand
from allennlp.common import Params, Tqdm
from allennlp.common.checks import ConfigurationError

from hmtl import SUBCOMMANDS
from hmtl.documents import LAYERS, Document
from hmtl.formats import Format, sniff
from hmtl.formats.lossy import what_fits
from hmtl.json_values import JsonValue, parse


@Subcommand.register("convert")
class Convert(Subcommand):
    """Converts a file, or a folder of files, from any format to any other.

    What was written is read once more before it takes its place, so that nothing is lost unsaid. Raises
    `ConfigurationError` for an output that is there, and where the format loses annotation and `--lossy` is
    not given.
    """

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        about = SUBCOMMANDS[self.name]
        names = ", ".join(Format.list_available())
        subparser = parser.add_parser(self.name, description=about, help=about, epilog=f"Formats: {names}.")
        subparser.add_argument("input", metavar="INPUT", help="the file or folder to read")
        subparser.add_argument("output", metavar="OUTPUT", help="the file to write; for brat a folder")
        subparser.add_argument(
            "--from", dest="source_format", metavar="FORMAT", help="default: told by its look"
        )
        subparser.add_argument(
            "--to", dest="target_format", metavar="FORMAT", required=True, help="as listed below"
        )
        subparser.add_argument(
            "--lossy", action="store_true", help="leave out what the format cannot hold, and say it"
        )
        subparser.add_argument("--force", action="store_true", help="replace an output file that is there")
        subparser.add_argument(
            "-o",
            "--overrides",
            default="{}",
            help="""options of the formats, such as '{"from": {"layer": "mentions"}, "to": {}}'""",
        )
        subparser.set_defaults(func=convert)
        return subparser


def convert(args: argparse.Namespace) -> None:
    """Carries out the command."""
    source, target = Path(args.input), Path(args.output)
    options = read_options(args.overrides)
    reader = named_format(args.source_format, options["from"], source)
    writer = named_format(args.target_format, options["to"], source)
    check_free(target, args.force)
    ledger = Ledger(writer, target.name, args.lossy)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        # the files of a format may be several, and their names may say what is in them
        draft = Path(folder) / target.name
        writer.write(ledger.held(Tqdm.tqdm(reader.read(source), desc="converting")), draft)
        ledger.check(Tqdm.tqdm(writer.read(draft), desc="reading back"))
        places = {path: target.parent / path.name for path in sorted(Path(folder).iterdir())}
        for place in places.values():
            check_free(place, args.force)
        for path, place in places.items():
            os.replace(path, place)
    print(ledger.summary(source, target, reader, writer))


def read_options(text: str) -> dict[str, dict[str, Any]]:
    """The options of both formats. Raises `ConfigurationError` where the text is not such an object."""
    root = parse(text, "--overrides", ConfigurationError)
    if unknown := set(root.names()) - {"from", "to"}:
        root.fail(f"has the key '{min(unknown)}'", 'write {"from": {…}, "to": {…}}')
    sides = {side: JsonValue({}, "") if root[side].is_null else root[side] for side in ("from", "to")}
    return {side: {name: value[name].value for name in value.names()} for side, value in sides.items()}


def named_format(name: str | None, options: dict[str, Any], path: Path) -> Format:
    """The format of this name, or else the one that the path looks like, with these options."""
    name = name or sniff(path).name
    return Format.from_params(Params({"type": name, **options}))


def check_free(target: Path, force: bool) -> None:
    """Raises `ConfigurationError` where writing would destroy something."""
    if not target.parent.is_dir():
        raise ConfigurationError(f"{target.parent}: no such folder; make it, or name another")
    if target.is_dir():
        raise ConfigurationError(
            f"{target}: is a folder that is there; remove it yourself, or name a new one"
        )
    if target.exists() and not force:
        raise ConfigurationError(f"{target}: is there; name a new file, or replace it with --force")


class Ledger:
    """What went into a file, what of it the file has, and so what is lost.

    # Parameters

    writer, name : the format, and the name of its file.
    lossy : whether to leave out what the format cannot hold.
    """

    def __init__(self, writer: Format, name: str, lossy: bool) -> None:
        self.writer, self.name, self.lossy = writer, name, lossy
        self.given: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    def held(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents, counted, as far as the format holds them."""
        for document in documents:
            self.given.update(contents(document))
            yield what_fits(self.writer, document, self.name) if self.lossy else document

    def check(self, written: Iterable[Document]) -> None:
        """Counts what was written. Raises `ConfigurationError` where annotation is lost that may not be."""
        for document in written:
            self.found.update(contents(document))
        lost = [kind for kind in ("documents", *LAYERS) if self.found[kind] < self.given[kind]]
        if lost and not self.lossy:
            cause = f"{self.writer.name} loses {self._lost(lost[0])}"
            raise ConfigurationError(f"{self.name}: {cause}; write another format, or allow it with --lossy")

    def _lost(self, kind: str) -> str:
        return f"{self.given[kind] - self.found[kind]} of {self.given[kind]} {kind}"

    def summary(self, source: Path, target: Path, reader: Format, writer: Format) -> str:
        """What was written and, a line for each kind, what of it is left out."""
        kinds = [kind for kind in self.given if self.found[kind] < self.given[kind]]
        held = ", ".join(f"{number} {kind}" for kind, number in self.found.items() if number)
        head = f"{source} ({reader.name}) -> {target} ({writer.name}): {held}"
        return "\n".join([head, *(f"left out: {self._lost(kind)}" for kind in kinds)])


def contents(document: Document) -> Counter[str]:
    """How much of each kind a document has."""
    plain = Document(document.id, document.tokens)
    sizes = {layer: len(getattr(document, layer) or ()) for layer in LAYERS}
    return Counter(
        {
            "documents": 1,
            "sentences": len(document.sentences),
            "words": len(document.tokens),
            **sizes,
            "clustered spans": sum(map(len, document.clusters or ())),
            "texts of their own": document.text != plain.text,
            "documents with speakers": document.speakers is not None,
            "documents with a genre": document.genre is not None,
        }
    )
