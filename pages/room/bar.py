"""The room in a line, and the code to join it, large: what a class needs to see."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import drawing, literal, presenting, theme_name, verbatim
from pages.room.address import HOTSPOT, readable, students_address, typed_address
from pages.room.card import join_card
from pages.room.store import rooms
from pages.room.visit import leave_room, own_link
from pages.training.share import machine_address

if TYPE_CHECKING:
    from pages.room.records import Room
    from pages.room.steering import Steered

LOOK_AGAIN_S = 2.0
SOON_S = 30.0  # a class with phones in hand has reached a room by then
ADDRESS = "_room_address"


def slim_line(steered: Steered, room: Room) -> None:
    """Code, address and who is there; what changes the room lies behind a press."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="room_bar"):
        address, _ = _address(steered.code)
        st.markdown(f"Room **{steered.code}** · {verbatim(readable(address))}", width="content")
        st.button(
            "Hide code" if room.card else "Show code", icon=":material/qr_code_2:", key="room_show",
            on_click=steered.show_card, args=(not room.card,),
        )  # fmt: skip
        with st.popover("Room", icon=":material/settings:"):
            _settings(steered, room)
    if room.card and not presenting():
        with st.container(border=True):
            show_card(steered.code)


def _settings(steered: Steered, room: Room) -> None:
    st.toggle(
        "Count raised hands", value=room.by_hands, key="room_hands", on_change=_use_hands, args=(steered,),
        help="For a class without phones or network. Answers of phones wait meanwhile.",
    )  # fmt: skip
    st.toggle(
        "Let nobody else in", value=not room.takes_in, key="room_shut", on_change=_take_in, args=(steered,),
        help="Once the class is in. Who has joined stays. Are there more than you see? Close the room, open another.",
    )  # fmt: skip
    st.text_input(
        "Students reach this computer at", key=ADDRESS, placeholder=readable(_guessed(steered.code)[0]), max_chars=200,
        help="Where the address is another one, as behind a school's server, type it here: the code points there.",
    )  # fmt: skip
    if not presenting():  # on the wall everybody would read it
        st.markdown("Your own link steers this room from another computer. Keep it to yourself.")
        st.code(own_link(_address(steered.code)[0], steered.code), language=None, wrap_lines=True)
    st.button("Close the room", icon=":material/close:", key="room_close", on_click=_close, args=(steered,))


def _use_hands(steered: Steered) -> None:
    steered.use_hands(st.session_state.room_hands)


def _take_in(steered: Steered) -> None:
    steered.take_in(not st.session_state.room_shut)


def _close(steered: Steered) -> None:
    steered.close()
    leave_room(steered.code)


def _address(code: str) -> tuple[str, str]:
    """The students' address, as typed or as found, and what stands in the way of it."""
    typed = typed_address(st.session_state.get(ADDRESS) or "", code)
    return (typed, "") if typed else _guessed(code)


def _guessed(code: str) -> tuple[str, str]:
    listens = st.get_option("server.address") or ""
    return students_address(st.context.url or "http://localhost/", code, listens, machine_address())


def show_card(code: str) -> None:
    """The code to join, large, and whether phones reach this machine."""
    address, trouble = _address(code)
    drawing(join_card(address, code, theme_name()), key="room_card")
    if trouble and presenting():
        st.caption("Phones can't open that address yet: the lesson's own page says why.")
    elif trouble:
        st.warning(trouble, icon=":material/wifi_off:")
    else:
        _reached(code)


@st.fragment(run_every=LOOK_AGAIN_S)
def _reached(code: str) -> None:
    """How many are there, and whether phones reach this machine at all."""
    try:
        room = rooms().find(code)
    except rc.ResNetCoreError as error:
        st.warning(literal(error))
        return
    here = f"**{room.joined}** {'has' if room.joined == 1 else 'have'} joined." if room.joined else ""
    if room.reached:
        st.markdown(f":material/wifi: Another device has reached this room. {here}")
    elif time.time() - room.opened < SOON_S:
        st.markdown(f":material/hourglass_top: Waiting for the first device. Try it with your own phone. {here}")
    else:
        st.markdown(f":material/wifi_off: No other device has reached this room yet. {here}")
        st.caption(f"{HOTSPOT} Both are set under **Room**: the new address, and hands.")
