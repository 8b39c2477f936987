import json

from small_run import build, config_of

from hmtl.training.facts import write_facts


def test_what_a_run_is(small_corpus, tmp_path):
    settings = config_of(small_corpus, "ner emd", tasks={"emd": {"validation_metric": "-loss"}}, patience=3)
    settings["trainer"]["learning_rate_scheduler"] = None
    del settings["validation_data_path"]["ner"]
    loop = build(settings, tmp_path)
    write_facts(loop.trainer.progress, loop.trainer.plan, loop.model, 2)
    facts = json.loads((tmp_path / "run.json").read_text())
    loader = loop.trainer.loader
    assert facts["tasks"] == {
        task: {
            "metric": metric,
            "higher_is_better": is_higher,
            "validated": task == "emd",
            "batches": loader.size(task).batches,
            "instances": 32,
        }
        for task, metric, is_higher in (("ner", "ner/f1", True), ("emd", "emd/loss", False))
    }
    assert set(facts["parts"]) == {"embedder", "levels.ner", "levels.emd", "heads.ner", "heads.emd"}
    total = sum(parameter.numel() for parameter in loop.model.parameters())
    assert sum(facts["parts"].values()) == facts["trained_parameters"] == total
    assert (facts["num_epochs"], facts["world_size"]) == (2, 2)
