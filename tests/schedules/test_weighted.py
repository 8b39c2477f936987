"""Tasks drawn by weights from the config."""

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from plans import SIZES, build, shares

weights = st.fixed_dictionaries(dict.fromkeys(SIZES, st.floats(1e-3, 1e3)))


@given(weights=weights)
def test_shares_are_the_weights_over_their_sum(weights: dict[str, float]) -> None:
    expected = {task: weight / sum(weights.values()) for task, weight in weights.items()}
    assert shares(build("weighted", weights=weights)) == pytest.approx(expected)


@given(weights=weights, factor=st.sampled_from([1e-300, 2.0, 1e305]))
def test_only_their_ratios_matter(weights: dict[str, float], factor: float) -> None:
    scaled = {task: weight * factor for task, weight in weights.items()}
    assert shares(build("weighted", weights=scaled)) == pytest.approx(
        shares(build("weighted", weights=weights))
    )


@pytest.mark.parametrize("weight", [0, -1, float("nan"), float("inf")])
def test_what_is_no_weight(weight: float) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^trainer\.schedule\.weights\.emd is {weight}; give a number"
    ):
        build("weighted", weights={"ner": 1, "emd": weight, "coref": 1})
