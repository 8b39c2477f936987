"""Which task comes next."""

from hmtl.schedules.proportional import Proportional
from hmtl.schedules.schedule import Plan, Schedule
from hmtl.schedules.uniform import Uniform

__all__ = ["Plan", "Proportional", "Schedule", "Uniform"]
