import json
import math

from hmtl.report.summary import lines, summary


def test_json_says_what_the_run_recorded(written) -> None:
    run = written(epochs=10, forgets="ner")
    told = summary(run)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    for task, own in told["tasks"].items():
        assert own["best_epoch"] == run.final[f"{task}/best_epoch"]
        assert own["test"] == run.final[f"test_{task}/{own['metric']}"]
        assert math.isclose(own["best"] - own["at_joint_best"], own["lost_by_joint_best"], abs_tol=1e-12)
        assert own["expected_steps"] == 250
    assert sum(own["steps"] for own in told["tasks"].values()) == 1000
    drop = told["tasks"]["ner"]["final_drop"]
    scores = run.scores("ner")
    assert math.isclose(drop["drop"], scores[drop["best_epoch"]] - scores[drop["epoch"]])
    assert drop["causes"][0]["source"] == "coref" and drop["epochs_sampled"] == drop["epochs_between"]


def test_what_is_not_known_is_null(written) -> None:
    told = summary(written(older=True, ended=False, not_a_number=("emd", 3), epochs=4))
    ner, emd = told["tasks"]["ner"], told["tasks"]["emd"]
    assert ner["expected_steps"] is ner["training_seconds"] is ner["test"] is told["training_seconds"] is None
    assert emd["final_drop"] is None and not told["finished"] and len(told["notes"]) >= 3
    json.dumps(told, allow_nan=False)


def test_lines_are_a_table_and_harmless(written) -> None:
    hostile = "evil\x1b[31m\u202e"
    text = lines(written(tasks=("ner", hostile), forgets=None))
    assert not any(character in line for line in text for character in "\x1b\u202e\n")
    start = text.index("") + 1
    assert (
        text[start].split() == "task metric best epoch joint best lost test largest drop final drop".split()
    )
    assert text[start + 1].startswith("ner ") and text[start + 2].startswith("evil␛[31m�")
    assert len({len(line) for line in text[start : start + 3]}) == 1
