"""What happened in a run, for those who were not there."""

from hmtl.report.page import page
from hmtl.report.read import read_run
from hmtl.report.summary import lines, summary

__all__ = ["lines", "page", "read_run", "summary"]
