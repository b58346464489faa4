"""Addresses that others can open, where there is one; and the link under which everyone can watch a race."""

from __future__ import annotations

import socket
from urllib.parse import SplitResult, urlsplit, urlunsplit

import streamlit as st

THIS_MACHINE_ALONE = ("localhost", "127.0.0.1", "::1")
EVERY_ADDRESS = ("", "0.0.0.0", "::")


def share(run_id: str) -> None:
    """A button that opens the link of a race, and says who can use it."""
    with st.popover("Share", icon=":material/share:"):
        st.markdown("Everyone with this link watches this race. Only who started it can pause and stop it.")
        listens = st.get_option("server.address") or ""
        address, note = watch_address(st.context.url or "/race", run_id, listens, machine_address())
        st.code(address, language=None, wrap_lines=True)
        if note:
            st.caption(note)


def watch_address(page: str, run_id: str, listens: str, machine: str) -> tuple[str, str]:
    """The address of a race, and a sentence where not everyone can open it.

    Args:
        page: the address of the Race page as the visitor's browser has it.
        listens, machine: as of `reachable`.
    """
    address, trouble = reachable(urlsplit(page)._replace(query=f"run={run_id}", fragment=""), listens, machine)
    came_by = urlsplit(page).hostname
    if trouble or came_by == urlsplit(address).hostname:
        return address, trouble
    return address, (
        f"You came by {came_by}, which others can't open. This is the machine's address in its network; "
        "a firewall may still stand between."
    )


def reachable(address: SplitResult, listens: str, machine: str) -> tuple[str, str]:
    """An address as other devices reach it, and a sentence where they can't.

    Args:
        address: as a browser has it that may be on this machine.
        listens: the address on which the server listens, "" for all of this machine's.
        machine: this machine's address in its network, "" if it has none.
    """
    if address.hostname not in THIS_MACHINE_ALONE:
        return urlunsplit(address), ""
    if listens not in EVERY_ADDRESS:
        return urlunsplit(address), (
            "Only this machine can open that address. Start the app for all with "
            '`make run ARGS="--server.address 0.0.0.0"`: a room, and races that have ended, will still be there.'
        )
    if not machine:
        return urlunsplit(address), "Only this machine can open that address: it is in no network."
    port = f":{address.port}" if address.port else ""
    return urlunsplit(address._replace(netloc=f"{machine}{port}")), ""


def machine_address() -> str:
    """This machine's address in its network, "" if it is in none. Nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # reserved for documentation: it only chooses the way out
        except OSError:
            return ""
        return str(probe.getsockname()[0])
