"""The small routes beside Streamlit's: where students join, what their page asks for, the opener's link, files."""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from pages.addition.served import network_routes
from pages.room.limits import Limit
from pages.room.records import RoomError
from pages.room.store import CODE_LENGTH, LASTS_S, rooms, tidy
from pages.room.student import join_page, news, policy, student_page
from resnet_core.errors import DataError

MOST_BYTES = 2_000
PATIENCE_BYTES = 4_000_000  # read and thrown away, so that who sends too much hears why
NEWS_LASTS_S = 0.25  # what a class sees is looked up once for all who ask meanwhile
STEERS_AT = "lesson"  # the page that the opener's own link leads to
NUMBER = re.compile(r"[0-9a-f]{32}")  # random, of a participant or a browser
DEVICE = "class_device"  # the cookie with a browser's number, which no script of a page can read or throw away

_wrong_codes = Limit(60, 60.0)
_said_wrong = Limit(1, 60.0)  # the same wrong code again, as from a page that is still open, is no new try
_new = Limit(60, 60.0)  # a class behind one address; the page of who comes after tries again by itself
_sent = Limit(150, 10.0)
_news: dict[str, tuple[float, bytes]] = {}

Handler = Callable[[Request], Awaitable[Response]]


def _json(handler: Handler) -> Handler:
    """A route whose refusals are sentences in JSON."""

    async def handled(request: Request) -> Response:
        try:
            return await handler(request)
        except RoomError as error:
            return JSONResponse({"error": str(error)}, error.status)
        except DataError:
            sentence = "The server can't write down answers just now. Yours is kept on this phone and sent again."
            return JSONResponse({"error": sentence}, 503)

    return handled


async def join(request: Request) -> Response:
    """The field for a code; a code that is right leads into its room."""
    typed = request.query_params.get("code", "").strip()
    code = tidy(typed)
    if typed and not code:
        return _page(join_page("join", typed, f"A code has {CODE_LENGTH} letters, and there is none in that."), 404)
    return _into_room(request, code) if code else _page(join_page("join"))


async def room(request: Request) -> Response:
    """The student's page."""
    asked = request.path_params["code"]
    if asked != tidy(asked):
        return RedirectResponse(tidy(asked) or "../join", 303)
    try:
        _find(request, asked)
    except RoomError as error:
        return _page(join_page("../join", asked, str(error)), error.status)
    page = _page(student_page(asked))
    if not _device(request):
        _keep_cookie(request, page, DEVICE, secrets.token_hex(16), httponly=True)
    return page


async def steer(request: Request) -> Response:
    """The opener's own link: this browser steers the room from now on. It names no one, and is in no shared link."""
    code, secret = tidy(request.path_params["code"]), request.path_params["secret"]
    try:
        rooms().steer(code, secret)
    except RoomError as error:
        return _page(join_page("../../../join", code, str(error)), error.status)
    at = rooms().find(code).step
    place = f"&lesson={at}" if at else ""
    reply = RedirectResponse(f"../../../{STEERS_AT}?room={code}{place}", 303, _HEADERS)
    _keep_cookie(request, reply, cookie_name(code), secret)
    return reply


@_json
async def now(request: Request) -> Response:
    """The step that the class is at, as everyone may see it."""
    code = request.path_params["code"]
    made, text = _news.get(code, (0.0, b""))
    if time.monotonic() - made > NEWS_LASTS_S:
        found = _find(request, code, request.headers.get("participant", ""))
        text = json.dumps(news(rooms(), found), ensure_ascii=False, separators=(",", ":")).encode()
        _news.pop(code, None)
        _news[code] = time.monotonic(), text
        while len(_news) > 100:
            _news.pop(next(iter(_news)))
    return Response(text, media_type="application/json", headers=_HEADERS)


@_json
async def take_part(request: Request) -> Response:
    """Join a room, or come back to it."""
    sent = await _sent_by_participant(request)
    me, client, device = sent["participant"], _client(request), _device(request)
    found = _find(request, request.path_params["code"], me)
    is_new = not rooms().takes_part(found, me)
    if is_new and not device:
        raise RoomError("A cookie keeps your place. Allow this page its own, and load it again.", 403)
    if is_new and _new.is_spent(client):
        raise RoomError("Many join from this network just now. Keep this page open: it tries again.", 429)
    answers = rooms().join(found, me, client, device)
    if is_new:  # who was refused has taken nothing from who comes after
        _new.lets(client)
    return JSONResponse({"answers": answers}, headers=_HEADERS)


