"""Commands of `allennlp` beside its own."""

from hmtl.commands.annotate import Annotate
from hmtl.commands.check import Check
from hmtl.commands.convert import Convert
from hmtl.commands.report import Report
from hmtl.commands.schedule import ScheduleCommand

__all__ = ["Annotate", "Check", "Convert", "Report", "ScheduleCommand"]
