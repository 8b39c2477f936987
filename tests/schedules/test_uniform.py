"""Every task drawn alike."""

import pytest
from plans import SIZES, build, shares


def test_data_do_not_count() -> None:
    assert shares(build("uniform")) == pytest.approx(dict.fromkeys(SIZES, 1 / 3))
