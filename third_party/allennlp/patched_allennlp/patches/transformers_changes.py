"""Patch 17: transformer models load with the transformers of today."""

from patched_allennlp.patching import Patch

_NAME = "17 transformers"
_TOKENIZER = "allennlp/data/tokenizers/pretrained_transformer_tokenizer.py"
_CACHED = "allennlp/common/cached_transformers.py"
_SAID = "What a hub or a folder lacks is said in one line, which names the transformer."
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
    Patch(
        name=_NAME,
        file=_CACHED,
        find="from allennlp.common.checks import ConfigurationError\n",
        replace="from allennlp.common.checks import ConfigurationError\n"
        "from allennlp.common.transformer_errors import told\n",
        why=_SAID,
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find="def get(\n    model_name: str,\n",
        replace="@told\ndef get(\n    model_name: str,\n",
        why=_SAID,
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find="def get_tokenizer(model_name: str",
        replace="@told\ndef get_tokenizer(model_name: str",
        why=_SAID,
    ),
)
