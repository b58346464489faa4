"""Whether a browser lends a page its camera: only over https, or to a page of the machine that it runs on."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def has_camera(url: str | None) -> bool:
    """Whether a browser that came by this address gives a page the camera, as W3C's Secure Contexts has it.

    None, where nobody knows the address, counts as yes.
    """
    if not url:
        return True
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
