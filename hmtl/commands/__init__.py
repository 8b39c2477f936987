"""Commands of `allennlp` beside its own."""

from hmtl.commands.annotate import Annotate
from hmtl.commands.schedule import ScheduleCommand

__all__ = ["Annotate", "ScheduleCommand"]
