"""ResNet, exact: models, shapes, parameters, multiply-adds, inference and training. No user interface.

Everything public is here and loads on first use, so that `import resnet_core` takes milliseconds and
questions that need no tensor never load PyTorch.

    >>> import resnet_core as rc
    >>> rc.trace_model("resnet50").total_params
    25557032
"""

import sys

import lazy_loader

from resnet_core.version import VERSION

__version__ = VERSION
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

if "IPython" in sys.modules:  # a notebook: our types are shown as what they are
    from resnet_core.notebook.display import register_here

    register_here()
