"""Small servers that examples expect: `servers dns`, `ftp`, `kafka`, `postgres`, `websocket PORT`.

Each package is imported where it is needed: the examples need it, the harness doesn't.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from socketserver import (
    DatagramRequestHandler,
    StreamRequestHandler,
    ThreadingTCPServer,
    ThreadingUDPServer,
)

_NOBODY = 65534
_FOLDERS = (
    "<subdir_at_ftp_server_where_files_to_download_are>",
    "<subdir_at_ftp_server_where_files_should_be_uploaded>",
)


def names() -> None:
    """Answer what is asked of the DNS: a name with "not-exist" in it doesn't, others are here."""
    import dns.message  # noqa: PLC0415
    import dns.rcode  # noqa: PLC0415
    import dns.rrset  # noqa: PLC0415

    def answer(wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        made = dns.message.make_response(query)
        name = query.question[0].name
        if "not-exist" in str(name):
            made.set_rcode(dns.rcode.NXDOMAIN)
        else:
            made.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "127.0.0.1"))
        return made.to_wire()

    class Datagram(DatagramRequestHandler):
        def handle(self) -> None:
            self.wfile.write(answer(self.rfile.read()))

    class Stream(StreamRequestHandler):
        def handle(self) -> None:
            while length := self.rfile.read(2):
                wire = answer(self.rfile.read(int.from_bytes(length)))
                self.wfile.write(len(wire).to_bytes(2) + wire)

    with (
        ThreadingUDPServer(("", 53), Datagram) as server,
        ThreadingTCPServer(("", 53), Stream) as one,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        one.serve_forever()


def ftp() -> None:
    """Serve the folders that the examples name, with two files in each."""
    from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415
    from pyftpdlib.handlers import FTPHandler  # noqa: PLC0415
    from pyftpdlib.servers import FTPServer  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as home:
        for folder in _FOLDERS:
            (Path(home) / folder).mkdir()
            for name in ("example_file.txt", "example_file_2.txt"):
                (Path(home) / folder / name).write_text("x" * 1000)
        authorizer = DummyAuthorizer()
        authorizer.add_user("admin", "admin", home, perm="elradfmwMT")
        FTPHandler.authorizer = authorizer
        FTPServer(("127.0.0.1", 21), FTPHandler).serve_forever()


def kafka() -> None:
    """Serve librdkafka's own mock cluster under Kafka's usual port."""
    from confluent_kafka import Producer  # noqa: PLC0415

    cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1})
    broker = next(iter(cluster.list_topics(timeout=10).brokers.values()))
    with socket.create_server(("127.0.0.1", 9092)) as server:
        while True:
            client, _ = server.accept()
            upstream = socket.create_connection((broker.host, broker.port))
            for ends in ((client, upstream), (upstream, client)):
                threading.Thread(target=_relay, args=ends, daemon=True).start()


def _relay(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()


def postgres() -> None:
    """Serve an empty database of PostgreSQL; its server refuses to be root's."""
    found = shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None)
    if found is None:
        raise SystemExit("PostgreSQL is not installed.")
    home = Path(tempfile.mkdtemp())
    if os.geteuid() == 0:
        os.chown(home, _NOBODY, _NOBODY)
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    os.chdir(home)
    data = str(home / "data")
    subprocess.run([found, "-A", "trust", "-U", "postgres", "--no-sync", data], check=True)
    server = str(Path(found).resolve().with_name("postgres"))
    os.execv(server, [server, "-D", data, "-k", str(home), "-c", "listen_addresses=localhost"])


def websocket(port: str) -> None:
    """Send back whatever is said, under any path; what is a JSON object has a status and a type."""
    import flask  # noqa: PLC0415
    import simple_websocket  # noqa: PLC0415

    app = flask.Flask("echo")

    def echo(**_: str) -> str:
        ws = simple_websocket.Server.accept(flask.request.environ)
        try:
            while True:
                ws.send(_answer(ws.receive()))
        except simple_websocket.ConnectionClosed:
            return ""

    app.add_url_rule("/", "top", echo, websocket=True)
    app.add_url_rule("/<path:path>", "below", echo, websocket=True)
    app.run("127.0.0.1", int(port), threaded=True)


def _answer(said: str | bytes) -> str | bytes:
    try:
        told = json.loads(said)
    except ValueError:
        return said
    return json.dumps({**told, "status": "success"}) if isinstance(told, dict) else said


if __name__ == "__main__":
    {"dns": names, "ftp": ftp, "kafka": kafka, "postgres": postgres, "websocket": websocket}[
        sys.argv[1]
    ](*sys.argv[2:])
