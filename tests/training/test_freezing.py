import pytest
import torch
from allennlp.common.checks import ConfigurationError
from small_run import build, config_of

from hmtl.training.freezing import freeze


def test_what_is_frozen_stays_bit_identical_and_the_rest_learns(small_corpus, tmp_path):
    frozen = ["embedder", "levels.ner", "heads.emd"]
    loop = build(config_of(small_corpus, "ner emd", freeze=frozen, num_epochs=1), tmp_path)
    before = {
        name: [weight.clone() for weight in part.parameters()] for name, part in loop.model.parts().items()
    }
    loop.run()
    for name, part in loop.model.parts().items():
        changed = [not torch.equal(*pair) for pair in zip(before[name], part.parameters(), strict=True)]
        assert all(changed) if name not in frozen else not any(changed)


def test_an_unknown_part_gives_one_line(small_corpus, tmp_path):
    model = build(config_of(small_corpus), tmp_path).model
    with pytest.raises(ConfigurationError) as error:
        freeze(model, ["levels.nre"])
    assert str(error.value) == (
        "trainer.freeze: the model has no part 'levels.nre'; its parts are embedder, levels.ner, levels.emd, "
        "heads.emd, heads.ner"
    ) or "heads.ner, heads.emd" in str(error.value)


def test_a_task_with_nothing_to_learn_gives_one_line(small_corpus, tmp_path):
    frozen = ["embedder", "levels.ner", "heads.ner"]
    loop = build(config_of(small_corpus, "ner emd", freeze=frozen), tmp_path)
    with pytest.raises(ConfigurationError, match="trainer.freeze: leaves task 'ner' nothing to learn"):
        loop.run()
