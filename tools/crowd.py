"""A class and others at work on a running app: students over HTTP, as their page; teacher and walkers by websocket."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from dataclasses import dataclass, field
from typing import Any

from pages.room.routes import DEVICE
from tools.visits import Visit

PAGES = ("architecture", "classify", "race", "bottleneck", "build", "published", "variants", "shortcut", "bug_lab")
POLL_S = 1.5  # as the student's page
ROUND_S = 10.0  # a question is open for so long, then it is asked anew


@dataclass
class Found:
    """What was measured, in seconds, and what went wrong."""

    confirmed: list[float] = field(default_factory=list)
    polled: list[float] = field(default_factory=list)
    counted: list[float] = field(default_factory=list)
    walked: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    run: str = ""  # the id of the race
    sent: list[float] = field(default_factory=list)  # when each confirmed first answer of this round was sent


class Phone:
    """A student's page: one connection that is kept, small requests, an answer once for each time it is asked."""

    def __init__(self, url: str, code: str, number: int) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self.code, self.me = code, f"{number:032x}"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask a route of the room.

        Raises:
            RuntimeError: for any answer but a good one.
        """
        text = "" if body is None else json.dumps({"participant": self.me} | body)
        method = "GET" if body is None else "POST"
        head = f"{method} /room/{self.code}/{path} HTTP/1.1\r\nHost: {self._host}\r\nParticipant: {self.me}\r\n"
        head += f"Cookie: {DEVICE}={self.me}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n"
        request = f"{head}\r\n{text}".encode()
        try:
            said = await self._reply_to(request)
        except (OSError, asyncio.IncompleteReadError):  # the server has hung up meanwhile: browsers connect again
            self.hang_up()
            said = await self._reply_to(request)
        assert self._streams is not None  # who has replied is connected
        length = int(re.search(r"content-length: (\d+)", said, re.IGNORECASE)[1])  # type: ignore[index]
        answer = json.loads(await self._streams[0].readexactly(length))
        if " 200 " not in said.split("\r\n")[0]:
            raise RuntimeError(answer.get("error", said))
        return dict(answer)

    async def _reply_to(self, request: bytes) -> str:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, int(self._port))
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        return (await reader.readuntil(b"\r\n\r\n")).decode()

    def hang_up(self) -> None:
        """Connect anew next time."""
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def student(phone: Phone, until: float, found: Found) -> None:
    """Join, poll, and answer some seconds after each time that the question is asked."""
    choose, answered = random.Random(phone.me), 0
    await asyncio.sleep(choose.uniform(0, POLL_S))
    while time.monotonic() < until:
        try:
            if not answered:
                await phone.ask("join", {})
            started = time.perf_counter()
            news = await asyncio.wait_for(phone.ask("now"), 30)
            found.polled.append(time.perf_counter() - started)
            if news["step"] and news["state"] == "open" and news["asking"] != answered:
                await asyncio.sleep(choose.uniform(0, ROUND_S / 2))
                said = (
                    choose.choice(news["options"]) if news["options"] else str(round(choose.uniform(0, news["most"])))
                )
                started, sent = time.perf_counter(), time.monotonic()
                await phone.ask("answer", {"step": news["step"], "round": news["round"], "answer": said})
                found.confirmed.append(time.perf_counter() - started)
                found.sent.append(sent)
                answered = news["asking"]
        except (OSError, RuntimeError, asyncio.IncompleteReadError, TimeoutError) as error:
            found.errors.append(f"student: {error!r}"[:160])
            phone.hang_up()
        await asyncio.sleep(POLL_S + choose.uniform(0, 0.3))


async def walker(url: str, number: int, until: float, found: Found) -> None:
    """Walk through pages, one every 1 to 4 s, in one tab."""
    choose = random.Random(number)
    while time.monotonic() < until:
        try:
            async with Visit(url) as visit:
                await visit.go("")
                while time.monotonic() < until:
                    await asyncio.sleep(choose.uniform(1, 4))
                    found.walked.append(await visit.go(choose.choice(PAGES)))
        except (OSError, TimeoutError, RuntimeError, asyncio.IncompleteReadError) as error:
            found.errors.append(f"walker: {error!r}"[:160])


async def count(visit: Visit, found: Found) -> None:
    """The teacher's screen, again and again: when each answer was on it."""
    seen, ticked = 0, time.monotonic()
    while True:
        due = ticked + min(visit.clocks.values(), default=1.0)  # a browser's clock goes on while the page runs
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        ticked = time.monotonic()
        await visit.tick()
        numbers = [re.match(r"(\d+) of \d+ ha", text) for text in visit.texts]
        shown = max((int(number[1]) for number in numbers if number), default=seen)
        sent = sorted(found.sent)
        seen = seen if shown >= seen else 0  # asked anew
        found.counted += [time.monotonic() - at for at in sent[seen:shown]]
        seen = shown
