"""Patch 17: transformer models load with the transformers of today."""

from patched_allennlp.patching import Patch

_NAME = "17 transformers"
_TOKENIZER = "allennlp/data/tokenizers/pretrained_transformer_tokenizer.py"
_REFUSED = (
    "transformers refuses the argument since 4.44, so no tokenizer could be built. It never had an effect: "
    "every call says for itself whether it wants special tokens."
)

TRANSFORMERS_CHANGES = (
    Patch(
        name=_NAME,
        file=_TOKENIZER,
        find="self._model_name, add_special_tokens=False, **self",
        replace="self._model_name, **self",
        why=_REFUSED,
    ),
    Patch(
        name=_NAME,
        file=_TOKENIZER,
        find="model_name, add_special_tokens=True, **(",
        replace="model_name, **(",
        why=_REFUSED,
    ),
    Patch(
        name=_NAME,
        file="allennlp/data/data_loaders/data_collator.py",
        find="DataCollatorForLanguageModeling(tokenizer, mlm, mlm_probability)",
        replace="DataCollatorForLanguageModeling(\n"
        "            tokenizer, mlm=mlm, mlm_probability=mlm_probability\n        )",
        why="transformers has put `whole_word_mask` before `mlm_probability`.",
    ),
)
