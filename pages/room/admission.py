"""Who gets one of a room's places: a full room shares them out, so that no device can fill it alone."""

from __future__ import annotations

import hashlib

from pages.room.database import Database

HOLDS = 200


def admit(database: Database, code: str, participant: str, address: str) -> bool:
    """Give someone a place, or leave them theirs; whether they have one now.

    A whole school may come from one address, so an address has no limit of its own while there is room. In a full room
    who comes from an address with fewer places takes one that has answered nothing from the address that has the most.
    """
    mine = _mark(code, address)
    if _take(database, code, participant, mine) or has_place(database, code, participant):
        return True
    _free_a_place(database, code, mine)
    return bool(_take(database, code, participant, mine))


def is_known_address(database: Database, code: str, address: str) -> bool:
    """Whether someone who takes part in a room came from there."""
    found = database.rows("SELECT 1 FROM participants WHERE room = ? AND address = ?", code, _mark(code, address))
    return bool(found)


def _take(database: Database, code: str, participant: str, mark: str) -> int:
    return database.write(
        "INSERT OR IGNORE INTO participants (room, participant, address) SELECT ?, ?, ? "
        "WHERE (SELECT COUNT(*) FROM participants WHERE room = ?) < ?",
        code, participant, mark, code, HOLDS,
    )  # fmt: skip


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


def _mark(code: str, address: str) -> str:
    """What is kept of an address: enough to tell whether two are the same."""
    return hashlib.sha256(f"{code} {address}".encode()).hexdigest()[:16]
