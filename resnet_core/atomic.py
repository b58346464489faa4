"""Files that are there as a whole or not at all, and whether one can be written, found out before the work.

One rule for all results: a folder that is missing is made, with those above it.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_core.errors import DataError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then rename: a reader never sees half a file, and a crash leaves the old one.

    Raises:
        DataError: if the disk is full or the folder can't be written.
    """
    with scratch_beside(path) as scratch:
        scratch.write_bytes(content)


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """As `write_atomically`, for what is too large to be held whole: a file to write, which gets its name at the end.

    Raises:
        DataError: if the disk is full or the folder can't be written. What the caller raises leaves the old file.
    """
    scratch = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield scratch
            scratch.replace(path)
        finally:
            scratch.unlink(missing_ok=True)
    except OSError as error:
        raise refusal(path, error) from error


def check_folder(folder: Path) -> None:
    """Make a folder where it is missing, and see that a file can be made in it.

    Raises:
        DataError: if not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise refusal(folder, error) from error


def check_file(path: Path) -> None:
    """See that a file can be written, or go on to be; what is in it stays.

    Raises:
        DataError: if not.
    """
    if not path.exists():
        check_folder(path.parent)
        return
    try:
        path.open("ab").close()
    except OSError as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: OSError) -> DataError:
    """Why something can't be written, and what helps."""
    if error.errno in FULL:
        remedy = "Free some space or choose another folder, then try again."
    elif error.errno in FORBIDDEN:
        remedy = "Choose a folder that you may write to."
    else:
        remedy = "Choose another name or folder."
    return DataError(f"{path} can't be written: {error}. {remedy}")
