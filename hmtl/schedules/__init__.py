"""Which task comes next."""

from hmtl.schedules.annealed import Annealed
from hmtl.schedules.dynamic import Dynamic
from hmtl.schedules.proportional import Proportional
from hmtl.schedules.round_robin import RoundRobin
from hmtl.schedules.schedule import Plan, Schedule
from hmtl.schedules.sequential import Sequential
from hmtl.schedules.smoothed import Smoothed
from hmtl.schedules.stop_and_go import StopAndGo
from hmtl.schedules.temperature import Temperature
from hmtl.schedules.time_dependent import TimeDependent
from hmtl.schedules.uniform import Uniform
from hmtl.schedules.weighted import Weighted

__all__ = [
    "Annealed",
    "Dynamic",
    "Plan",
    "Proportional",
    "RoundRobin",
    "Schedule",
    "Sequential",
    "Smoothed",
    "StopAndGo",
    "Temperature",
    "TimeDependent",
    "Uniform",
    "Weighted",
]
