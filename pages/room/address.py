"""The address that students can reach, and what to do where there is none."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from pages.training.share import reachable

HOTSPOT = (
    "Many school networks keep devices apart. Open a hotspot on a phone or on this computer, and connect this computer "
    "and the class's phones to it: it needs no internet. Or count raised hands."
)


def students_address(page: str, code: str, listens: str, machine: str) -> tuple[str, str]:
    """Where students join, and a sentence where they may not reach it.

    Args:
        page: the address of the teacher's page as the browser has it.
        listens, machine: as of `reachable`.
    """
    address, trouble = reachable(urlsplit(urljoin(page, f"room/{code}")), listens, machine)
    return address, f"{trouble} {HOTSPOT}" if trouble and not machine else trouble


def readable(address: str) -> str:
    """An address as one writes it on a board: without the scheme that browsers add themselves."""
    return address.removeprefix("http://")


def typed_address(text: str, code: str) -> str:
    """The room's address under what a teacher typed: a host, with port and path if it has them; "" for none."""
    text = text.strip().rstrip("/").removesuffix(f"/room/{code}").removesuffix("/join")
    if not text:
        return ""
    with_scheme = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(with_scheme)
        usable = parts.hostname and parts.scheme in ("http", "https") and (parts.port or True)
    except ValueError:
        return ""
    return f"{with_scheme}/room/{code}" if usable and " " not in text else ""
