"""Users of a steady pace, and what a test can do to their process: each is a file that it writes.

A witness writes every request down the moment it is counted: what is in its file survives a kill.
"""

import os
import resource
import signal
import socket
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["ORACLE_DIR"])
RATE = float(os.environ.get("FAULT_RATE", "5"))
PACE_S = float(os.environ.get("FAULT_PACE_S", "0"))
"""What a master of many workers would have this one wait between two writes, if anything."""
LOSES = os.environ.get("FAULT_LOSES", "")
"""Which reports to its master a worker loses: each so-manieth, or the `last` one."""
STORE_NAME = "store.test"
"""A name that only this process resolves, and doesn't while the file `dns` exists."""

true_time = time.time


def asked(name: str) -> str:
    """Return what the test wrote into the file called *name*; nothing if there is none."""
    try:
        return (FOLDER / name).read_text()
    except OSError:
        return ""


class Clock:
    """The wall clock, as it is after the steps that the test asked for."""

    step = 0.0

    @classmethod
    def now(cls) -> float:
        return true_time() + cls.step


time.time = Clock.now
time.time_ns = lambda: int(Clock.now() * 1e9)

# Only now: they may keep the function that they find.
import gevent  # noqa: E402
from locust import FastHttpUser, constant_throughput, events, runners, task  # noqa: E402
from locust.env import Environment  # noqa: E402

patience = float(os.environ.get("FAULT_MASTER_PATIENCE_S", "60"))
runners.MASTER_HEARTBEAT_TIMEOUT = patience  # type: ignore[assignment]

real_getaddrinfo = socket.getaddrinfo


def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:
    if host == STORE_NAME:
        if asked("dns"):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        host = "127.0.0.1"
    return real_getaddrinfo(host, *rest, **more)


socket.getaddrinfo = getaddrinfo


class Witness:
    """Opened by the process that writes; one write a line, so that no kill tears one."""

    file = -1

    @classmethod
    def see(cls, name: str, **_: object) -> None:
        if cls.file < 0:
            path = FOLDER / f"{os.getpid()}.seen"
            cls.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(cls.file, name.encode() + b"\n")


events.request.add_listener(Witness.see)


@events.init.add_listener
def obey(environment: Environment, **_: Any) -> None:
    gevent.spawn(listen, environment)


@events.init.add_listener
def lose(environment: Environment, runner: Any, **_: Any) -> None:
    if not LOSES:
        return
    send, told = runner.client.send, 0

    def losing(message: Any) -> None:
        nonlocal told
        if message.type == "swarmscope_report":
            told += 1
            last = message.data.get("final", False)
            if last if LOSES == "last" else told % int(LOSES) == 0:
                (FOLDER / f"{os.getpid()}.lost").touch()
                return
        send(message)

    runner.client.send = losing


def listen(environment: Environment) -> None:
    # A full disk, as it looks to one process: a limit on the size of its files.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    while True:
        gevent.sleep(0.1)
        Clock.step = float(asked("clock") or 0)
        limit = int(asked("disk") or hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        burst = asked("burst")
        if burst:
            (FOLDER / "burst").unlink()
            fire(environment, int(burst))
        if PACE_S:
            keep_pace(environment)
        if asked("poison"):
            (FOLDER / "poison").unlink()
            poison(environment)


def keep_pace(environment: Environment) -> None:
    agent: Any = getattr(environment, "_swarmscope_agent", None)
    if agent and agent.worker._running:
        agent._delivery.pace(PACE_S)
        waiting = agent._delivery._outbox.own_batches("loadtest")
        (FOLDER / f"{os.getpid()}.waiting").write_text(str(waiting))


def fire(environment: Environment, count: int) -> None:
    for i in range(count):
        environment.events.request.fire(
            request_type="CALL",
            name=f"/burst/{i % 10}",
            response_time=1.0,
            response_length=1,
            exception=None,
            context={},
        )


def poison(environment: Environment) -> None:
    from swarmscope.spool import Batch  # noqa: PLC0415 - only in a worker

    agent: Any = getattr(environment, "_swarmscope_agent")  # noqa: B009 - private on purpose
    run = agent.worker._session.identity.run
    now = time.time_ns()
    lines = [f"probe,run={run},i={i} f={i}i {now}" for i in range(5_000)]
    lines[1_234] = "probe,this is no line protocol"
    agent._delivery.keep(Batch("loadtest", run, 0, lines))


class Paced(FastHttpUser):
    wait_time = constant_throughput(RATE)

    @task(3)
    def page(self) -> None:
        self.client.get("/page")

    @task(1)
    def item(self) -> None:
        self.client.get("/item")
