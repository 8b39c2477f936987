"""Processes that do what training would otherwise wait for."""

from hmtl.workers.ahead import Ahead, Wanted
from hmtl.workers.filling import fill
from hmtl.workers.pool import Workers

__all__ = ["Ahead", "Wanted", "Workers", "fill"]
