"""A server of published weights that the tests run themselves: it serves well, or fails in one of many manners."""

import hashlib
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from resnet_core.weights.library import find_weights

CONTENT = bytes(range(256)) * 4000  # a megabyte that is no multiple of a chunk
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(BaseHTTPRequestHandler):
    """Serves `content` in the way that its `manner` says, and notes where each request begins."""

    def __init__(self, manner, log, content, *args):
        self.manner, self.log, self.content = manner, log, content
        super().__init__(*args)

    def do_GET(self):
        start = int(self.headers.get("Range", "bytes=0-")[6:-1])
        self.log.append(start)
        content = b"x" * len(self.content) if self.manner == "corrupts" else self.content
        if self.manner == "refuses":
            return self.send_error(404)
        if self.manner == "redirects" and not self.path.startswith("/there"):
            self.send_response(302)
            self.send_header("Location", f"/there{self.path}")
            return self.end_headers()
        if start >= len(content):
            return self.send_error(416)
        if self.manner in ("ignores ranges", "starts over"):
            start = 0
        body = content[start:]
        self.send_response(206 if start else 200)
        if self.manner != "hides the length":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.manner == "stalls":
            self.wfile.write(body[:1000])
            self.wait_for_the_end(20)
            return None
        if self.manner == "trickles":
            for at in range(0, len(body), 1000):
                self.wfile.write(body[at : at + 1000])
                time.sleep(0.02)
            return None
        cut = {"truncates": 400_000, "truncates at once": 0, "ignores ranges": 400_000}.get(self.manner, len(body))
        self.wfile.write(body[:cut])
        return None

    def wait_for_the_end(self, limit_s):
        """Be silent until the client hangs up."""
        self.connection.settimeout(limit_s)
        self.connection.recv(1)

    def log_message(self, *args):
        pass


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is part of the tests."""


@contextmanager
def serving(manner="well", log=None, content=CONTENT):
    """The address of a file on a server that behaves in that manner."""
    log = [] if log is None else log
    with QuietServer(("127.0.0.1", 0), partial(Server, manner, log, content)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
        finally:
            server.shutdown()
            thread.join()


def offered(url):
    """torchvision's resnet18 as if it were published at `url`, whose name tells its hash."""
    weights = find_weights("resnet18")
    file = url.rpartition("/")[2]
    return replace(weights, url=url, sha256=file[-12:-4], path=weights.path.with_name(file))
