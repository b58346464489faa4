"""D2L's residual and ResNeXt blocks (document 002) in PyTorch, Flax and Keras: import what you have installed."""

from __future__ import annotations

import ast
from pathlib import Path

from resnet_core.errors import InvalidSpecError

FRAMEWORKS = {"pytorch": "torch_blocks.py", "flax": "flax_blocks.py", "keras": "keras_blocks.py"}
BLOCKS = ("Residual", "ResNeXtBlock")


def block_source(framework: str, block: str) -> str:
    """Source text of one block, read without importing the framework.

    Args:
        framework: "pytorch", "flax" or "keras".
        block: "Residual" or "ResNeXtBlock".

    Raises:
        InvalidSpecError: naming what there is.
    """
    if framework not in FRAMEWORKS or block not in BLOCKS:
        raise InvalidSpecError(
            f"There is no {block!r} in {framework!r}. Frameworks: {', '.join(FRAMEWORKS)}; blocks: {', '.join(BLOCKS)}."
        )
    text = (Path(__file__).parent / FRAMEWORKS[framework]).read_text(encoding="utf-8")
    classes = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    return ast.get_source_segment(text, classes[block]) or ""
