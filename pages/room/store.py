"""Rooms of a class, in a file that outlives the server: opened, joined, answered. No names, no accounts.

An answer is a record keyed by room, step, round and participant, so that sending it again changes nothing. What only
the opener may do, and how the class answered, is behind `Rooms.steer`.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pages.room.admission import admit, has_place, is_known_address
from pages.room.database import OF_A_ROOM, Database
from pages.room.records import Asked, Measured, Room, RoomError, from_text
from pages.room.steering import Steered, tally_of
from resnet_core.cache import cache_folder

LASTS_S = 24 * 3600.0
REMEMBERED_S = 48 * 3600.0  # after that a code is not known to have been one
OPEN_AT_ONCE = 200
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # without vowels no code is a word
CODE_LENGTH = 4


class Rooms:
    """All rooms of a server; several processes may share the file.

    Args:
        path: of the file.
        clock: tells the time in seconds since 1970.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(path)
        self._clock = clock

    def open(self) -> tuple[str, str]:
        """A new room: its code, and the secret that steers it, which is kept as a hash only.

        Raises:
            RoomError: if too many rooms are open.
        """
        self._sweep()
        ((count,),) = self._database.rows("SELECT COUNT(*) FROM rooms WHERE ended IS NULL")
        if count >= OPEN_AT_ONCE:
            raise RoomError(
                f"{count} rooms are open on this server, and it holds no more. Close one, or come back later.", 503
            )
        secret = secrets.token_urlsafe(16)
        while True:
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            if self._database.write(
                "INSERT OR IGNORE INTO rooms (code, secret, opened) VALUES (?, ?, ?)",
                code,
                _hash(secret),
                self._clock(),
            ):
                return code, secret

    def find(self, code: str) -> Room:
        """The open room of that code, however it was typed.

        Raises:
            RoomError: if there is none, or it has ended.
        """
        code = tidy(code)
        row = next(iter(self._database.rows("SELECT * FROM rooms WHERE code = ?", code)), None)
        if row is None:
            raise RoomError(
                f"There is no room {code}. Look at the screen again: a code has {CODE_LENGTH} letters.", 404
            )
        if row["ended"] or self._clock() - row["opened"] > LASTS_S:
            raise RoomError(f"The room {code} has ended. Ask for the code of the next one.", 410)
        ((joined,),) = self._database.rows("SELECT COUNT(*) FROM participants WHERE room = ?", code)
        return Room(
            code=code, opened=row["opened"], step=row["step"], by_hands=bool(row["by_hands"]),
            card=bool(row["card"]), takes_in=bool(row["takes_in"]), reached=bool(row["reached"]), joined=joined,
        )  # fmt: skip

    def steer(self, code: str, secret: str) -> Steered:
        """What only the opener may do.

        Raises:
            RoomError: for another secret, or a room that has ended.
        """
        room = self.find(code)
        ((kept,),) = self._database.rows("SELECT secret FROM rooms WHERE code = ?", room.code)
        if not secrets.compare_digest(kept, _hash(secret)):
            raise RoomError(f"Only who opened the room {room.code} steers it.", 403)
        return Steered(self._database, room.code, self._clock)

    def join(self, code: str, participant: str, address: str = "", device: str = "") -> dict[str, str]:
        """Take part; coming back changes nothing.

        Args:
            address: from where.
            device: the number of the browser, one of its own if left out.

        Returns:
            what this participant has answered so far, by "step round".

        Raises:
            RoomError: if the room takes nobody in, has ended or never was.
        """
        room = self.find(code)
        code = room.code
        admit(self._database, room, participant, address, device)
        mine = self._database.rows(
            "SELECT step, round, answer FROM answers WHERE room = ? AND participant = ?", code, participant
        )
        return {f"{row['step']} {row['round']}": row["answer"] for row in mine}

    def asked(self, code: str, step: str) -> Asked | None:
        """A step's question as this room has asked it, None where it has not. `code` is a room's own."""
        rows = self._database.rows("SELECT * FROM steps WHERE room = ? AND step = ?", code, step)
        return next((_asked(row) for row in rows), None)

    def answer(self, code: str, participant: str, step: str, turn: int, answer: str) -> None:
        """Answer a step's question in a round, again or for the first time. Until the reveal the last answer counts.

        Args:
            turn: the round, 1 or 2: an answer that comes late does not count for the next one.

        Raises:
            RoomError: for an answer that the question does not take, a step that takes none now, a stranger.
        """
        room = self.find(code)
        asked = self.asked(room.code, step)
        if asked is None or not asked.question.accepts(answer):
            raise RoomError(f"{_short(answer)} is no answer to this question. {_allowed(asked)}".strip(), 422)
        text = answer if asked.question.options else f"{float(answer):g}"
        # One statement, so that no reveal comes between the look and the record.
        taken = self._database.write(
            "INSERT INTO answers SELECT p.room, s.step, s.round, p.participant, ? FROM participants p JOIN steps s "
            "ON s.room = p.room WHERE p.room = ? AND p.participant = ? AND s.step = ? AND s.round = ? "
            "AND s.state = 'open' ON CONFLICT DO UPDATE SET answer = excluded.answer",
            text, room.code, participant, step, turn,
        )  # fmt: skip
        if not taken and not self.takes_part(room.code, participant):
            raise RoomError("Join the room first: load this page again.", 403)
        if not taken:
            raise RoomError("It is too late for this answer: the question is closed.", 409)

    def given(self, code: str, step: str) -> int:
        """How many have answered that step in its present round. `code` is a room's own."""
        counted = self._database.rows(
            "SELECT COUNT(*) FROM answers a JOIN steps s USING (room, step, round) WHERE room = ? AND step = ?",
            code, step,
        )  # fmt: skip
        return int(counted[0][0])

    def revealed(self, code: str, step: str) -> tuple[dict[str, int], ...]:
        """How the class answered, in each round; nothing before the reveal."""
        room, asked = self.find(code), self.asked(code, step)
        if asked is None or asked.state != "revealed":
            return ()
        return tally_of(self._database, room, asked).rounds

    def settle(self, code: str, step: str, measured: Measured) -> None:
        """A race has said who is right: show it, whoever looks first."""
        self._database.write(
            "UPDATE steps SET state = 'revealed', measured = ? WHERE room = ? AND step = ? AND state = 'locked'",
            json.dumps(measured), code, step,
        )  # fmt: skip

    def reach(self, code: str) -> None:
        """Note that another device has reached this room."""
        self._database.write("UPDATE rooms SET reached = 1 WHERE code = ? AND reached = 0", tidy(code))

    def shut(self) -> None:
        """Let go of the file."""
        self._database.close()

    def takes_part(self, code: str, participant: str) -> bool:
        """Whether someone has joined a room. `code` is a room's own."""
        return has_place(self._database, code, participant)

    def knows(self, code: str, address: str) -> bool:
        """Whether someone who takes part came from that address. `code` is a room's own."""
        return is_known_address(self._database, code, address)

    def _sweep(self) -> None:
        """End rooms that are a day old, forget what was answered in those that ended, and at last their codes."""
        now = self._clock()
        self._database.write("UPDATE rooms SET ended = ? WHERE ended IS NULL AND opened < ?", now, now - LASTS_S)
        for table in OF_A_ROOM:
            self._database.write(f"DELETE FROM {table} WHERE room IN (SELECT code FROM rooms WHERE ended IS NOT NULL)")
        self._database.write("DELETE FROM rooms WHERE opened < ?", now - REMEMBERED_S)


def tidy(code: str) -> str:
    """A code as it was meant: "k l-px" is KLPX."""
    return "".join(letter for letter in code.upper() if letter.isalnum())[:12]


def rooms() -> Rooms:
    """The rooms of this server, beside its races."""
    return _rooms_in(cache_folder() / "rooms.sqlite")


@cache
def _rooms_in(path: Path) -> Rooms:
    found = Rooms(path)
    atexit.register(found.shut)
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _asked(row: sqlite3.Row) -> Asked:
    values = dict(row)
    measured = values["measured"]
    return Asked(
        step=values["step"], question=from_text(values["question"]), asking=values["asking"], round=values["round"],
        state=values["state"], measured=None if measured is None else json.loads(measured), run=values["run"],
    )  # fmt: skip


def _short(answer: str) -> str:
    return repr(answer if len(answer) <= 40 else f"{answer[:40]}…")


def _allowed(asked: Asked | None) -> str:
    if asked is None:
        return "It has not been asked here."
    question = asked.question
    if question.options:
        return f"Choose one of: {', '.join(question.options)}."
    return f"Give a number from {question.least:g} to {question.most:g}."
