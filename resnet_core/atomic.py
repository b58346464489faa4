"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from resnet_core.outputs import refusal


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then rename: a reader never sees half a file, and a crash leaves the old one.

    Raises:
        DataError: if the disk is full or the folder can't be written.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            scratch.write_bytes(content)
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise refusal(path, error) from error
