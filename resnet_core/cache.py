"""Where this package keeps what it may make again: downloads, decoded pictures, past races."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where downloads and decoded pictures are kept: $RESNET_CORE_CACHE, or ~/.cache/resnet_core."""
    return Path(os.environ.get("RESNET_CORE_CACHE") or Path.home() / ".cache" / "resnet_core")
