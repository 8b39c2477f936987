"""Runs AllenNLP's own test suite on the patched package that is installed here.

The suite is in no release, only in the repository (https://github.com/allenai/allennlp, tag v2.10.1):

    git clone --depth 1 --branch v2.10.1 https://github.com/allenai/allennlp allennlp-2.10.1
    pip install flaky responses pytest-benchmark
    python scripts/run_allennlp_tests.py allennlp-2.10.1

The package in that checkout must be the released one, file by file: its tests are then the release's. They
run beside it, never on it. A test that needs what this environment lacks (a network, a model hub,
torchvision …) is skipped with that reason, once it has failed for it; any other failure counts.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "third_party" / "allennlp"))

from patched_allennlp import upstream  # noqa: E402 - the build back end is no installed package
from patched_allennlp.wheel import read_wheel  # noqa: E402

# What a failure says where the environment is to blame.
REASONS = {
    r"ConnectionError|Max retries exceeded|Name or service not known|LocalEntryNotFound": "needs a network",
    r"couldn't connect to|Can't load .* for '|does not appear to have a file named": "needs a model hub",
    r"spaCy pipeline '\w+' is not installed": "needs a spaCy pipeline that is not installed",
    r"needs 'torchvision'|No module named 'torchvision": "needs torchvision",
    r"needs 'fairscale'|No module named 'fairscale": "needs fairscale",
    r"needs 'wandb'|No module named 'wandb": "needs wandb",
    r"No module named 'checklist": "needs checklist",
    r"No such file or directory: '(java|make)'": "needs a Java runtime or make",
}


def reason_for(text: str) -> str | None:
    """Why the environment is to blame for a failure that says `text`; None where it is not."""
    return next((reason for pattern, reason in REASONS.items() if re.search(pattern, text)), None)


def differing_files(checkout: Path, released: Mapping[str, bytes]) -> list[str]:
    """The package's Python files that are missing in `checkout` or not as released."""
    files = (name for name in released if name.startswith("allennlp/") and name.endswith(".py"))
    return [name for name in files if not _same(checkout / name, released[name])]


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


class Excuse:
    """A pytest plugin: a failure that the environment is to blame for becomes a skip that says so."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
        """One test's setup, call or teardown."""
        return _excused((yield), item.path)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        """One file's import."""
        return _excused((yield), collector.path)


def _excused(report: pytest.TestReport | pytest.CollectReport, path: Path) -> object:
    reason = reason_for(str(report.longrepr)) if report.failed else None
    if reason is not None:
        report.outcome = "skipped"
        report.longrepr = (str(path), 0, f"Skipped: {reason}")
    return report


def run(checkout: Path, arguments: list[str]) -> int:
    """Copy tests and fixtures away from the checkout's package, not to import it, and run pytest there."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("tests", "test_fixtures"):
            shutil.copytree(checkout / name, Path(scratch) / name)
        os.environ["ALLENNLP_SRC_DIR"] = scratch  # Where AllenNLP's test case looks for its fixtures.
        os.chdir(scratch)
        settings = ["-p", "no:cacheprovider", "-rs", "-q", f"--rootdir={scratch}", "tests"]
        return int(pytest.main([*settings, *arguments], plugins=[Excuse()]))


def main() -> int:
    """Check the checkout against the release and run its tests; the exit status is pytest's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path, help="directory of AllenNLP's repository at the tag v2.10.1")
    options, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        released = read_wheel(upstream.obtain(Path(scratch)))
    differing = differing_files(options.checkout, released)
    if differing:
        parser.error(
            f"{options.checkout} is not AllenNLP {upstream.VERSION}: {differing[0]} is not as released"
        )
    return run(options.checkout.resolve(), arguments)


if __name__ == "__main__":
    sys.exit(main())
