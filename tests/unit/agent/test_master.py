"""Who took part in a run, as its master tells it: Locust's own, with workers that only talk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from locust import User, task
from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner
from tests.fixtures.fake_delivery import Kept
from tests.fixtures.ports import free_port

from swarmscope.agent.channel import ASK, REPORT, RUN, Answering
from swarmscope.agent.master import MasterAgent
from swarmscope.agent.merges import OWN
from swarmscope.recording.reports import Report
from swarmscope.settings import Settings
from swarmscope.spool import Batch


class Led:
    """A master with the listener, in the middle of a run."""

    def __init__(self, folder: Path) -> None:
        environment = Environment()
        self.runner: MasterRunner = environment.create_master_runner("127.0.0.1", free_port())
        self.sent: list[Message] = []
        self.runner.server.send_to_client = self.sent.append
        self.kept = Kept()
        settings = Settings.from_env(
            {
                "INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}",
                "SWARMSCOPE_SPOOL_DIR": str(folder),
                "SWARMSCOPE_RUN_ID": "led",
            }
        )
        self.agent = MasterAgent(environment, self.runner, settings, self.kept)  # type: ignore[arg-type]
        Answering(self.runner, self.agent)
        self.agent.on_start()

    def hear(self, worker: str, kind: str, data: object = None) -> None:
        self.runner.handle_message(worker, Message(kind, data, worker))

    def spawn_on(self, worker: str) -> None:
        """Have *worker* join, and do as it is told: its listener asks when its run begins."""
        self.hear(worker, "client_ready", -1)
        self.hear(worker, "spawning")
        self.hear(worker, ASK, {"sent": 1.0})

    @property
    def run(self) -> str:
        """The run that goes on: each of this process has another name."""
        return self.agent.registry.run

    @property
    def events(self) -> list[tuple[str, str]]:
        """What was told of workers, and of which."""
        lines = self.kept.lines("locust_run")
        kinds = [line.partition("event=")[2].split(",")[0] for line in lines]
        subjects = [line.partition('subject="')[2].split("-")[1:2] for line in lines]
        return [
            (kind, "".join(index))
            for kind, index in zip(kinds, subjects, strict=True)
            if kind.startswith("worker_")
        ]


@pytest.fixture
def led(tmp_path: Path) -> Iterator[Led]:
    one = Led(tmp_path)
    yield one
    one.agent.abandon()
    one.runner.greenlet.kill(block=False)
    one.runner.server.close()


def test_a_worker_that_comes_and_goes_between_two_ticks_took_part(led: Led) -> None:
    led.agent.tick()
    led.spawn_on("here")
    led.hear("here", "quit")
    led.agent.tick()
    # Its name was told to it: what it wrote would be nobody's if the audit didn't expect it.
    (told,) = [message.data["run"] for message in led.sent if message.type == RUN]
    assert (told["run"], told["worker"].rpartition("-")[0]) == ("led", "worker-0")
    assert led.events == [("worker_join", "0"), ("worker_leave", "0")]


def test_one_that_was_never_told_to_spawn_took_no_part(led: Led) -> None:
    led.hear("waiting", "client_ready", -1)
    led.hear("waiting", ASK, {"sent": 1.0})
    led.agent.tick()
    led.hear("waiting", "quit")
    led.agent.tick()
    assert led.events == []


def test_each_is_told_of_once_though_another_looks_while_it_is_told(led: Led) -> None:
    """Keeping what is told waits for the disk; a worker's question is answered meanwhile."""
    keep, looking = led.kept.keep, [False]

    def keep_slowly(batch: Batch) -> None:
        keep(batch)
        if not looking[0]:
            looking[0] = True
            led.agent.look_at_workers()
            looking[0] = False

    led.kept.keep = keep_slowly  # type: ignore[method-assign]
    led.spawn_on("first")
    led.hear("first", "quit")
    led.agent.tick()
    assert led.events == [("worker_join", "0"), ("worker_leave", "0")]


def test_each_is_told_of_once_however_often_it_asks(led: Led) -> None:
    led.spawn_on("first")
    led.spawn_on("second")
    led.agent.tick()
    for worker in ("first", "second"):
        led.hear(worker, ASK, {"sent": 2.0})
    led.agent.tick()
    assert led.events == [("worker_join", "0"), ("worker_join", "1")]


def test_all_that_come_at_once_are_kept_at_once(led: Led) -> None:
    for index in range(20):
        led.hear(f"worker-{index}", "client_ready", -1)
        led.hear(f"worker-{index}", "spawning")
    before = len(led.kept.batches)
    led.agent.look_at_workers()
    assert len(led.kept.batches) == before + 1
    assert sorted(int(index) for _, index in led.events) == list(range(20))
    times = {line.rpartition(" ")[2] for line in led.kept.batches[-1].lines}
    assert len(times) == 20


def test_a_worker_is_told_at_which_pace_the_master_wants_its_reports(led: Led) -> None:
    led.agent.tick()
    for worker in range(45):
        led.spawn_on(str(worker))
    paces = [message.data["pace"] for message in led.sent if message.type == RUN]
    assert (paces[0], paces[20], paces[44]) == (1, 2, 3)


