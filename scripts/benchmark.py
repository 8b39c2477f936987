"""How fast training and prediction are, beside the bare cost of their encoders and matrix products.

    python scripts/benchmark.py [--only steps predictions lengths starts] [--rounds 15] [--threads 1]
                                [--json FILE]

The work is that on which the original HMTL was measured. Beside each figure stands the floor: the same LSTMs,
convolutions and matrix products alone, forward and backward, at the same shapes in the same process, by turns
with the work. Their ratio is the figure to quote: it does not depend on how busy a machine is. One thread, as
the original had, unless told otherwise.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

from benchmark_table import table

SECTIONS = ("steps", "predictions", "lengths", "starts")
LENGTHS = (500, 2_000, 20_000, 100_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS, metavar="SECTION")
    parser.add_argument("--rounds", type=int, default=15, help="work and floor each, by turns")
    parser.add_argument("--threads", type=int, default=1, help="that torch may use")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        run_part(*args.part)
        return
    results = {section: run(section, args.rounds, args.threads) for section in args.only}
    figures = {"machine": machine(), "threads": args.threads, "results": results}
    print(table(figures))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def run(section: str, rounds: int, threads: int) -> list[dict]:
    """Each part in a process of its own, so that none has the memory of another."""
    results = []
    for argument in LENGTHS if section == "lengths" else (rounds,):
        command = [sys.executable, __file__, "--part", section, str(argument)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "ALLENNLP_LOG_LEVEL": "ERROR"}
        print(f"{section} {argument if section == 'lengths' else ''}…", file=sys.stderr)
        # what it draws on standard error are bars of short work
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        results += [json.loads(line) for line in done.stdout.splitlines()]
    return results


def run_part(section: str, argument: str) -> None:
    """Prints a line of JSON for each result."""
    import benchmark_cases
    from allennlp.common.util import import_module_and_submodules

    import_module_and_submodules("hmtl")
    for result in getattr(benchmark_cases, section)(int(argument)):
        print(json.dumps({**result, "process_mb": benchmark_cases.peak_mb()}), flush=True)


def machine() -> str:
    """Processor, cores and torch, without any name of the machine."""
    import torch

    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = named[0].partition(": ")[2] if named else platform.processor() or platform.machine()
    return (
        f"{processor}, {os.cpu_count()} cores, torch {torch.__version__}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
