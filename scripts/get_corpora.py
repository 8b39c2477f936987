"""Fetches open corpora from where their authors publish them, and checks every byte.

    python scripts/get_corpora.py list
    python scripts/get_corpora.py get uner_english litbank fire_v0    # what configs/open.jsonnet needs
    python scripts/get_corpora.py get --all --from /mnt/copy          # from a folder laid out as ours
    python scripts/get_corpora.py verify data
    python scripts/get_corpora.py cite litbank

A corpus is made in a hidden folder and appears at the end, whole; a run that was interrupted goes on from
there. Of a corpus that may not be fetched, `get` says where to ask for it and how to read it. The corpora are
described in hmtl/corpora/entries.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from hmtl.corpora import (
    Copy,
    Corpus,
    Downloader,
    Origin,
    Web,
    corpora,
    faults,
    find,
    install,
    is_installed,
    locked,
)
from hmtl.paths import DATA_ROOT

INTERRUPTED = 130


def show_list(options: argparse.Namespace) -> None:
    rows = [("name", "tasks", "size", "licence", "")]
    rows += [
        (c.name, c.tasks, c.size, c.licence, "" if c.files else "not fetched") for c in corpora().values()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def get(options: argparse.Namespace) -> bool:
    """Fetches what was asked for, as much of it as can be had; whether all went well."""
    known = corpora()
    names = [name for name, corpus in known.items() if corpus.files] if options.all else options.names
    went_well = True
    for corpus in [find(name) for name in names]:
        try:
            get_one(corpus, options)
        except (ConfigurationError, OSError) as error:
            went_well = False
            print(f"{corpus.name}: {reason(error, options.to)}", file=sys.stderr)
    return went_well


def get_one(corpus: Corpus, options: argparse.Namespace) -> None:
    if not corpus.files:
        print(f"{corpus.name} is not to be fetched by a program.\n{about(corpus)}")
    elif is_installed(corpus, options.to, options.force):
        print(f"{corpus.name}: is in {options.to} with every checksum right; nothing to do")
    else:
        with tqdm(desc=corpus.name, unit="B", unit_scale=True, disable=None) as bar:
            left_out = install(corpus, options.to, lambda folder: origin(options.copy, folder, bar))
        for line in left_out:
            print(f"{corpus.name}: left out {line}", file=sys.stderr)
        places = " and ".join(str(options.to / folder) for folder in corpus.folders)
        print(f"{corpus.name}: {len(corpus.files) - len(left_out)} files in {places}\n{about(corpus)}")


def origin(copy: Path | None, folder: Path, bar: tqdm) -> Origin:
    return Web(folder, Downloader(), bar.update) if copy is None else Copy(copy)


def about(corpus: Corpus) -> str:
    return f"licence: {corpus.licence}\ncite: {corpus.cite}\n{corpus.how}\n"


def reason(error: Exception, root: Path) -> str:
    """One line; the system's own errors are about the disk, since those of the network are told apart."""
    if not isinstance(error, OSError):
        return str(error)
    return f"{error.filename or root}: {error.strerror or error}; make room, or name another folder with --to"


def verify(options: argparse.Namespace) -> bool:
    """Says of each corpus whether it is there and whole; whether all that are there are."""
    went_well = True
    for corpus in corpora().values():
        if not any((options.folder / folder).exists() for folder in corpus.folders):
            continue
        wrong = faults(locked(corpus, options.folder), options.folder)
        went_well &= not wrong
        print(*(wrong or [f"{corpus.name}: every checksum is right"]), sep="\n")
    return went_well


def cite(options: argparse.Namespace) -> None:
    print(find(options.name).cite)


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    home = Path(os.environ.get(DATA_ROOT) or "data")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(required=True, metavar="list | get | verify | cite")
    verbs.add_parser("list", help="all known corpora").set_defaults(run=show_list)
    verb = verbs.add_parser("get", help="fetch corpora")
    which = verb.add_mutually_exclusive_group(required=True)
    which.add_argument("names", nargs="*", default=[], metavar="NAME", help="as `list` has them")
    which.add_argument("--all", action="store_true", help="all that can be fetched")
    verb.add_argument(
        "--to", type=Path, default=home, metavar="DIR", help=f"default: ${DATA_ROOT}, or else data"
    )
    verb.add_argument("--from", dest="copy", type=Path, metavar="DIR", help="a copy, laid out as DIR will be")
    verb.add_argument("--force", action="store_true", help="replace its folders, with all that is in them")
    verb.set_defaults(run=get)
    verb = verbs.add_parser("verify", help="compare what is there with the checksums")
    verb.add_argument("folder", nargs="?", type=Path, default=home, metavar="DIR")
    verb.set_defaults(run=verify)
    verb = verbs.add_parser("cite", help="the paper to name")
    verb.add_argument("name", metavar="NAME")
    verb.set_defaults(run=cite)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    try:
        return int(options.run(options) is False)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "interrupted; nothing half-made was put in place, and the next run goes on from here",
            file=sys.stderr,
        )
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