@_json
async def answer(request: Request) -> Response:
    """Write down an answer. It is written when this replies."""
    sent = await _sent_by_participant(request)
    step, turn, said = (sent.get(name) for name in ("step", "round", "answer"))
    if not (isinstance(step, str) and isinstance(said, str) and turn in (1, 2)):
        raise RoomError('An answer has a "step", a "round" (1 or 2) and an "answer" in words.', 422)
    found = _find(request, request.path_params["code"], sent["participant"])
    rooms().answer(found, sent["participant"], step, turn, said)
    return JSONResponse({"answer": said}, headers=_HEADERS)


def cookie_name(code: str) -> str:
    """Under which a browser keeps the secret of a room that it opened."""
    return f"room_{code}"


async def _sent_by_participant(request: Request) -> dict[str, Any]:
    """What a student's page has sent: a small JSON object with the page's random number in it.

    Only a page of ours can send it: a browser asks before it sends JSON elsewhere, and nothing here says yes.

    Raises:
        RoomError: for what is too long, comes too often or is none.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise RoomError("Answers come as JSON.", 415)
    body, length = b"", 0
    async for chunk in request.stream():
        length += len(chunk)
        body = body + chunk if length <= MOST_BYTES else b""
        if length > PATIENCE_BYTES:
            break
    if length > MOST_BYTES:
        raise RoomError(f"That is too long: an answer has at most {MOST_BYTES:,} characters. Send a shorter one.", 413)
    try:
        sent = json.loads(body)
        known = isinstance(sent, dict) and NUMBER.fullmatch(sent.get("participant", ""))
    except (ValueError, TypeError, RecursionError):
        known = None
    if not known:
        raise RoomError("That was not sent by the room's page. Load the page again.", 400)
    if not _sent.lets(sent["participant"]):
        raise RoomError("Too many answers in a few seconds. The last one is kept; wait a moment.", 429)
    return dict(sent)


def _into_room(request: Request, code: str) -> Response:
    try:
        return RedirectResponse(f"room/{_find(request, code)}", 303)
    except RoomError as error:
        return _page(join_page("join", code, str(error)), error.status)


def _find(request: Request, code: str, participant: str = "") -> str:
    """The code of the room that was asked for, once it is known that another device has reached it.

    Raises:
        RoomError: if there is none, or too many wrong codes came from that address. Who takes part goes on all the
            same, and so do all who come from where somebody does: a class behind one address has one who types.
    """
    client, meant = _client(request), tidy(code)
    if _wrong_codes.is_spent(client) and not (rooms().takes_part(meant, participant) or rooms().knows(meant, client)):
        raise RoomError("Too many wrong codes came from this network. Wait a minute, and try again.", 429)
    try:
        found = rooms().find(code)
    except RoomError as error:
        if error.status == 404 and _said_wrong.lets(f"{client} {meant}"):
            _wrong_codes.lets(client)
        raise
    if not found.reached and is_other_device(client, (request.scope.get("server") or ("",))[0]):
        rooms().reach(found.code)
    return found.code


def _device(request: Request) -> str:
    """The number of a browser, "" for one that has none yet."""
    number = request.cookies.get(DEVICE, "")
    return number if NUMBER.fullmatch(number) else ""


def _keep_cookie(request: Request, reply: Response, name: str, value: str, httponly: bool = False) -> None:
    secure = request.url.scheme == "https"
    reply.set_cookie(name, value, max_age=int(LASTS_S), samesite="lax", secure=secure, httponly=httponly)


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def is_other_device(client: str, here: str) -> bool:
    """Whether a request came from another machine than this one, which it reached under the address `here`."""
    try:
        return client != here and not ip_address(client.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def _page(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, _HEADERS | {"Content-Security-Policy": policy()})


def room_routes(base: str = "") -> list[BaseRoute]:
    """All of them, under the path at which the app is served."""
    routes: list[BaseRoute] = [
        Route("/join", join),
        Route("/room/{code}", room),
        Route("/room/{code}/steer/{secret}", steer),
        Route("/room/{code}/now", now),
        Route("/room/{code}/join", take_part, methods=["POST"]),
        Route("/room/{code}/answer", answer, methods=["POST"]),
        *network_routes(),
    ]
    return [Mount(f"/{base}", routes=routes)] if base else routes


def served_routes() -> list[BaseRoute]:
    """The routes of the server that starts now."""
    return room_routes(str(st.get_option("server.baseUrlPath") or "").strip("/"))
