import os
import signal
import threading

import pytest
from allennlp.common.util import SigTermReceived

from hmtl.training.interrupts import SIGNALS, Interrupts


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_noted_and_the_second_stops_at_once(number, monkeypatch):
    monkeypatch.setattr(Interrupts, "TOGETHER", -1.0)
    before = signal.getsignal(number)
    with pytest.raises(SIGNALS[number]), Interrupts() as interrupts:
        assert interrupts.noted is None
        os.kill(os.getpid(), number)
        assert interrupts.noted == number
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


def test_stopping_raises_what_the_signal_stands_for():
    with Interrupts() as interrupts:
        os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(SigTermReceived):
        interrupts.stop()


def test_another_thread_leaves_the_handlers_alone():
    handlers = []

    def run():
        with Interrupts():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


def test_signals_that_come_together_are_one():
    with Interrupts() as interrupts:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
        assert interrupts.noted == signal.SIGTERM
