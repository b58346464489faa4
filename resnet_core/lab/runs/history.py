"""RunHistory: ended runs in one SQLite file, which several processes may share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from resnet_core.errors import DataError
from resnet_core.lab.runs.records import RunSnapshot

KEEP = 200
BUSY_S = 10.0  # how long one process waits for another's write
TABLE = "CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, run TEXT NOT NULL)"


class RunHistory:
    """The last `keep` runs that ended, with their curves. Each call has a connection of its own."""

    def __init__(self, path: Path, keep: int = KEEP) -> None:
        self.path, self.keep = path, keep

    def add(self, run: RunSnapshot) -> None:
        """Keep a run; adding it again replaces it. The oldest beyond `keep` are dropped.

        Raises:
            DataError: if the file can't be written.
        """
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO runs (id, run) VALUES (?, ?)", (run.id, run.to_json()))
            database.execute(
                "DELETE FROM runs WHERE number <= (SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (self.keep,),
            )

    def get(self, run_id: str) -> RunSnapshot | None:
        """The run of that id, or None if it never ended or was dropped.

        Raises:
            DataError: if the file, or what it holds of this run, can't be read.
        """
        with self._open() as database:
            row = database.execute("SELECT run FROM runs WHERE id = ?", (run_id,)).fetchone()
        return RunSnapshot.from_json(row[0]) if row else None

    def latest(self, count: int = 20) -> list[RunSnapshot]:
        """The runs that ended last, newest first. One that can't be read (another version wrote it) is left out.

        Raises:
            DataError: if the file can't be read.
        """
        with self._open() as database:
            rows = database.execute("SELECT run FROM runs ORDER BY number DESC LIMIT ?", (count,)).fetchall()
        runs = []
        for (text,) in rows:
            with suppress(DataError):
                runs.append(RunSnapshot.from_json(text))
        return runs

    def newest(self) -> int:
        """A number that grows with each run that is kept: a list that was read at the same number still holds."""
        with self._open() as database:
            return int(database.execute("SELECT COALESCE(MAX(number), 0) FROM runs").fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which is rolled back where anything fails."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=BUSY_S)) as database:
                database.execute("PRAGMA journal_mode = WAL")  # readers don't wait for a writer
                with database:
                    database.execute(TABLE)
                    yield database
        except (sqlite3.Error, OSError) as error:
            raise DataError(
                f"The history of runs in {self.path} can't be used: {error}. Free some space, or remove that file."
            ) from error
