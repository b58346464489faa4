"""A room with a clock that a test moves, and a caller of the routes that needs no server."""

import asyncio
import json
from types import SimpleNamespace

import pytest

from pages.room import routes
from pages.room.limits import Limit
from pages.room.store import Rooms
from tests.pages.room.asked import CHOICE


@pytest.fixture
def clock():
    return SimpleNamespace(now=1_000_000.0)


@pytest.fixture
def rooms(tmp_path, clock):
    found = Rooms(tmp_path / "rooms.sqlite", lambda: clock.now)
    yield found
    found.shut()


@pytest.fixture
def opened(rooms):
    """A room at the step `why`: its code, and the opener's hands on it."""
    code, secret = rooms.open()
    steered = rooms.steer(code, secret)
    steered.ask(CHOICE.key, CHOICE)
    return SimpleNamespace(code=code, secret=secret, steered=steered)


@pytest.fixture
def call(rooms, monkeypatch):
    """Call a route as a browser does: call("/room/KLPX/now"), call(path, {"participant": ...}) for a POST."""
    from starlette.applications import Starlette

    monkeypatch.setattr(routes, "rooms", lambda: rooms)
    monkeypatch.setattr(routes, "_wrong_codes", Limit(60, 60.0))
    monkeypatch.setattr(routes, "_said_wrong", Limit(1, 60.0))
    monkeypatch.setattr(routes, "_new", Limit(60, 60.0))
    monkeypatch.setattr(routes, "_sent", Limit(150, 10.0))
    monkeypatch.setattr(routes, "_news", {})
    app = Starlette(routes=routes.room_routes())

    def ask(path, body=None, *, client="192.168.1.20", headers=(), kind="application/json", raw=None):
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "path": path,
            "method": "GET" if body is None and raw is None else "POST", "raw_path": path.encode(), "root_path": "",
            "query_string": query.encode(), "client": (client, 50000), "server": ("192.168.1.5", 8501),
            "headers": [(b"host", b"192.168.1.5:8501"), (b"content-type", kind.encode()), *headers],
        }  # fmt: skip
        answer = SimpleNamespace(status=0, headers={}, body=b"")

        async def receive():
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {key.decode(): value.decode() for key, value in message["headers"]}
            else:
                answer.body += message.get("body", b"")

        asyncio.run(app(scope, receive, send))
        answer.text = answer.body.decode()
        answer.json = json.loads(answer.body) if "json" in answer.headers.get("content-type", "") else None
        return answer

    return ask
