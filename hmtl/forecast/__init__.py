"""What a run will do, told before it begins and without its model."""

from hmtl.forecast.plot import check_plot, plot
from hmtl.forecast.run import Run
from hmtl.forecast.simulate import Epoch, Forecast, simulate
from hmtl.forecast.table import table

__all__ = ["Epoch", "Forecast", "Run", "check_plot", "plot", "simulate", "table"]
