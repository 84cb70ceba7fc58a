"""What public locustfiles find under the names that they ask for: pages, forms and echoes."""

import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

URL = "http://127.0.0.1"
PAGE = """<html><body><div class="toctree-wrapper"><a class="internal" href="/a.html">a</a></div>
<a class="internal" href="/b.html">b</a><img src="pixel.png"><script src="x.js"></script>
<form action="/sign-in"><input type="hidden" name="authenticity_token" value="t"></form>
Locust</body></html>"""
_MISSING = ("error", "fail", "not_exist")


class Handler(BaseHTTPRequestHandler):
    """Pages for what looks like one, JSON that echoes all else, 404 where it is asked for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode(errors="replace")
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if not body and (parts.path == "/" or parts.path.endswith((".html", "/sign-in"))):
            return self._send(200, "text/html", PAGE)
        missing = any(word in parts.path for word in _MISSING)
        if "slow" in parts.path:
            time.sleep(1)
        echo = {"args": query, "data": self._parsed(body), "message": "Welcome", "orderId": 42}
        return self._send(404 if missing else 200, "application/json", json.dumps(echo), query)

    @staticmethod
    def _parsed(body: str) -> Any:
        try:
            return json.loads(body)
        except ValueError:
            return body

    def _send(self, status: int, kind: str, text: str, headers: Any = None) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        if headers and "X-Cache" in headers:
            self.send_header("X-Cache", headers["X-Cache"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _answer  # noqa: N815 - the library's names


class Server(ThreadingHTTPServer):
    """One that says nothing of users that are stopped in the middle of a request."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


def certificate(folder: Path, hosts: Sequence[str]) -> Path:
    """Return a file with a certificate for *hosts*, and its key."""
    both = folder / "target.pem"
    names = ",".join(f"DNS:{host}" for host in ("localhost", *hosts))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=target", "-addext", f"subjectAltName={names}"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(both)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(both.read_text() + (folder / "key.pem").read_text())
    return both


@contextmanager
def serving(folder: Path, hosts: Sequence[str]) -> Iterator[Path]:
    """Serve *hosts* by HTTP and HTTPS; yield the certificate to trust."""
    trusted = certificate(folder, hosts)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(trusted)
    with ExitStack() as stack:
        for port in (80, 443):
            server = Server(("127.0.0.1", port), Handler)
            if port == 443:
                # Hands are shaken in the thread of a connection: nobody holds up the others.
                server.socket = context.wrap_socket(
                    server.socket, server_side=True, do_handshake_on_connect=False
                )
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
        yield trusted
