"""What a head cannot learn is never skipped in silence."""

import logging

logger = logging.getLogger(__name__)


class Untrainable:
    """Counts the gold items that training had to leave out, and tells the number in the log, once.

    # Parameters

    task : whose gold. reason : why they were left out, and the mend. items : what they are.
    """

    def __init__(self, task: str, reason: str, items: str = "spans") -> None:
        self.count = 0
        self._message = (
            f"{task}: %d gold {items} could not be trained on: {reason}; they count as missed in evaluation"
        )
        self._told = False

    def add(self, count: int) -> None:
        self.count += count

    def report(self) -> None:
        """To be called at the end of an epoch, when the count is that of the training data."""
        if self.count and not self._told:
            logger.warning(self._message, self.count)
            self._told = True
