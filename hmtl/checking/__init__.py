"""What is wrong with a config and its data, or worth knowing, before anything is trained."""

from hmtl.checking.check import Report, check
from hmtl.checking.finding import Finding
from hmtl.checking.page import page
from hmtl.checking.rule import RULES, Rule, rule

__all__ = ["RULES", "Finding", "Report", "Rule", "check", "page", "rule"]
