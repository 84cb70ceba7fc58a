"""What is in a store reaches the terminal as signs, and never as commands to it."""

import http.server
import io
import json
import os
import pty
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zmq
from tests.fixtures import recorded
from tests.fixtures.accounts import Told, master_line, run_lines
from tests.fixtures.collectors import collecting, until
from tests.fixtures.server_process import (
    COMMAND,
    clean_environment,
    store_process,
    swarmscope,
    write,
)

from swarmscope import cli
from swarmscope.line_protocol import line, series
from swarmscope.logs.lines import Message, record_line
from swarmscope.terminal import Plain, visible

HOSTILE = (
    "\x1b]0;title\x07"
    "\x1b[2J\x1b[1;31m"
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\"
    "\x1b]52;c;cm0gLXJm\x07"
    "\x9b2J\x9d0;x\x9c\x85\x90q\x9c"
    "\x08\x08\x7f\x0e\x0f\x05"
    "\u202egpj\u202c\u2066x\u2069\u200f\u061c\u2028\u2029"
)
RUN = f"run-{HOSTILE}"
ENCODED = "\x1b\x9b\x7f\x07\x08\u202e\u2066\u2028"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store to which somebody wrote names of that kind, wherever there is one."""
    with store_process(tmp_path_factory.mktemp("store")) as url:
        at = recorded.T0
        workers = [Told(name=f"worker-{HOSTILE}"), Told(name=f"lost-{HOSTILE}", totals=20)]
        write(url, run_lines(RUN, at, workers))
        told = {"label": HOSTILE, "description": HOSTILE, "host": f"http://{HOSTILE}"}
        tags = {"run": RUN, "worker": "master", "event": "start", "test": f"t{HOSTILE}"}
        write(url, [line(series("locust_run", tags), told, (at - 500) * 10**9)])
        write(url, [master_line(RUN, "worker_join", at - 399, subject=f"x\n{HOSTILE}")])
        yield url


def dangerous(text: str) -> set[str]:
    """Return which signs of *text* a terminal would obey."""
    return {sign for sign in text if sign != "\n" and not sign.isprintable()}


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    text: str
    code: int


def on_a_terminal(*words: str, cwd: Path) -> Said:
    """Run `swarmscope` as a user does."""
    ours, theirs = pty.openpty()
    env = clean_environment(TERM="xterm-256color", COLUMNS="200")
    process = subprocess.Popen(
        [*COMMAND, *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=env
    )
    os.close(theirs)
    said = bytearray()
    try:
        while found := os.read(ours, 65_536):
            said += found
    except OSError:
        pass  # Linux says so when the last of the other end has closed
    os.close(ours)
    return Said(said.decode().replace("\r\n", "\n"), process.wait(30))


class AnyAnswer:
    """A server that answers everything with *text*, in its headers too."""

    def __init__(self, text: str, *, code: int = 200, **more: object) -> None:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(code)
                told = dict.fromkeys(("message", "version", "name", "status", "run"), text)
                body = json.dumps(told | more)
                version = text.replace("\n", " ").encode().decode("latin-1")
                self.send_header("X-Influxdb-Version", version)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


COMMANDS = {
    "runs": ("runs",),
    "runs --json": ("runs", "--json"),
    "audit": ("audit", RUN, "--wait", "0"),
    "audit --json": ("audit", RUN, "--wait", "0", "--json"),
    "audit the newest": ("audit", "--wait", "0"),
    "audit of none": ("audit", f"none{HOSTILE}", "--wait", "0"),
    "report": ("report", RUN),
    "report --json": ("report", RUN, "--json"),
    "export": ("export", RUN),
    "delete": ("delete", RUN, "--yes"),
    "delete of none": ("delete", f"none{HOSTILE}", "--yes"),
    "annotate": ("annotate", f"v{HOSTILE}"),
}


RARE = ("runs --json", "audit of none", "audit the newest", "delete of none")


@pytest.mark.long_sample(4)
@pytest.mark.sample(9)
@pytest.mark.parametrize(
    "command",
    [pytest.param(name, marks=[pytest.mark.long] if name in RARE else []) for name in COMMANDS],
)
def test_no_command_hands_on_what_would_steer_the_terminal(
    url: str, tmp_path: Path, command: str
) -> None:
    said = on_a_terminal(*COMMANDS[command], "--url", url, cwd=tmp_path)
    assert len(said.text) > 20
    assert "Traceback" not in said.text
    assert not dangerous(said.text), ascii(said.text)
    if command.endswith("--json"):
        # Programs read the name as it is.
        read = json.loads(said.text)
        assert (read[0] if isinstance(read, list) else read)["run"] == RUN


@pytest.mark.long
def test_the_doctor_says_what_a_server_says_of_itself_as_text(tmp_path: Path) -> None:
    """Whoever has the port may be anybody."""
    with AnyAnswer(HOSTILE) as url:
        said = on_a_terminal("doctor", "--url", url, cwd=tmp_path)
    assert "store" in said.text
    assert not dangerous(said.text), ascii(said.text)


def test_an_error_and_a_traceback_are_text_too(tmp_path: Path) -> None:
    program = (
        "from swarmscope import terminal; terminal.guard(); import warnings, logging, sys;"
        f"t = {HOSTILE!r}; warnings.warn(t); logging.warning(t);"
        "print(t, file=sys.stderr); print(t);"
        "raise ValueError(t)"
    )
    line = [COMMAND[0], "-c", program]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("title") == 4
    assert not dangerous(done.stdout + done.stderr)


def test_what_make_run_prints_is_text_alone(url: str, tmp_path: Path) -> None:
    line = [*COMMAND, "run", "--users", "1", "--results", str(tmp_path)]
    with AnyAnswer(HOSTILE) as master:
        line += ["--master", master]
        env = clean_environment(INFLUXDB_V2_URL=url)
        done = subprocess.run(line, capture_output=True, text=True, check=False, env=env)
    assert done.returncode != 0
    assert done.stderr
    assert not dangerous(done.stdout + done.stderr), ascii(done.stderr)


def test_what_a_master_says_begins_no_line(url: str, tmp_path: Path) -> None:
    """In a CI's log a line that begins with ``::error::`` is a command."""
    line = [*COMMAND, "run", "--users", "1", "--results", str(tmp_path)]
    said = "r\n::error::from a master"
    with AnyAnswer(said, state="ready", user_count=0, run="r") as master:
        line += ["--master", master]
        env = clean_environment(INFLUXDB_V2_URL=url)
        done = subprocess.run(line, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 2
    assert "::error::" in done.stderr
    assert not [line for line in (done.stdout + done.stderr).split("\n") if line.startswith("::")]


def test_what_a_grafana_says_begins_no_line(url: str, tmp_path: Path) -> None:
    with AnyAnswer("r\n::error::from a Grafana", code=418) as grafana:
        done = swarmscope(
            "annotate", "x", "--url", url, "--grafana", grafana, env={"GRAFANA_TOKEN": "t"}
        )
    assert done.returncode == 4
    assert "::error::" in done.stderr
    assert not [line for line in done.stderr.split("\n") if line.startswith("::")]


def test_lines_of_a_stranger_in_a_collector_on_a_terminal_are_text(tmp_path: Path) -> None:
    """`collect --file /dev/stdout` writes them past the guard."""
    told = json.loads(record_line(10**18, "info", "x", HOSTILE, host="h", run="r", worker=HOSTILE))
    # Members may stand apart by carriage returns, each of which moves the cursor to the left.
    raw = ",\r".join(
        f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False)}" for key, value in told.items()
    )
    context = zmq.Context()
    stranger = context.socket(zmq.PUSH)
    with collecting(tmp_path, {}, "--no-store", "--file", "/dev/stdout") as collector:
        stranger.connect(collector.address)
        stranger.send(Message("s", 0, {}, [f"{{{raw}}}\r".encode()]).encode())
        until(lambda: '"logger"' in collector.said.read_text())
        collector.end()
    context.destroy(linger=0)
    said = collector.said.read_bytes().decode()
    assert not dangerous(said), ascii(said)
    (found,) = (line for line in said.split("\n") if line.startswith("{"))
    assert json.loads(found) == told


