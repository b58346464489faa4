"""Tree: the files of a published set, in a folder or in the archive as it came, read by one name either way."""

from __future__ import annotations

import os
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from resnet_core.errors import DataError
from resnet_core.inference.limits import MAX_BYTES

# What zipfile raises on archives that are cut, changed, encrypted or packed in a way that it does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


class Tree(ABC):
    """Files by their names below the set's own folder, with slashes."""

    where: Path
    remedy = "Unpack it again."

    @cached_property
    @abstractmethod
    def names(self) -> frozenset[str]:
        """Of all files."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """A file's bytes, at most as many as a picture may have.

        Raises:
            DataError: if it is missing or damaged.
        """

    @abstractmethod
    def stamp(self, names: Sequence[str]) -> Iterator[object]:
        """Facts that change when one of these files does, found out without reading them."""

    def text(self, name: str) -> str:
        """A text file of the set.

        Raises:
            DataError: if it is missing or damaged.
        """
        if name not in self.names:
            raise self.trouble(f"{name} is missing")
        return self.read(name).decode(errors="replace")

    def trouble(self, what: str) -> DataError:
        """An error that says what is wrong, where, and what helps."""
        return DataError(f"{self.where} can't be used: {what}. {self.remedy}")


class FolderTree(Tree):
    """The files of a folder; hidden ones are none of its."""

    def __init__(self, folder: Path) -> None:
        self.where = folder

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(
            (Path(folder) / name).relative_to(self.where).as_posix()
            for folder, _, names in os.walk(self.where)
            for name in names
            if not name.startswith(".")
        )

    def read(self, name: str) -> bytes:
        try:
            with (self.where / name).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise self.trouble(f"{name} can't be read ({error.strerror or error})") from error

    def stamp(self, names: Sequence[str]) -> Iterator[object]:
        for name in names:
            about = (self.where / name).stat()
            yield f"{name}:{about.st_mtime_ns}:{about.st_size}"


class ArchiveTree(Tree):
    """The files of a zip archive, which is never unpacked: 120,000 small files cost more than their bytes."""

    remedy = "Remove it to have it downloaded again, or copy it anew."

    def __init__(self, path: Path, archive: zipfile.ZipFile, landmark: str) -> None:
        self.where, self._archive = path, archive
        tops = (name.removesuffix(landmark) for name in archive.namelist() if Path(name).name == landmark)
        self._top = min((top for top in tops if not top.startswith("__MACOSX")), key=len, default="")

    @cached_property
    def names(self) -> frozenset[str]:
        names = (name for name in self._archive.namelist() if name.startswith(self._top) and not name.endswith("/"))
        return frozenset(name.removeprefix(self._top) for name in names)

    def read(self, name: str) -> bytes:
        try:
            with self._archive.open(self._top + name) as file:
                return file.read(MAX_BYTES + 1)  # zipfile compares the check sum when the end is reached
        except _BROKEN as error:
            raise self.trouble(f"{name} in it is damaged ({error})") from error

    def stamp(self, names: Sequence[str]) -> Iterator[object]:
        for name in names:
            about = self._archive.getinfo(self._top + name)
            yield f"{name}:{about.CRC}:{about.file_size}"


@contextmanager
def open_tree(place: Path, landmark: str) -> Iterator[Tree]:
    """The tree of a folder or a zip archive.

    Args:
        landmark: a file that lies in the set's own folder, by which that is found in an archive.

    Raises:
        DataError: if the archive is none, or cut off.
    """
    if place.is_dir():
        yield FolderTree(place)
        return
    try:
        archive = zipfile.ZipFile(place)
    except _BROKEN as error:
        raise DataError(f"{place} can't be used: it is no whole zip archive ({error}). {ArchiveTree.remedy}") from error
    with archive:
        yield ArchiveTree(place, archive, landmark)
