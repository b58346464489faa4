"""The file in which rooms live: its tables, and one connection that all threads of a server share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_core.errors import DataError

BUSY_S = 2.0  # how long one process waits for another's write
TABLES = """
CREATE TABLE IF NOT EXISTS rooms (
    code TEXT PRIMARY KEY, secret TEXT NOT NULL, opened REAL NOT NULL, ended REAL,
    step TEXT NOT NULL DEFAULT '', by_hands INTEGER NOT NULL DEFAULT 0, reached INTEGER NOT NULL DEFAULT 0,
    card INTEGER NOT NULL DEFAULT 1, takes_in INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
    room TEXT, step TEXT, question TEXT NOT NULL, asking INTEGER NOT NULL DEFAULT 1, round INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'open', measured TEXT, run TEXT NOT NULL DEFAULT '', PRIMARY KEY (room, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS participants (
    room TEXT, participant TEXT, address TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (room, participant)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    room TEXT, step TEXT, round INTEGER, participant TEXT, answer TEXT NOT NULL,
    PRIMARY KEY (room, step, round, participant)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hands (
    room TEXT, step TEXT, round INTEGER, answer TEXT, count INTEGER NOT NULL, PRIMARY KEY (room, step, round, answer)
) WITHOUT ROWID;
"""
ADDED = {  # since the first version: a file of a server that has been updated has none of these
    "rooms": {"card": "INTEGER NOT NULL DEFAULT 0", "takes_in": "INTEGER NOT NULL DEFAULT 1"},
    "participants": {"address": "TEXT NOT NULL DEFAULT ''", "device": "TEXT NOT NULL DEFAULT ''"},
}  # fmt: skip
OF_A_ROOM = ("steps", "participants", "answers", "hands")


class Database:
    """Statements on one SQLite file; each is whole or not at all, and written before it returns.

    What is written outlives a killed server; a power cut may take the last second (WAL, synchronous NORMAL). Opening
    the file anew for each statement would cost more than the statement, and a write to disk at each close.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def rows(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """All rows that a query finds.

        Raises:
            DataError: if the file can't be used.
        """
        with self._open() as connection:
            return connection.execute(statement, values).fetchall()

    def write(self, statement: str, *values: object) -> int:
        """Carry out a statement; gives the number of rows that it changed.

        Raises:
            DataError: if the file can't be written.
        """
        with self._open() as connection:
            return connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Let go of the file; the next statement opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection = self._connection or _connect(self.path)
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                raise DataError(
                    f"The rooms in {self.path} can't be used: {error}. Free some space, or remove that file."
                ) from error


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")  # readers don't wait for a writer
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(TABLES)
    for table, columns in ADDED.items():
        there = {row["name"] for row in connection.execute(f"PRAGMA table_info({table})")}
        for column in columns.keys() - there:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {columns[column]}")
    return connection