def test_every_command_is_under_this_guard() -> None:
    found: dict[str, object] = {}

    def walk(command: object, name: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[name] = getattr(command, "callback", None)
        for word, below in (inner or {}).items():
            walk(below, f"{name} {word}".strip())

    for name in cli.COMMANDS:
        walk(cli.command(name), name)
    assert len(found) > 12
    kept = {name for name, callback in found.items() if not guarded(callback)}
    assert not kept


def guarded(callback: object) -> bool:
    """Say whether typer calls *callback* through `plain`."""
    while callback is not None:
        code = getattr(callback, "__code__", None)
        if code is not None and code.co_filename.endswith("cli/_plain.py"):
            return True
        callback = getattr(callback, "__wrapped__", None)
    return False


def test_what_can_be_printed_stays_as_it_is() -> None:
    text = "ünïcode ✓ 日本 🙂 · “quotes” a\tb\nc\\u001b"
    assert visible(text) == text


@pytest.mark.parametrize("sign", list(ENCODED))
def test_a_sign_that_a_terminal_obeys_is_json_s_own_escape(sign: str) -> None:
    assert dangerous(sign)
    shown = visible(json.dumps({"name": sign}, ensure_ascii=False))
    assert not dangerous(shown)
    assert json.loads(shown) == {"name": sign}


def test_the_stream_below_can_t_be_reached_past_the_guard() -> None:
    below = io.StringIO()
    stream = Plain(below)
    assert not hasattr(stream, "buffer")
    stream.writelines(["\x1b[2J", "x\n"])
    assert below.getvalue() == "\\u001b[2Jx\n"


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "command",
    [
        "::error::of-somebody",
        "##[error]of-somebody",
        "##vso[task.setvariable variable=x]y",
        "##teamcity[message text='x']",
    ],
)
def test_no_name_in_a_store_is_a_command_to_a_ci_s_runner(command: str, tmp_path: Path) -> None:
    """GitHub's obeys what stands at the beginning of a line, and behind blanks; others anywhere."""
    with store_process(tmp_path) as store:
        write(store, run_lines(command, recorded.T0, [Told(name=command)]))
        for asked in (("runs",), ("audit", command)):
            said = swarmscope(*asked, "--url", store)
            lines = (said.stdout + said.stderr).splitlines()
            assert any(command[2:] in line for line in lines)
            assert not any(line.strip().startswith("::") or "##" in line for line in lines)
        told = json.loads(swarmscope("runs", "--json", "--url", store).stdout)
        assert told[0]["run"] == command
