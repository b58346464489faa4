"""Who gets one of a room's places, so that nobody fills it alone."""

from __future__ import annotations

import hashlib

from pages.room.database import Database
from pages.room.records import Room, RoomError

HOLDS = 200
OF_A_DEVICE = 3  # places that one browser may have: neighbours share a phone


def admit(database: Database, room: Room, participant: str, address: str, device: str) -> None:
    """Give someone a place, or leave them theirs.

    One browser gets a few places. A whole school may come from one address, so an address has no limit while there is
    room; in a full one who comes from an address with fewer places takes one that has answered nothing from the address
    that has the most. What this can't tell from a class is a program that throws its cookie away: once all are in, the
    opener lets nobody else in.

    Raises:
        RoomError: why there is no place.
    """
    code, mine, browser = room.code, _mark(room.code, address), _mark(room.code, device or participant)
    if has_place(database, code, participant):
        return
    if not room.takes_in:
        raise RoomError(f"The room {code} takes nobody else in. Ask your teacher: one press opens it again.", 403)
    if _places(database, code, browser) >= OF_A_DEVICE:
        raise RoomError(f"This browser has joined {OF_A_DEVICE} times already. Answer on the page that is open.", 403)
    if _take(database, code, participant, mine, browser):
        return
    _free_a_place(database, code, mine)
    if not _take(database, code, participant, mine, browser) and not has_place(database, code, participant):
        raise RoomError(
            f"The room {code} is full: {HOLDS} take part already. Watch the screen, or look on with a neighbour.", 403
        )


def is_known_address(database: Database, code: str, address: str) -> bool:
    """Whether someone who takes part in a room came from there."""
    found = database.rows("SELECT 1 FROM participants WHERE room = ? AND address = ?", code, _mark(code, address))
    return bool(found)


def _take(database: Database, code: str, participant: str, address: str, device: str) -> int:
    return database.write(
        "INSERT OR IGNORE INTO participants (room, participant, address, device) SELECT ?, ?, ?, ? "
        "WHERE (SELECT COUNT(*) FROM participants WHERE room = ?) < ?",
        code, participant, address, device, code, HOLDS,
    )  # fmt: skip


def _places(database: Database, code: str, device: str) -> int:
    found = database.rows("SELECT COUNT(*) FROM participants WHERE room = ? AND device = ?", code, device)
    return int(found[0][0])


def has_place(database: Database, code: str, participant: str) -> bool:
    """Whether someone has joined a room."""
    found = database.rows("SELECT 1 FROM participants WHERE room = ? AND participant = ?", code, participant)
    return bool(found)


def _free_a_place(database: Database, code: str, mine: str) -> None:
    database.write(
        "DELETE FROM participants WHERE room = ?1 AND participant = ("
        " SELECT p.participant FROM participants p WHERE p.room = ?1 AND p.address = ("
        "  SELECT address FROM participants WHERE room = ?1 GROUP BY address ORDER BY COUNT(*) DESC LIMIT 1)"
        " AND p.address != ?2 AND NOT EXISTS ("
        "  SELECT 1 FROM answers a WHERE a.room = p.room AND a.participant = p.participant)"
        " AND (SELECT COUNT(*) FROM participants WHERE room = ?1 AND address = p.address)"
        "  > 1 + (SELECT COUNT(*) FROM participants WHERE room = ?1 AND address = ?2) LIMIT 1)",
        code, mine,
    )  # fmt: skip


def _mark(code: str, name: str) -> str:
    """What is kept of an address or a browser: enough to tell whether two are the same."""
    return hashlib.sha256(f"{code} {name}".encode()).hexdigest()[:16]
