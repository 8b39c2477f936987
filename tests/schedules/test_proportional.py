"""Tasks drawn in proportion to their data."""

import pytest
from plans import build, shares


def test_by_batches() -> None:
    assert shares(build("proportional")) == pytest.approx({"ner": 0.2, "emd": 0.05, "coref": 0.75})


def test_by_instances() -> None:
    shares_of_instances = {"ner": 600 / 825, "emd": 150 / 825, "coref": 75 / 825}
    assert shares(build("proportional", by="instances"), epoch=4) == pytest.approx(shares_of_instances)
