"""Experiments: data, training runs, races, and the theory measured."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["theory"])