def test_a_report_of_a_worker_is_merged_also_when_locust_has_forgotten_it(led: Led) -> None:
    led.agent.tick()
    led.spawn_on("here")
    tally = [2, 0, 2, 10.0, 5.0, 5.0, 20, [80], [2]]
    now = int(led.agent.now())
    report = {"run": led.run, "windows": [[now, tally]], "start": 0, "endpoints": []}
    led.hear("here", REPORT, {**report, "number": 1})
    led.hear("here", "client_stopped")
    led.hear("here", REPORT, {**report, "number": 2, "until": now + 1, "final": True})
    led.hear("nobody", REPORT, {**report, "number": 1})
    led.agent.merges.hear(OWN, Report(led.run, 1, until=now + 1, final=True), now)
    led.agent.on_stop()
    led.agent.settle()
    (stats,) = led.kept.lines("locust_merged_stats")
    assert ",name=Aggregated," in stats
    assert " count=4i," in stats


@pytest.mark.parametrize("data", [None, 5, {}, {"run": "led"}, {"run": "led", "number": 1}])
def test_an_odd_report_is_dropped_and_said_once(
    led: Led, data: object, caplog: pytest.LogCaptureFixture
) -> None:
    led.agent.tick()
    led.spawn_on("here")
    for _ in range(3):
        led.hear("here", REPORT, data)
    said = [record for record in caplog.records if "A report to Locust's master" in record.message]
    assert len(said) == 1


def test_a_worker_with_another_setting_is_named_once_and_no_report_of_it_is_called_lost(
    led: Led, caplog: pytest.LogCaptureFixture
) -> None:
    led.agent.tick()
    led.spawn_on("here")
    tally = [2, 0, 2, 10.0, 5.0, 5.0, 20, [80], [2]]
    now = int(led.agent.now())
    nothing: dict[str, Any] = {"run": led.run, "windows": [], "start": 0, "endpoints": []}
    windows = {**nothing, "windows": [[now, tally]]}
    spans = {**nothing, "start": now, "span": 60, "endpoints": [["/a", "GET", *tally]]}
    for number, report in enumerate((windows, spans, windows), start=1):
        led.hear("here", REPORT, {**report, "number": number})
    led.agent.merge()
    assert not led.kept.lines("locust_merged_stats")
    (said,) = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert "can't be merged (its spans have 60 s, and the master's 10)" in said
    assert "SWARMSCOPE_LATENCY_RESOLUTION" in said
    assert "lost" not in said
    assert "Let only workers" not in said


def test_a_report_of_another_run_is_nobodys(led: Led, caplog: pytest.LogCaptureFixture) -> None:
    led.agent.tick()
    led.spawn_on("here")
    tally = [2, 0, 2, 10.0, 5.0, 5.0, 20, [80], [2]]
    now = int(led.agent.now())
    data = {"number": 1, "windows": [[now, tally]], "start": 0, "endpoints": []}
    led.hear("here", REPORT, {**data, "run": "another"})
    led.agent.on_stop()
    led.agent.settle()
    assert not led.kept.lines("locust_merged_stats")
    assert not [r for r in caplog.records if r.levelname == "WARNING"]


def test_the_end_of_a_run_is_written_also_when_the_next_has_begun(led: Led) -> None:
    led.agent.tick()
    led.spawn_on("here")
    tally = [2, 0, 2, 10.0, 5.0, 5.0, 20, [80], [2]]
    now = int(led.agent.now())
    run = led.run
    led.agent.on_stop()
    led.agent.on_start()
    report = {"run": run, "number": 1, "start": now, "endpoints": [["/a", "GET", *tally]]}
    end: dict[str, Any] = {"until": now + 1, "spans_until": now, "final": True}
    led.hear("here", REPORT, {**report, **end, "windows": [[now, tally]]})
    led.agent.merges.hear(OWN, Report(run, 1, start=now, **end), now)
    led.agent.merge()
    stats, *_ = led.kept.lines("locust_merged_stats")
    assert f",run={run}," in stats


class Idle(User):
    """Does nothing."""

    @task
    def rest(self) -> None:
        self.environment.runner.greenlet.join(0.01)


def test_a_step_says_how_fast_users_are_started_also_where_one_process_does_it_all(
    tmp_path: Path,
) -> None:
    """From there on it is known when all of them run: until then it is a ramp."""
    environment = Environment(user_classes=[Idle])
    runner = environment.create_local_runner()
    kept = Kept()
    settings = Settings.from_env({"SWARMSCOPE_SPOOL_DIR": str(tmp_path)})
    agent = MasterAgent(environment, runner, settings, kept)  # type: ignore[arg-type]
    agent.on_start()
    runner.start(2, spawn_rate=50)
    runner.spawning_greenlet.join()
    agent.tick()
    agent.tick()
    runner.start(3, spawn_rate=50)
    runner.spawning_greenlet.join()
    agent.tick()
    agent.abandon()
    runner.quit()
    step, second = [line for line in kept.lines("locust_run") if ",event=step," in line]
    assert "user_count=2i" in step
    assert "spawn_rate=50" in step
    assert "number=1i" in step
    assert "number=2i" in second
