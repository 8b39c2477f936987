import base64
import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmtl.report import lines, page, read_run, summary
from report.synthetic_run import write, write_run

VOID = {"meta", "br", "img", "link", "input", "hr"}
HOSTILE = "</style></title><script>alert(1)</script><img src=http://x.test onerror=a() \"'`{{ 7*7 }}{% raw %}"


class Elements(HTMLParser):
    """Collects elements, with a stack that must come out even."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text[self.open[-1]] = self.text.get(self.open[-1], "") + data


def skeleton(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(tag, tuple(attributes)) for tag, attributes in Elements(text).seen]


KINDS = {
    "whole": {},
    "one epoch": {"epochs": 1, "planned": 20, "ended": False},
    "long": {"epochs": 200},
    "early": {"epochs": 9, "planned": 40, "not_validated": ["relation"], "not_a_number": ("emd", 5)},
    "older": {"older": True, "epochs": 3},
    "one task": {"tasks": ("ner",), "epochs": 2},
    "many tasks": {"tasks": [f"t{i}" for i in range(14)], "epochs": 2},
    "nothing validated": {"tasks": ("ner", "emd"), "not_validated": ("ner", "emd"), "epochs": 2},
}


@pytest.mark.parametrize("kind", KINDS)
def test_is_one_sound_page_that_needs_no_network(kind, written) -> None:
    text = page(written(**KINDS[kind]))
    assert (
        text.lstrip().startswith("<!doctype html>")
        and "None" not in text
        and "nan" not in text.split("<pre>")[0]
    )
    elements = Elements(text)
    tags = {tag for tag, _ in elements.seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "base", "image", "use"}
    identifiers = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    for tag, attributes in elements.seen:
        assert not {"src", "style", "xlink:href"} & set(attributes)
        assert not any(name.startswith("on") for name in attributes)
        if "href" in attributes:
            assert attributes["href"].removeprefix("#") in identifiers
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes["aria-label"]
    assert "http" not in elements.text["style"] and "url(" not in elements.text["style"]


def test_the_policy_allows_this_style_and_nothing_else(written) -> None:
    elements = Elements(page(written(epochs=2)))
    digest = base64.b64encode(hashlib.sha256(elements.text["style"].encode()).digest()).decode()
    policies = [a["content"] for _, a in elements.seen if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert policies[0].startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


def test_names_and_values_stay_text(written, tmp_path) -> None:
    run = written(epochs=3)
    harmless = page(run)
    task = replace(run.tasks["ner"], metric="f1")
    renamed = {HOSTILE: replace(task, name=HOSTILE), **{t: own for t, own in run.tasks.items() if t != "ner"}}
    epochs = [
        replace(e, figures={name.replace("_ner/", f"_{HOSTILE}/"): v for name, v in e.figures.items()})
        for e in run.epochs
    ]
    config = json.loads(json.dumps(run.config).replace("crf_tagger", "X")) | {"z": HOSTILE}
    hostile = page(replace(run, name=HOSTILE, tasks=renamed, epochs=epochs, config=config, notes=[HOSTILE]))
    tags = [tag for tag, _ in skeleton(hostile)]
    assert set(tags) == {tag for tag, _ in skeleton(harmless)}
    assert "<script" not in hostile and "<img" not in hostile and "49" not in Elements(hostile).text["h1"]
    assert Elements(hostile).text["h1"] == HOSTILE


def test_a_config_nested_too_deeply_is_told(written) -> None:
    config: dict = {}
    for _ in range(5000):
        config = {"a": config}
    with pytest.raises(ConfigurationError, match="nested too deeply"):
        page(replace(written(epochs=1), config=config))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_the_files_hold_there_is_a_page_or_one_line(tmp_path_factory, data) -> None:
    directory = write_run(tmp_path_factory.mktemp("run") / "run", epochs=3, tasks=("ner", "emd"))
    name = data.draw(st.sampled_from(["config.json", "run.json", "metrics.json", "metrics_epoch_1.json"]))
    value = json.loads((directory / name).read_text())
    write(directory / name, damaged(value, data))
    try:
        run = read_run(directory)
        Elements(page(run))
        lines(run)
        json.dumps(summary(run), allow_nan=False)
    except ConfigurationError as error:
        assert "\n" not in str(error)


def damaged(value: object, data: st.DataObject) -> object:
    """The value with something in it replaced by something else."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: damaged(value[key], data)}
    return data.draw(JSON)


def test_templates_are_beside_the_modules(project_root: Path) -> None:
    folder = project_root / "hmtl" / "report" / "templates"
    assert {path.name for path in folder.iterdir()} == {"page.html", "page.css", "macros.html"}
