"""Cancellation: how another thread ends a download, also one that waits for a silent server."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from resnet_core.errors import WeightsError


class DownloadCancelledError(WeightsError):
    """Somebody asked for the end of the download; what has arrived is kept."""


def cancelled_sentence(file: str, kept_bytes: int) -> str:
    """What became of a cancelled download."""
    kept = f"The {kept_bytes / 1e6:,.1f} MB that have arrived are kept" if kept_bytes else "Nothing had arrived yet"
    then = "the next one goes on from there" if kept_bytes else "the next one begins anew"
    return f"The download of {file} was cancelled. {kept}; {then}."


class Cancellation:
    """A wish that a download may end, from any thread."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None

    @property
    def asked(self) -> bool:
        """Whether the download is to end."""
        return self._asked.is_set()

    def cancel(self) -> None:
        """End the download: at once where a server has answered, after its time limit where none has."""
        self._asked.set()
        with self._lock:
            self._hang_up()

    @contextmanager
    def hearing(self, response: http.client.HTTPResponse) -> Iterator[None]:
        """While it lasts, cancel() hangs up the connection that `response` comes from."""
        with self._lock:
            if not response.isclosed():
                self._connection = socket.socket(fileno=socket.dup(response.fileno()))
        try:
            yield
        finally:
            with self._lock:
                if self._connection is not None:
                    self._connection.close()
                self._connection = None

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(OSError):  # the server was faster
                self._connection.shutdown(socket.SHUT_RDWR)
