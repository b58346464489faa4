"""Steered: what only who opened a room may do, and how the class answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from pages.lesson.question import Question
from pages.room.database import OF_A_ROOM, Database
from pages.room.records import Asked, Measured, Room, Tally, to_text


class Steered:
    """A room in its opener's hands. Each call may be repeated: the second one changes nothing."""

    def __init__(self, database: Database, code: str, clock: Callable[[], float]) -> None:
        self.code = code
        self._database, self._clock = database, clock

    def ask(self, step: str, question: Question) -> None:
        """Bring the class to a step. One that was asked before is as it was left."""
        self._database.write(
            "INSERT INTO steps (room, step, question) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET question = excluded.question",
            self.code, step, to_text(question),
        )  # fmt: skip
        self._database.write("UPDATE rooms SET step = ? WHERE code = ?", step, self.code)

    def ask_anew(self, step: str) -> None:
        """Forget how a step was answered, and ask it again."""
        for table in ("answers", "hands"):
            self._database.write(f"DELETE FROM {table} WHERE room = ? AND step = ?", self.code, step)
        self._set(step, "asking = asking + 1, round = 1, state = 'open', measured = NULL, run = ''")

    def vote_again(self, step: str) -> None:
        """The second round of a question that has two; what the first one said stays."""
        self._set(step, "round = 2", "state = 'open'")

    def lock(self, step: str, run: str) -> None:
        """Take no more answers: a race has begun that will say who is right."""
        self._set(step, "state = 'locked', run = ?", "state != 'revealed'", run)

    def reveal(self, step: str, measured: Measured) -> None:
        """Show all how the class answered, and what is right."""
        self._set(step, "state = 'revealed', measured = ?", "1", None if measured is None else json.dumps(measured))

    def use_hands(self, on: bool) -> None:
        """Let raised hands count and phones not, or the other way round."""
        self._database.write("UPDATE rooms SET by_hands = ? WHERE code = ?", int(on), self.code)

    def show_card(self, on: bool) -> None:
        """Show the code to join large, or put it away; in the file, so that a restart in the middle hides nothing."""
        self._database.write("UPDATE rooms SET card = ? WHERE code = ?", int(on), self.code)

    def take_in(self, on: bool) -> None:
        """Let others join, or nobody any more. Who is in stays in."""
        self._database.write("UPDATE rooms SET takes_in = ? WHERE code = ?", int(on), self.code)

    def raise_hands(self, step: str, turn: int, counts: Mapping[str, int]) -> None:
        """Note how many hands were raised for each answer, in that round."""
        for answer, count in counts.items():
            self._database.write(
                "INSERT OR REPLACE INTO hands VALUES (?, ?, ?, ?, ?)", self.code, step, turn, answer, max(0, count)
            )

    def tally(self, room: Room, asked: Asked) -> Tally:
        """How the class has answered so far, revealed or not."""
        return tally_of(self._database, room, asked)

    def close(self) -> None:
        """End the room, and forget what was answered in it."""
        self._database.write("UPDATE rooms SET ended = ? WHERE code = ?", self._clock(), self.code)
        for table in OF_A_ROOM:
            self._database.write(f"DELETE FROM {table} WHERE room = ?", self.code)

    def _set(self, step: str, change: str, only_if: str = "1", *values: object) -> None:
        self._database.write(
            f"UPDATE steps SET {change} WHERE room = ? AND step = ? AND {only_if}", *values, self.code, step
        )


def tally_of(database: Database, room: Room, asked: Asked) -> Tally:
    """Answers or hands of a step, for each round so far."""
    table, count = ("hands", "count") if room.by_hands else ("answers", "1")
    rows = database.rows(
        f"SELECT round, answer, SUM({count}) FROM {table} WHERE room = ? AND step = ? GROUP BY round, answer",
        room.code, asked.step,
    )  # fmt: skip
    turns = range(1, asked.round + 1)
    return Tally(
        joined=room.joined,
        rounds=tuple({row["answer"]: row[2] for row in rows if row["round"] == turn and row[2]} for turn in turns),
    )
