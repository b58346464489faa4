"""Upload: a file of weights that was sent, and lies in memory alone."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A file that was sent to a server: read as one on disk is, and never written there.

    Attributes:
        name: what its sender calls it, without folders.
        data: its bytes.
    """

    name: str
    data: bytes

    def open(self, mode: str = "rb") -> BytesIO:
        """The bytes for reading; they are not copied. `mode` is there so that a path can stand in its place."""
        assert mode == "rb", mode
        return BytesIO(self.data)
