import sys

from hypothesis import given
from hypothesis import strategies as st

from hmtl.formats.seen import Seen


@given(st.lists(st.text(max_size=2)))
def test_it_answers_as_a_set_does(texts: list[str]) -> None:
    seen, known = Seen(), set()
    for text in texts:
        assert seen.add(text) == (text in known)
        known.add(text)
    assert seen.count == len(known)


def test_it_grows_and_forgets_nothing() -> None:
    seen, names = Seen(), [f"document {i}" for i in range(20_000)]
    assert not any(map(seen.add, names)) and all(map(seen.add, names))
    assert sys.getsizeof(seen._table) < 40 * len(names)
