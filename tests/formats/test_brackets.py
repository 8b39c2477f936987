import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import LABEL, crosses, keep

from hmtl.documents import Span
from hmtl.formats.brackets import merge, read_clusters, read_spans, write_clusters, write_spans

PLACE = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: tuple(sorted(pair)))
CLUSTERS = st.lists(st.lists(PLACE, min_size=1, unique=True), max_size=4)


def fail(i: int, cause: str, mend: str) -> None:
    raise ValueError(f"{i}: {cause}; {mend}")


def test_spans_by_hand() -> None:
    column = ["(ORG*", "(GPE)", "*)", "*", "(PER(LOC*)", "*)", "(DATE*)"]
    expected = {(0, 2, "ORG"), (1, 1, "GPE"), (4, 4, "LOC"), (4, 5, "PER"), (6, 6, "DATE")}
    assert {tuple(span) for span in read_spans(column, fail)} == expected


def test_clusters_by_hand() -> None:
    column = ["(3", "-", "(4)|(3", "3)", "_", "3)|(5)", "(4)", "4)", "(3"]
    with pytest.raises(ValueError, match="7: '4\\)' closes a span that was not opened"):
        read_clusters(column, fail, "f:1")
    column = ["(3", "-", "(4)|(3", "3)", "", "3)|(5)", "(4)"]
    assert sorted(read_clusters(column, fail, "f:1")) == [((0, 5), (2, 3)), ((2, 2), (6, 6)), ((5, 5),)]


@given(st.lists(PLACE, unique=True), st.data())
def test_spans_return_unless_they_cross(places: list[tuple[int, int]], data: st.DataObject) -> None:
    spans = [Span(*place, data.draw(LABEL)) for place in places]
    column = write_spans(spans, 10)
    if any(crosses(a, b) for a in places for b in places):
        assert column is None
    else:
        assert column is not None and sorted(read_spans(column, fail)) == sorted(spans)


@given(CLUSTERS)
def test_clusters_return_unless_their_spans_cross(groups: list[list[tuple[int, int]]]) -> None:
    taken: set[tuple[int, int]] = set()
    clusters = []
    for group in groups:
        if fresh := tuple(sorted(set(group) - taken)):
            clusters.append(fresh)
            taken |= set(fresh)
    column = write_clusters(clusters, 10)
    cross = any(crosses(a, b) and a[1] != b[0] and b[1] != a[0] for c in clusters for a in c for b in c)
    if cross:
        assert column is None
    elif column is not None:
        assert sorted(read_clusters(column, fail, "f:1")) == sorted(clusters)
    if not any(crosses(a, b) for c in clusters for a in c for b in c):
        assert column is not None


@given(CLUSTERS)
def test_merging_gives_the_connected_components(groups: list[list[tuple[int, int]]]) -> None:
    merged = merge(groups, "f:1")
    spans = [span for cluster in merged for span in cluster]
    assert len(spans) == len(set(spans)) and set(spans) == {span for group in groups for span in group}
    of = {span: i for i, cluster in enumerate(merged) for span in cluster}
    # brute force: spread numbers along shared groups until nothing changes
    label = {span: i for i, span in enumerate(sorted(of))}
    for _ in range(len(label) + 1):
        for group in groups:
            lowest = min(label[span] for span in group)
            label.update(dict.fromkeys(group, lowest))
    assert all((of[a] == of[b]) == (label[a] == label[b]) for a in of for b in of)


def test_uniting_clusters_is_said(caplog: pytest.LogCaptureFixture) -> None:
    merge([[(0, 0), (1, 1)], [(2, 2)], [(3, 3), (1, 1)]], "f:7")
    assert [record.getMessage() for record in caplog.records] == [
        "f:7: [(1, 1)] in two clusters, which are united"
    ]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["*", "*)"], r"1: '\*\)' closes a bracket that was not opened"),
        (["(PER*", "*", "(ORG*"], r"2: '\(ORG' is not closed"),
        (["*", "-"], r"1: '-' is not a bracket cell"),
        (["(*)"], "not a bracket cell"),
        (["*PER)"], "not a bracket cell"),
        (["(A)*)"], "not a bracket cell"),
        ([")"], "not a bracket cell"),
        (["**"], "not a bracket cell"),
        ([""], "not a bracket cell"),
        (["(PER"], "is not closed"),
    ],
)
def test_broken_span_columns(column: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_spans(column, fail)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (["-", "3)"], r"1: '3\)' closes a span that was not opened"),
        (["(3", "(4", "4)"], r"0: '\(3' is not closed"),
        (["3"], "0: '3' is not a coreference cell"),
        (["(3)|"], "not a coreference cell"),
        (["()"], "not a coreference cell"),
        (["((3)"], "not a coreference cell"),
        (["*"], "not a coreference cell"),
    ],
)
def test_broken_coreference_columns(column: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_clusters(column, fail, "f:1")


@pytest.mark.parametrize("label", ["", "A(B", "A)B", "A*B"])
def test_labels_that_are_no_labels_cannot_be_written(label: str) -> None:
    assert write_spans([Span(0, 1, label)], 3) is None


@given(st.lists(PLACE))
def test_kept_spans_never_cross(places: list[tuple[int, int]]) -> None:
    kept = keep(places, crosses)
    assert not any(crosses(a, b) for a in kept for b in kept)
