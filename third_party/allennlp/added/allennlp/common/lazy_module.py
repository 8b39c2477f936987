"""A module that is imported when something in it is asked for."""

import importlib
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """`stats = LazyModule("scipy.stats")` is `import scipy.stats as stats`, later."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)
