"""DataFrames and arrays to Plotly figures and SVG drawings. Pure; nothing else in the core imports it.

Plotly loads with the first Plotly figure, so that a page of drawings alone never loads it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
