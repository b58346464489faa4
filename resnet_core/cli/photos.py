"""Which pictures a command line means: files, those below folders, standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

STDIN = Path("-")


def find_photos(photos: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The files that are meant, those of a folder by name, and a sentence for each place where there is none to read.

    Only names are looked at.
    """
    files: list[Path] = []
    problems: list[str] = []
    for photo in photos:
        try:
            mode = 0 if photo == STDIN else photo.stat().st_mode
        except OSError as error:
            problems.append(_unreadable(error))
            continue
        if stat.S_ISDIR(mode):
            inside, errors = _below(photo)
            files += inside
            problems += map(_unreadable, errors)
            if not inside and not errors:
                problems.append(f"{photo} is a folder without pictures. Name one that has some, or a picture.")
        elif stat.S_ISFIFO(mode):
            problems.append(f"{photo} is a pipe, which may never end. Save it as a file, or give it as `- < {photo}`.")
        else:
            files.append(photo)
    return files, problems


def _below(folder: Path) -> tuple[list[Path], list[OSError]]:
    """All pictures below a folder by name, and what can't be looked into."""
    from resnet_core.inference.filetypes import ENDINGS

    errors: list[OSError] = []
    paths = (Path(root, name) for root, _, names in os.walk(folder, onerror=errors.append) for name in names)
    return sorted(path for path in paths if path.suffix.lower() in ENDINGS), errors


def read_stdin() -> bytes:
    """Standard input, up to one byte more than a picture may have."""
    from resnet_core.inference.images import MAX_BYTES

    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _unreadable(error: OSError) -> str:
    return f"{error.filename} can't be read ({error.strerror}). Check the name and that it is yours."
