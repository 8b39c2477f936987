"""A report to be read in a terminal."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from hmtl.checking.check import Report
from hmtl.checking.facts import Level
from hmtl.checking.finding import SEVERITIES, Finding, share
from hmtl.render.terminal import BOLD, DIM, Codes, columns, paint, safe

WIDTH = 110
COLOURS: dict[str, Codes] = {"error": (BOLD, 31), "warning": (BOLD, 33), "note": (BOLD, 36)}
MOST_LABELS = 6
PLAIN = str.maketrans({"│": "|", "├": "|", "└": "`", "─": "-", "→": "->", "·": "-", "×": "x", "…": "...",
                       "“": '"', "”": '"'})  # fmt: skip
Row = Sequence[str]


def page(report: Report, title: str, colour: bool = False, plain: bool = False) -> str:
    """The hierarchy, the data, the steps, the memory, and all findings. `plain`: drawn in ASCII."""
    paper = _Paper(report, colour)
    parts = [[paper.heading(f"{title}: {summary(report)}")], paper.tree(), paper.data(), paper.labels()]
    parts += [paper.steps(), paper.memory(), *(paper.findings(severity) for severity in SEVERITIES)]
    text = "\n\n".join("\n".join(part) for part in parts if part) + "\n"
    return text.translate(PLAIN) if plain else text


def summary(report: Report) -> str:
    """`2 errors, 1 warning, 7 notes`."""
    counts = ((report.count(severity), severity) for severity in SEVERITIES)
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for count, severity in counts)


class _Paper:
    def __init__(self, report: Report, colour: bool) -> None:
        self.report, self.colour = report, colour

    def paint(self, text: str, *codes: int) -> str:
        return paint(text, *codes) if self.colour else text

    def heading(self, text: str) -> str:
        return self.paint(safe(text), BOLD)

    def tree(self) -> list[str]:
        root = self.report.levels
        rows = [("level", "encoder", "width", "parameters", "read by"), *_tree(root, "", "")]
        return self.table(rows, 2, last=1) if root.above else []

    def data(self) -> list[str]:
        head = ("data", "", "documents", "sentences", "words", "longest", "document", "gold", "without")
        rows = [head]
        for task, splits in self.report.sizes.items():
            read = {split: size for split, size in splits.items() if size.documents}
            for number, (split, size) in enumerate(read.items()):
                gold = f"{size.items:,}" + (f" ({size.clustered:,})" if size.clustered else "")
                numbers = (
                    size.documents,
                    size.sentences,
                    size.words,
                    size.longest_sentence,
                    size.longest_document,
                )
                bare = share(size.bare, size.instances)
                rows.append(("" if number else task, split, *(f"{n:,}" for n in numbers), gold, bare))
        about = (
            "gold: items of the task's layer, of clusters also their mentions; without: instances with none"
        )
        return [*self.table(rows, 2), self.paint(about, DIM)] if len(rows) > 1 else []

    def labels(self) -> list[str]:
        rows = [("labels", "count", "entropy", "of the training data")]
        for namespace, (counts, bits) in self.report.labels.items():
            total = sum(counts.values())
            shown = [
                f"{label or '(empty)'} {share(n, total)}" for label, n in list(counts.items())[:MOST_LABELS]
            ]
            shown += [f"… {len(counts) - MOST_LABELS} more"] if len(counts) > MOST_LABELS else []
            name = namespace.removesuffix("_labels").replace("_argument", " arguments")
            rows.append((name, f"{len(counts)}", f"{bits:.2f} bits", ", ".join(shown)))
        return self.table(rows, 1, last=1) if len(rows) > 1 else []

    def steps(self) -> list[str]:
        rows = [("steps", "instances", "batches", "first epoch", "share", "last epoch", "passes in all")]
        for task, steps in self.report.steps.items():
            numbers = (
                f"{steps.first:,.1f}",
                share(steps.share, 1),
                f"{steps.last:,.1f}",
                f"{steps.passes:,.1f}",
            )
            rows.append((task, f"{steps.instances:,}", f"{steps.batches:,}", *numbers))
        return (
            [*self.table(rows, 1), self.paint(f"expected; {self.report.schedule}", DIM)]
            if len(rows) > 1
            else []
        )

    def memory(self) -> list[str]:
        memory = self.report.memory
        if memory is None:
            return []
        rows = [
            ("memory", "parameters", "optimiser", "largest batch", "activations", "pairs", "in one piece")
        ]
        for task, own in memory.tasks.items():
            sizes = (f"{own.batch:,} words", _mb(own.activations), _mb(own.pairs), _mb(own.unbounded))
            rows.append((task, f"{own.parameters:,}", _mb(own.moments), *sizes))
        told = f"about {_mb(memory.total)} at most, {_mb(memory.weights)} of it weights and gradients"
        return [*self.table(rows, 1), self.paint(told, DIM)]

    def findings(self, severity: str) -> list[str]:
        """One for each cause, with the amounts of the splits that share it."""
        shared: dict[Finding, list[Finding]] = {}
        for finding in self.report.findings:
            if finding.severity == severity:
                alike = {"split": "", "amount": "", "places": (), "count": 0} if finding.amount else {}
                shared.setdefault(replace(finding, **alike), []).append(finding)
        title = self.paint(f"{severity}s ({self.report.count(severity)})", *COLOURS[severity])
        lines = [line for first, *others in shared.values() for line in self.finding(first, others)]
        return [title, *lines] if lines else []

    def finding(self, finding: Finding, others: Sequence[Finding]) -> Iterator[str]:
        places = [safe(place) for place in finding.places if place]
        more = finding.count - len(places)
        whose = " ".join(filter(None, (finding.task, finding.split)))
        if not whose and len(places) == 1 and more <= 0:
            whose, places = places[0], []
        yield from _filled(f"{whose}: {finding.amount} {finding.cause}".removeprefix(": "), 2)
        also = "; ".join(f"{other.split} {other.amount}" for other in others)
        yield from _filled(f"also {also}", 6) if also else ()
        end = f" and {more:,} more" if more > 0 else ""
        for number, place in enumerate(places):
            last = end if number == len(places) - 1 else ""
            for line in _filled(f"at {place}{last}", 6):
                yield self.paint(line, DIM)
        yield from _filled(f"→ {finding.mend}", 6)

    def table(self, rows: Sequence[Row], names: int, last: int = 0) -> list[str]:
        """Columns of even width: the first `names` and the `last` to the left, the others, numbers, to the
        right. What is too wide at the end of a row goes on below."""
        rows = [[safe(cell) for cell in row] for row in rows]
        count = len(rows[0])
        ends = count - 1 if last else count
        widths = [max(columns(row[n]) for row in rows) for n in range(ends)]
        lines = []
        for number, row in enumerate(rows):
            line = "  ".join(_fit(row[n], widths[n], n < names) for n in range(ends))
            for part in _with_rest(line, row[-1] if last else "", sum(widths) + 2 * ends):
                lines.append(self.paint(part, BOLD) if number == 0 else part)
        return lines


def _filled(text: str, indent: int) -> list[str]:
    """Lines of a paragraph whose first is indented so far, the others a little more."""
    spaces = {"initial_indent": " " * indent, "subsequent_indent": " " * (indent + 2)}
    words = " ".join(safe(text).split())
    return _wrapped(words, WIDTH, **spaces)


def _wrapped(text: str, width: int, **indents: str) -> list[str]:
    """No number is parted from its sign."""
    lines = textwrap.wrap(text.replace(" %", "\0%"), width, break_on_hyphens=False, **indents)
    return [line.replace("\0", " ") for line in lines]


def _fit(cell: str, width: int, to_the_left: bool) -> str:
    space = " " * (width - columns(cell))
    return cell + space if to_the_left else space + cell


def _with_rest(line: str, rest: str, start: int) -> Iterable[str]:
    if not rest:
        return [line.rstrip()]
    parts = _wrapped(rest, max(20, WIDTH - start))
    return [f"{line}  {parts[0]}", *(" " * start + part for part in parts[1:])]


def _tree(level: Level, before: str, below: str) -> Iterator[Row]:
    width = "" if level.width is None else f"{level.width:,}"
    size = "" if level.parameters is None else f"{level.parameters:,}"
    yield (
        f"{before}{level.name}",
        level.about,
        width,
        size,
        ", ".join(level.tasks) or ("no task" if before else ""),
    )
    for number, above in enumerate(level.above):
        is_last = number == len(level.above) - 1
        yield from _tree(above, below + ("└─ " if is_last else "├─ "), below + ("   " if is_last else "│  "))


def _mb(size: int) -> str:
    return "" if not size else f"{size / 2**20:,.1f} MB" if size < 2**30 else f"{size / 2**30:,.1f} GB"
