"""The count of what cannot be learned."""

import logging

from hmtl.heads.untrainable import Untrainable


def test_tells_the_number_once(caplog):
    caplog.set_level(logging.WARNING)
    untrainable = Untrainable("ner", "they cross")
    untrainable.report()
    assert not caplog.messages
    untrainable.add(2)
    untrainable.add(3)
    untrainable.report()
    untrainable.add(1)
    untrainable.report()
    assert (
        len(caplog.messages) == 1
        and caplog.messages[0].startswith("ner: 5 gold spans")
        and "they cross" in caplog.text
    )
