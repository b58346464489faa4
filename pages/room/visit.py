"""Which room this visit steers: by its secret, which the session, the browser's cookie or the opener's own link has.

The secret is in no address that a page shows: a link to the page leads others to the page, not to the controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._links import hear_link, link
from pages.room.records import RoomError
from pages.room.routes import cookie_name
from pages.room.store import LASTS_S, rooms, tidy

if TYPE_CHECKING:
    from pages.room.steering import Steered

# A cookie, because the server sees it in the first run of any tab. It needs no answer.
_KEEP = st.components.v2.component(
    "room_keeper",
    html="<span hidden></span>",
    js="""export default ({data}) => {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `${data.name}=${data.secret}; Path=/; Max-Age=${data.lasts_s}; SameSite=Lax${secure}`;
    }""",
)


def steered() -> Steered | None:
    """The room of the link where this visit steers it, or without a link the one that it opened last; else None.

    Raises:
        DataError: if the rooms can't be read.
    """
    code = tidy(hear_link("room"))
    for known in [code] if code else reversed(_codes()):
        try:
            found = rooms().steer(known, _secret(known))
        except RoomError:
            continue
        if not code:
            link("room", known)
            hear_link("room")
        return found
    return None


def looked_at() -> tuple[str, str]:
    """The room of a link that this visit does not steer, "" without one; and why it can't be joined, "" if it can."""
    code = tidy(hear_link("room"))
    if not code:
        return "", ""
    try:
        rooms().find(code)
    except RoomError as error:
        return code, str(error)
    return code, ""


def open_room() -> None:
    """Open a room, which this visit steers from now on.

    Raises:
        RoomError, DataError: if it can't be.
    """
    code, secret = rooms().open()
    _own()[code] = secret
    link("room", code)


def leave_room(code: str) -> None:
    """Forget a room that has ended."""
    _own()[code] = ""
    link("room", "")


def keep_secrets() -> None:
    """Let the browser keep what this visit has opened or closed, for its other tabs and for a reload."""
    for code, secret in _own().items():
        kept = {"name": cookie_name(code), "secret": secret, "lasts_s": int(LASTS_S) if secret else 0}
        _KEEP(data=kept, key=f"room_keeper_{code}")


def own_link(address: str, code: str) -> str:
    """The address that gives the room into the hands of whoever opens it.

    Args:
        address: of the room, as other devices reach it.
    """
    return f"{address}/steer/{_secret(code)}"


def _codes() -> list[str]:
    """Rooms that this browser has opened, the newest last."""
    prefix = cookie_name("")
    kept = [name.removeprefix(prefix) for name in st.context.cookies if name.startswith(prefix)]
    return [*kept, *(code for code, secret in _own().items() if secret)]


def _secret(code: str) -> str:
    own = _own().get(code)
    return st.context.cookies.get(cookie_name(code), "") if own is None else own


def _own() -> dict[str, str]:
    """Rooms that this visit has opened -> secret, "" for one that it has closed."""
    own: dict[str, str] = st.session_state.setdefault("_rooms", {})
    return own
