"""Photos in a zip that stays in memory: nothing is written, and nothing unpacks to gigabytes."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from typing import NamedTuple

from resnet_core.errors import DataError
from resnet_core.inference.limits import MAX_BYTES
from resnet_core.lab.teach.photos import Shot
from resnet_core.notation import megabytes

MOST_ENTRIES = 20_000  # of an archive: more is no collection of photos
MOST_UNPACKED = 300_000_000  # bytes of all files together
FOREIGN = ("__MACOSX",)  # folders that programs leave behind


class Sent(NamedTuple):
    """A file as it was sent: the name of the folder that it lay in, "" for none, its own name, its bytes.

    `above` is the path to that folder, "" where it lies at the top.
    """

    folder: str
    name: str
    data: bytes
    above: str = ""


def packed(photos: Mapping[str, Sequence[Shot]]) -> bytes:
    """Photos as a zip with a folder for each class, which `unpacked` reads; what is not a file's bytes is left out."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for label, (name, shots) in enumerate(photos.items(), 1):
            folder = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(". ") or f"class {label}"
            for number, shot in enumerate(shots, 1):
                if isinstance(shot.source, bytes):
                    archive.writestr(f"{folder}/{number:03}.jpg", shot.source)
    return held.getvalue()


def is_zip(data: bytes) -> bool:
    """Whether bytes begin as an archive does."""
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def where(path: str) -> tuple[str, str, str]:
    """The path to a file's folder, the folder and the file's name, of a path of any system that may lead anywhere."""
    parts = [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return "/".join(parts[:-2]), (parts[-2] if len(parts) > 1 else ""), (parts[-1] if parts else "")


def unpacked(data: bytes, most: int = MOST_UNPACKED) -> Iterator[Sent]:
    """The files of an archive, one by one, each read into memory; hidden ones are left out.

    Args:
        most: bytes of all files together, counted as they come out, whatever the archive says of their sizes.

    Raises:
        DataError: for what is no archive, is locked or damaged, has too many files or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > MOST_ENTRIES:
                raise DataError(f"The archive holds {len(entries):,} files; at most {MOST_ENTRIES:,} are looked at.")
            left = most
            for entry in entries:
                above, folder, name = where(entry.filename)
                if not name or name.startswith(".") or any(one in entry.filename.split("/") for one in FOREIGN):
                    continue
                with archive.open(entry) as file:
                    found = file.read(min(left, MAX_BYTES) + 1)
                left -= len(found)
                if left < 0:
                    raise DataError(
                        f"The archive unpacks to more than {megabytes(most)}, and no more is read. "
                        "Send fewer photos, or smaller ones."
                    )
                yield Sent(folder, name, found, above)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise DataError(
            f"The archive is damaged or of a kind that is not read ({error}). Zip the photos anew."
        ) from error
    except RuntimeError as error:  # what zipfile says of a password
        raise DataError("The archive is locked with a password. Zip the photos without one.") from error
