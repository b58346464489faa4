"""A class in a room while a race runs and others walk through pages: `python tools/bench_room.py --help`.

It starts a server of its own. Students are tasks that ask and answer over HTTP as their page does; the teacher and the
walkers are visits over Streamlit's websocket. All of them share this machine's cores with the server.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the app is no package: it is measured in a checkout

import typer

from pages.room.store import Rooms
from resnet_core.bench.report import BenchRow, Report
from resnet_core.cli.bench import print_report
from resnet_core.cli.forms import Form, Target
from resnet_core.errors import ResNetCoreError, require
from tools.crowd import PAGES, ROUND_S, Found, Phone, count, student, walker
from tools.visits import Visit

AS_MAKE_RUN = {"MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": ""}
START = "Start the race for all"


@contextmanager
def served(app: str, folder: Path) -> Iterator[tuple[str, int]]:
    """The app in a process of its own: its address, and the process's number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        app,
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    own = {"RESNET_CORE_CACHE": str(folder), "RESNET_RACE_ABSENT_S": "3600"} | AS_MAKE_RUN
    environment = os.environ | own | {"PYTHONPATH": str(ROOT)}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and server.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                break
            time.sleep(0.5)
        yield url, server.pid
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


@asynccontextmanager
async def lesson(url: str, page: str, rooms: Rooms, code: str, secret: str, steps: tuple[str, str]) -> Any:
    """The teacher's page at a step, with the class there, and a race of another step under way."""
    steered, cookie = rooms.steer(code, secret), f"room_{code}={secret}"
    step, race_step = steps
    async with Visit(url, cookie) as visit:
        await visit.go(page, f"room={code}&lesson={step}")
        asked = rooms.asked(code, rooms.find(code).step)
        require(asked is not None, "step", step, "a step that the lesson asks a question at")
        async with Visit(url, cookie) as starting:
            await starting.go(page, f"room={code}&lesson={race_step}")
            await starting.press("Bring it here")
            await starting.tick()
            require(START in starting.buttons, "race_step", race_step, "a step whose question a race answers")
            await starting.press(START)
            racing = rooms.asked(code, rooms.find(code).step)
        steered.ask(asked.step, asked.question)
        yield visit, steered, asked.step, racing.run


async def measure(
    url: str, page: str, rooms: Rooms, students: int, walkers: int, seconds: float, steps: tuple[str, str]
) -> Found:
    """All of it at once, for so many seconds."""
    found = Found()
    code, secret = rooms.open()
    async with Visit(url) as first:  # twice each, so that nothing is measured cold
        for name in ("", *PAGES, page) * 2:
            await first.go(name)
    async with lesson(url, page, rooms, code, secret, steps) as (visit, steered, step, found.run):
        until = time.monotonic() + seconds
        counting = asyncio.create_task(count(visit, found))
        class_and_walkers = [
            *(student(Phone(url, code, number), until, found) for number in range(students)),
            *(walker(url, number, until, found) for number in range(walkers)),
        ]
        others = asyncio.gather(*class_and_walkers)
        while not others.done():
            await asyncio.wait([others], timeout=ROUND_S)
            if not others.done():
                found.sent.clear()
                steered.ask_anew(step)
        counting.cancel()
        await others
    return found


def memory_mb(pid: int) -> float:
    """Resident memory of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    return int(re.search(r"VmRSS:\s+(\d+)", status.read_text(encoding="utf-8"))[1]) / 1024  # type: ignore[index]


def percentile(values: list[float], share: float) -> float:
    """The value that this share of all does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def race_seconds(folder: Path, run: str) -> float:
    """How long a race took that has ended; 0 while it runs."""
    from resnet_core.lab.runs.history import RunHistory

    ended = RunHistory(folder / "races.sqlite").get(run)
    return 0.0 if ended is None else ended.elapsed_s


def report(found: Found, students: int, before: float, after: float, race_s: float = 0.0) -> Report:
    """Medians as rows; what the targets are about as facts, and how long the race took if it ended before the rest."""
    kinds = {
        "answer confirmed": found.confirmed, "answer counted for the teacher": found.counted,
        "a student's poll": found.polled, "a page change of a walker": found.walked,
    }  # fmt: skip
    rows = [
        BenchRow(engine=name, precision="auto", batch=students, median_ms=median(values) * 1000)
        for name, values in kinds.items()
        if values
    ]
    facts: dict[str, float] = {}
    for name, values in zip(("confirmed", "counted", "poll", "page"), kinds.values(), strict=True):
        facts[f"{name}_count"] = len(values)
        for share in (50, 95) if values else ():
            facts[f"{name}_p{share}_ms"] = round(percentile(values, share / 100) * 1000)
    facts["errors"] = len(found.errors)
    if race_s:
        facts["race_ended_after_s"] = round(race_s, 1)
    if before and after:  # only Linux tells
        facts |= {"memory_before_mb": round(before), "memory_after_mb": round(after)}
    return Report(
        title="A class in a room while a race runs", rows=tuple(rows), facts=facts, notes=tuple(found.errors[:5])
    )


def bench_room(
    app: str = "app.py",
    page: str = "lesson",
    step: str = "start",
    race_step: str = "race",
    students: int = 60,
    walkers: int = 10,
    seconds: float = 40.0,
) -> Report:
    """Serve the app, fill a room, and report how long answers, counts and page changes take.

    Raises:
        InvalidSpecError: for a class of nobody, too short a time, or steps that ask nothing.
    """
    require(1 <= students <= 200, "students", students, "from 1 to 200")
    require(walkers >= 0, "walkers", walkers, "0 or more")
    require(seconds >= 5, "seconds", seconds, "5 or more")
    with TemporaryDirectory() as folder, served(app, Path(folder)) as (url, pid):
        rooms = Rooms(Path(folder) / "rooms.sqlite")
        before = memory_mb(pid)
        found = asyncio.run(measure(url, page, rooms, students, walkers, seconds, (step, race_step)))
        rooms.shut()
        return report(found, students, before, memory_mb(pid), race_seconds(Path(folder), found.run))


def main(
    app: Annotated[str, typer.Option(help="The file that is served.")] = "app.py",
    page: Annotated[str, typer.Option(help="The page with the room on it.")] = "lesson",
    step: Annotated[str, typer.Option(help="Its step that the class answers.")] = "start",
    race_step: Annotated[str, typer.Option(help="Its step whose question a race answers.")] = "race",
    students: Annotated[int, typer.Option(help="How many take part.")] = 60,
    walkers: Annotated[int, typer.Option(help="How many walk through other pages.")] = 10,
    seconds: Annotated[float, typer.Option(help="How long.")] = 40.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Measure a room under load: answers, the teacher's count, page changes of others, errors and memory."""
    try:
        found = bench_room(app, page, step, race_step, students, walkers, seconds)
        print_report(found, Target(Form.json if as_json else Form.table))
    except ResNetCoreError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error


if __name__ == "__main__":
    typer.run(main)
