"""Patch 16, second half: what only one class needs is imported when that class is used."""

from patched_allennlp.patching import Patch

_NAME = "16 lazy imports"
_LAZY = "from allennlp.common.lazy_module import LazyModule\n"
_TRANSFORMERS = "transformers takes longer to import than torch, and only transformer models need it."
_ONE_CLASS = "It takes up to half a second, and one or two rare classes use it."
_ABOVE = "For the above."
_CACHED = "allennlp/common/cached_transformers.py"
_TOKENIZER = "allennlp/data/tokenizers/pretrained_transformer_tokenizer.py"
_VOCABULARY = "allennlp/data/vocabulary.py"
_COLLATOR = "allennlp/data/data_loaders/data_collator.py"
_EMBEDDER = "allennlp/modules/token_embedders/pretrained_transformer_embedder.py"
_ACTIVATION = "allennlp/modules/transformer/activation_layer.py"
_OPTIMIZERS = "allennlp/training/optimizers.py"
_SCHEDULER = "allennlp/training/learning_rate_schedulers/learning_rate_scheduler.py"
_EVALB = "allennlp/training/metrics/evalb_bracketing_scorer.py"
_FAIRNESS = "allennlp/fairness/fairness_metrics.py"


def _lazily(file: str, statement: str, name: str, module: str) -> Patch:
    """`module` as `name`, in place of an import statement."""
    return Patch(
        name=_NAME,
        file=file,
        find=statement,
        replace=f'{_LAZY}\n{name} = LazyModule("{module}")',
        why=_ONE_CLASS,
    )


TRANSFORMERS = (
    Patch(
        name=_NAME,
        file=_CACHED,
        find="import logging\nimport re\n",
        replace="from __future__ import annotations\n\nimport logging\nimport re\n",
        why="Its annotations name classes of transformers.",
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find="import transformers\nfrom allennlp.common.checks import ConfigurationError\n",
        replace="from allennlp.common.checks import ConfigurationError\n" + _LAZY,
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find="from transformers import AutoConfig, AutoModel\n",
        replace='\ntransformers = LazyModule("transformers")\n',
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find=" AutoModel.from_",
        replace=" transformers.AutoModel.from_",
        count=4,
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_CACHED,
        find=" AutoConfig.from_",
        replace=" transformers.AutoConfig.from_",
        count=2,
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_TOKENIZER,
        find="from transformers import PreTrainedTokenizer\n\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_TOKENIZER,
        find="(tokenizer: PreTrainedTokenizer) -> bool:",
        replace='(tokenizer: "transformers.PreTrainedTokenizer") -> bool:  # noqa: F821',
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_VOCABULARY,
        find="from transformers import PreTrainedTokenizer\n\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_VOCABULARY,
        find="self, tokenizer: PreTrainedTokenizer, namespace",
        replace='self, tokenizer: "transformers.PreTrainedTokenizer", namespace',
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_COLLATOR,
        find="from transformers.data.data_collator import DataCollatorForLanguageModeling\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_COLLATOR,
        find="        from allennlp.common import cached_transformers\n",
        replace="        from allennlp.common import cached_transformers\n"
        "        from transformers.data.data_collator import DataCollatorForLanguageModeling\n",
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_EMBEDDER,
        find="from transformers import XLNetConfig\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_EMBEDDER,
        find="        if isinstance(self.config, XLNetConfig):\n",
        replace="        from transformers import XLNetConfig\n\n"
        "        if isinstance(self.config, XLNetConfig):\n",
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_ACTIVATION,
        find="from transformers.models.bert.modeling_bert import ACT2FN\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_ACTIVATION,
        find="            self.act_fn = ACT2FN[activation]\n",
        replace="            from transformers.activations import ACT2FN\n\n"
        "            self.act_fn = ACT2FN[activation]\n",
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_OPTIMIZERS,
        find="import transformers\n",
        replace="",
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_OPTIMIZERS,
        find='''\
class HuggingfaceAdafactor(Optimizer, transformers.Adafactor):
    """
    Registered as an `Optimizer` with name "huggingface_adafactor".
    """
''',
        replace='''\
class HuggingfaceAdafactor(Optimizer):
    """
    Registered as an `Optimizer` with name "huggingface_adafactor". An instance is transformers', too.
    """

    def __new__(cls, *args, **kwargs):
        from transformers import Adafactor

        if issubclass(cls, Adafactor):
            return super().__new__(cls)

        class WithBase(cls, Adafactor):
            pass

        return super().__new__(WithBase)
''',
        why="A base class is needed when the class is defined; this one gets it with its first instance.",
    ),
    Patch(
        name=_NAME,
        file=_SCHEDULER,
        find="""\
from transformers.optimization import (
    get_constant_schedule,
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_cosine_with_hard_restarts_schedule_with_warmup,
)
""",
        replace=_LAZY + '\noptimization = LazyModule("transformers.optimization")\n',
        why=_TRANSFORMERS,
    ),
    Patch(
        name=_NAME,
        file=_SCHEDULER,
        find="        lr_scheduler = get_",
        replace="        lr_scheduler = optimization.get_",
        count=4,
        why=_ABOVE,
    ),
)

METRICS = (
    _lazily("allennlp/training/metrics/auc.py", "from sklearn import metrics", "metrics", "sklearn.metrics"),
    _lazily(
        "allennlp/training/metrics/spearman_correlation.py",
        "import scipy.stats as stats",
        "stats",
        "scipy.stats",
    ),
    _lazily(_FAIRNESS, "from scipy.stats import wasserstein_distance", "stats", "scipy.stats"),
    Patch(
        name=_NAME,
        file=_FAIRNESS,
        find=" wasserstein_distance",
        replace=" stats.wasserstein_distance",
        count=9,
        why=_ABOVE,
    ),
    _lazily("allennlp/fairness/bias_direction.py", "import sklearn", "svm", "sklearn.svm"),
    Patch(
        name=_NAME,
        file="allennlp/fairness/bias_direction.py",
        find="= sklearn.svm.",
        replace="= svm.",
        why=_ABOVE,
    ),
    _lazily("allennlp/fairness/bias_mitigators.py", "import sklearn", "svm", "sklearn.svm"),
    Patch(
        name=_NAME,
        file="allennlp/fairness/bias_mitigators.py",
        find="= sklearn.svm.",
        replace="= svm.",
        why=_ABOVE,
    ),
    _lazily("allennlp/fairness/bias_mitigators.py", "import scipy", "linalg", "scipy.linalg"),
    Patch(
        name=_NAME,
        file="allennlp/fairness/bias_mitigators.py",
        find="= scipy.linalg.",
        replace="= linalg.",
        why=_ABOVE,
    ),
    Patch(
        name=_NAME,
        file=_EVALB,
        find="from nltk import Tree\n\n",
        replace="",
        why=_ONE_CLASS,
    ),
    Patch(
        name=_NAME,
        file=_EVALB,
        find="predicted_trees: List[Tree], gold_trees: List[Tree])",
        replace='predicted_trees: "List[nltk.Tree]", gold_trees: "List[nltk.Tree]")',
        why=_ABOVE,
    ),
)

LAZY_IMPORTS = (*TRANSFORMERS, *METRICS)
