"""What can go wrong on the way to a corpus."""

from __future__ import annotations

from allennlp.common.checks import ConfigurationError


class CorpusError(ConfigurationError):
    """A corpus that cannot be had. The message is one line: `what: cause; mend`."""


class Unavailable(CorpusError):
    """A file that its source does not have, or not as the catalogue describes it; trying again is in vain."""
