"""A report in a terminal."""

import re

import pytest

from checking.small import changed, corpus, small_config
from hmtl.checking import check, page
from hmtl.checking.page import WIDTH
from hmtl.render.terminal import columns

ANSI = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture
def report(tmp_path):
    """Errors, warnings and notes, of a text and labels that would steer a terminal."""
    documents = corpus()
    text = documents["validation"][0]
    words = ("\x1b[31mred", "​", *("very" * 30 for _ in text.tokens[2:]))
    documents["validation"][0] = text.replace(
        tokens=words, text="", offsets=(), entities=((1, 9, "\x1b[2J" * 20),)
    )
    config = small_config(tmp_path, "ner emd relation coref", documents)
    return check(changed(config, trainer__pateince=3, test_data_path__ner="/no/such/" + "folder/" * 30))


def test_no_line_is_wider_than_the_page(report):
    for line in page(report, "config").splitlines():
        assert columns(line) <= WIDTH, line


def test_colours_change_nothing_else(report):
    bare, painted = page(report, "config"), page(report, "config", colour=True)
    assert "\x1b" not in bare and "\x1b" in painted
    assert ANSI.sub("", painted) == bare


def test_ascii_for_those_who_have_no_more(report):
    told = page(report, "config", plain=True)
    assert not set("│├└─→·×…“”") & set(told)
    assert len(told.splitlines()) == len(page(report, "config").splitlines())


def test_everything_is_there(report):
    told = " ".join(page(report, "config").split())
    for finding in report.findings:
        assert " ".join(finding.mend.split()) in told
    for severity in ("error", "warning", "note"):
        assert f"{severity}s ({report.count(severity)})" in told


def test_columns_are_aligned(tmp_path):
    told = page(check(small_config(tmp_path, "ner emd relation coref")), "config")
    assert told.startswith("config: 0 errors, 0 warnings, 0 notes\n")
    data = [
        line
        for line in told.splitlines()
        if re.match(r"(ner|emd|relation|coref| ) .* (train|validation|test) ", line)
    ]
    assert len(data) == 12 and len({len(line) for line in data}) == 1
    assert "└─ ner" in told and "   └─ emd" in told and "      ├─ coref" in told


def test_splits_that_share_a_cause_stand_together(tmp_path):
    documents = corpus()
    for split in ("train", "test"):
        documents[split][0] = documents[split][0].replace(entities=())
    told = page(check(small_config(tmp_path, "ner", documents)), "config")
    assert (
        "ner train: 1 of 6 documents (16.7 %) hold no entities\n      also test 1 of 2 documents (50.0 %)"
        in told
    )
