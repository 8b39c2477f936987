import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import among, marked_texts

from formats.helpers import put, refusal, there_and_back
from hmtl.documents import Document, Relation, Span
from hmtl.formats import Dfki, FormatError
from hmtl.formats.characters import Mark


def concept(name: str, start: int, end: int, kind: str) -> dict[str, Any]:
    return {"id": name, "span": {"start": start, "end": end}, "type": kind, "normalizedValue": None}


ACME, ITS, SAWS, SELLS, NAILS = (
    concept("c/1", 0, 4, "organization"),
    concept("c/2", 11, 14, "organization"),
    concept("c/3", 15, 19, "product"),
    concept("c/4", 5, 10, "trigger"),
    concept("c/5", 24, 29, "product"),
)


def related(name: str, **arguments: dict[str, Any]) -> dict[str, Any]:
    items = [
        {"id": "a", "role": role.rstrip("0123456789"), "conceptMention": c} for role, c in arguments.items()
    ]
    return {"id": "r", "name": name, "args": {"array": items}}


WEB: dict[str, Any] = {
    "id": "web/1",
    "text": {"string": "Acme sells its saws and nails."},
    "sentences": None,
    "conceptMentions": {"array": [ACME, ITS, SAWS, SELLS, NAILS]},
    "relationMentions": {
        "array": [
            related("Identity", source=ACME, target=ITS),
            related("Provides", trigger=SELLS, company=ITS, product1=SAWS, product2=NAILS),
        ]
    },
}
TEXT = json.dumps(WEB, indent=1) + "\n" + json.dumps({"id": "b", "text": {"string": "x"}}, indent=1) + "\n"


def test_a_company_is_related_to_each_product(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = Dfki().read(put(tmp_path, "f.json", TEXT))
    its, saws, nails = Span(2, 2, "organization"), Span(3, 3, "product"), Span(5, 5, "product")
    assert first.mentions == (Span(0, 0, "organization"), Span(1, 1, "trigger"), its, saws, nails)
    assert first.relations == (Relation(its, saws, "Provides"), Relation(its, nails, "Provides"))
    assert first.clusters == (((0, 0), (2, 2)),)
    assert "1 arguments of other roles, such as trigger, are not kept" in caplog.text
    assert second.mentions is second.relations is second.clusters is None


@pytest.mark.parametrize(
    ("key", "item", "message"),
    [
        ("conceptMentions", SAWS, "'conceptMentions.array[5].id' is 'c/3' a second time; give each"),
        (
            "relationMentions",
            related("Identity", source=concept("c/9", 0, 4, "product")),
            "'relationMentions.array[2].args.array[0].conceptMention.id' is 'c/9', none of",
        ),
        (
            "relationMentions",
            related("Provides", company=ACME),
            "'relationMentions.array[2].args' have no company or no product; give one of each",
        ),
        ("relationMentions", related("Identity"), "'relationMentions.array[2].args' are empty; give the"),
        (
            "conceptMentions",
            concept("c/9", 0, 99, "product"),
            "'conceptMentions.array[5]': characters 0 to 99 are no part of the 30 of the text; count",
        ),
    ],
)
def test_mistakes_are_named_with_their_key(tmp_path: Path, key: str, item: Any, message: str) -> None:
    web = {**WEB, key: {"array": [*WEB[key]["array"], item]}}
    assert refusal(Dfki(), put(tmp_path, "f.json", json.dumps(web))).startswith(f"f.json:1: {message}")


@given(marked=marked_texts(), data=st.data())
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, marked: tuple[str, list[tuple[int, int]]], data: st.DataObject
) -> None:
    text, places = marked
    form, labels = Dfki(), st.sampled_from(["company", "product"])
    document, found = form.words(text, [Mark(*place, "f:1") for place in places], "d", "f:1")
    mentions = tuple({Span(*bounds, data.draw(labels)) for bounds in sorted(set(found.values()))})
    others = data.draw(among(mentions, ("relations", "clusters"), labels))
    document = document.replace(mentions=mentions, source="", **others)
    assert there_and_back(form, [document], tmp_path_factory.mktemp("f") / "f.json") == [document]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        (
            {"relations": (Relation(Span(0, 0, "A"), Span(0, 0, "A"), "Identity"),)},
            "a relation named Identity",
        ),
        ({"clusters": (((1, 1),),)}, "a cluster with (1, 1), none of its mentions"),
    ],
)
def test_what_it_cannot_hold_is_refused(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    document = Document("d", ("a", "b"), mentions=(Span(0, 0, "A"),)).replace(**changes)
    with pytest.raises(FormatError) as caught:
        Dfki().write([document], tmp_path / "f.json")
    assert f"document 'd' has {what}" in str(caught.value)


def test_mentions_without_relations_are_no_annotation_with_relations(tmp_path: Path) -> None:
    web = {key: value for key, value in WEB.items() if key != "relationMentions"}
    (document,) = Dfki().read(put(tmp_path, "f.json", json.dumps(web)))
    assert document.relations is document.clusters is None and len(document.mentions or ()) == 5
