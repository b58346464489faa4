"""What a visitor's browser needs to run a CIFAR network: the module and the weights, under addresses that last."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from resnet_core.data import network_module
from resnet_core.version import VERSION

if TYPE_CHECKING:
    from resnet_core.weights.record import Weights

KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def served_network(weights: Weights) -> dict[str, Any]:
    """For a drawing's data: where the module and these weights are; nothing for a network that no browser runs."""
    if weights not in _networks():
        return {}
    address = f"browser/{_edition()}"
    return {
        "alone": {},
        "network": {"module": f"{address}/network.js", "weights": f"{address}/{weights.name}.safetensors"},
    }


def network_routes() -> list[Route]:
    """Both files. Streamlit's own pages are one step deep, so that their addresses lead here from each of them."""
    return [Route("/browser/{edition}/network.js", _module), Route("/browser/{edition}/{name}.safetensors", _weights)]


def _module(request: Request) -> Response:
    return _kept(request, network_module().encode(), "text/javascript")


def _weights(request: Request) -> Response:
    found = [one for one in _networks() if one.name == request.path_params["name"]]
    if not found:
        return PlainTextResponse("There is no such network.", 404)
    return _kept(request, _file(found[0]), "application/octet-stream")


def _kept(request: Request, content: bytes, kind: str) -> Response:
    """A file that a browser keeps for good: another edition has another address."""
    if request.path_params["edition"] != _edition():
        return PlainTextResponse("That was another version's. Load the page again.", 404)
    return Response(content, media_type=kind, headers=KEPT)


@cache
def _networks() -> tuple[Weights, ...]:
    from resnet_core.figures.browser.networks import networks_for_pages

    return tuple(networks_for_pages())


@cache
def _edition() -> str:
    """A name for all that the files depend on."""
    parts = (VERSION, network_module(), *(str(one.sha256) for one in _networks()))
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def _file(weights: Weights) -> bytes:
    from resnet_core.figures.browser.networks import network_file

    return network_file(weights)
