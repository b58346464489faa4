"""Visits to a running app over Streamlit's own websocket, without a browser: what a page says, buttons, clocks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from types import TracebackType

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_S = 120.0
ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Visit:
    """One tab of a browser.

    Args:
        url: of the app.
        cookie: what the browser sends along.
    """

    url: str
    cookie: str = ""
    texts: list[str] = field(default_factory=list)  # what the last run said, headings and text
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)  # label -> its id and its fragment's
    clocks: dict[str, float] = field(default_factory=dict)  # fragment -> seconds until it asks to run again

    async def __aenter__(self) -> Visit:
        """Connect as a browser does."""
        address = f"{self.url.replace('http', 'ws', 1)}/_stcore/stream"
        headers = {"Origin": self.url} | ({"Cookie": self.cookie} if self.cookie else {})
        self._socket = await websockets.connect(
            address, subprotocols=["streamlit"], max_size=None, additional_headers=headers, open_timeout=PATIENCE_S
        )
        self._page, self._query, self._hash = "", "", ""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the tab."""
        await self._socket.close()

    async def go(self, page: str, query: str = "") -> float:
        """Open a page; gives the seconds until it is complete."""
        self._page, self._query, self._hash = page, query, ""
        self.buttons, self.clocks = {}, {}
        return await self._run(BackMsg())

    async def press(self, label: str) -> float:
        """Press a button of the page."""
        ask = BackMsg()
        button, ask.rerun_script.fragment_id = self.buttons[label]
        ask.rerun_script.widget_states.widgets.add(id=button, trigger_value=True)
        return await self._run(ask)

    async def tick(self) -> float:
        """What the page asks for by itself: the fragments that run again after a while, one after the other."""
        started = time.perf_counter()
        for fragment in list(self.clocks):
            ask = BackMsg()
            ask.rerun_script.fragment_id, ask.rerun_script.is_auto_rerun = fragment, True
            await self._run(ask)
        return time.perf_counter() - started

    async def _run(self, ask: BackMsg) -> float:
        ask.rerun_script.page_name, ask.rerun_script.query_string = self._page, self._query
        ask.rerun_script.page_script_hash = self._hash
        self.texts = []
        started = time.perf_counter()
        await self._socket.send(ask.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self._socket.recv(), PATIENCE_S))
            self._hear(answer)
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished in ENDED:
                return time.perf_counter() - started

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            self.clocks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.HasField("heading"):
                self.texts.append(element.heading.body)
            elif element.HasField("markdown"):
                self.texts.append(element.markdown.body)
            elif element.HasField("button"):
                self.buttons[element.button.label] = element.button.id, message.delta.fragment_id
