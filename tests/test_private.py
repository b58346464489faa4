"""A server asks nobody outside for anything: seen by a proxy that all its requests would pass."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer


def test_a_server_that_starts_asks_no_other_machine(root):
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(502)

        do_CONNECT = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    proxy = HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{proxy.server_port}"
    env = os.environ | {"http_proxy": address, "https_proxy": address, "no_proxy": "", "RESNET_WARM_UP": "off"}
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],  # on all addresses
        cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        lines = []
        for line in server.stdout:
            lines.append(line)
            if "URL" in line or "Stopping" in line:
                break
        assert "http://localhost:" in lines[-1], lines
        time.sleep(1)  # it would ask after that line
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert direct.open(f"http://127.0.0.1:{port}/_stcore/health", timeout=20).read() == b"ok"
        elsewhere = {"Origin": "http://school.example"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/_stcore/host-config", headers=elsewhere)
        direct.open(request, timeout=20).read()
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()
        proxy.shutdown()
        proxy.server_close()
    assert asked == []
