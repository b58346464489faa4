"""How much of what visitors send, and of what comes of it, a server keeps.

Streamlit itself keeps every upload until its visitor has gone.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MOST_OF_ONE = 300_000_000  # bytes of one visitor: a network of their own, and thirty photos of a phone
MOST_OF_ALL = 2_000_000_000  # bytes of all visitors of a server


class Keeper(Protocol):
    """What keeps something of a visitor beside Streamlit: photos, or a network that has learnt from them."""

    @property
    def kept_bytes(self) -> int:
        """What they take."""


_KEEPERS: WeakSet[Keeper] = WeakSet()  # each goes with its visit
_LOCK = threading.Lock()


def count_too(keeper: Keeper) -> None:
    """Let what this one keeps count among what the server keeps for visitors."""
    with _LOCK:
        _KEEPERS.add(keeper)


def refusal() -> str:
    """Why what has just been sent is too much: a sentence, or "" if it may stay."""
    files, session = _server_files()
    mine, all_of_them = files.get(session, 0), sum(files.values()) + _beside_files()
    if mine > MOST_OF_ONE:
        return (
            f"Together your files would take {megabytes(mine)}; this server keeps {megabytes(MOST_OF_ONE)} for "
            "each visitor. The last ones were not taken: forget earlier ones first, or send fewer or smaller ones."
        )
    if all_of_them > MOST_OF_ALL:
        return (
            f"All visitors together have {megabytes(all_of_them)} of files here, and this server keeps "
            f"{megabytes(MOST_OF_ALL)}. Your last ones were not taken: try again in some minutes, or take a sample."
        )
    return ""


def no_room(more: int) -> str:
    """Why the server can't keep so many bytes more, whoever asks: a sentence, or "" if it can."""
    kept = sum(_server_files()[0].values()) + _beside_files()
    if kept + more <= MOST_OF_ALL:
        return ""
    return (
        f"All visitors together have {megabytes(kept)} here, this would take {megabytes(more)}, and the server keeps "
        f"{megabytes(MOST_OF_ALL)}. Nothing was begun: try again in some minutes."
    )


def forget(files: Sequence[UploadedFile]) -> None:
    """Free what some of this visitor's files take."""
    manager, session = _manager()
    if manager:
        for file in files:
            manager.remove_file(session, file.file_id)


def keep_only(files: Sequence[UploadedFile]) -> None:
    """Free what all of this visitor's other files take, also of those that were sent and never shown."""
    manager, session = _manager()
    kept = {file.file_id for file in files}
    if manager:
        for file_id in set(manager.file_storage.get(session, ())) - kept:
            manager.remove_file(session, file_id)


def _server_files() -> tuple[dict[str, int], str]:
    """Bytes of each visitor's files, by their session, and the session that asks."""
    manager, session = _manager()
    storage = list(manager.file_storage.items()) if manager else []
    return {name: sum(len(file.data) for file in list(files.values())) for name, files in storage}, session


def _beside_files() -> int:
    with _LOCK:
        keepers = list(_KEEPERS)
    return sum(one.kept_bytes for one in keepers)


def _manager() -> tuple[MemoryUploadedFileManager | None, str]:
    context = get_script_run_ctx(suppress_warning=True)
    manager = context.uploaded_file_mgr if context else None
    return (manager, context.session_id) if context and isinstance(manager, MemoryUploadedFileManager) else (None, "")
