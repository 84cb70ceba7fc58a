"""Runs that a process leads, merged: what goes into which bucket, and when."""

import logging
from pathlib import Path

import pytest
from tests.fixtures.fake_delivery import Kept
from tests.fixtures.reports import message

from swarmscope.agent.merges import OWN, Merges
from swarmscope.recording.reading import read
from swarmscope.settings import Settings

NOW = 1_000_000
TALLY = [2, 1, 2, 10.0, 5.0, 5.0, 20, [80], [2]]
ENDPOINT = ["/a", "GET", *TALLY]


class Led:
    """What a process writes of the runs that it leads."""

    def __init__(self, folder: Path, *, leads: bool = True, **env: str) -> None:
        self.kept = Kept()
        settings = Settings.from_env({"SWARMSCOPE_SPOOL_DIR": str(folder), **env})
        self.merges = Merges(
            settings,
            self.kept,  # type: ignore[arg-type]
            lambda client_id: f"worker-{client_id}",
            leads=leads,
        )
        self.begin("r")

    def begin(self, run: str, now: int = NOW) -> None:
        self.merges.begin(run, {"run": run, "worker": "master"}, now * 10**9)

    def hear(self, client_id: str, run: str = "r", **parts: object) -> None:
        self.merges.hear(client_id, read(message(run=run, **parts)), NOW)

    def hear_all(self, client_id: str, run: str = "r", number: int = 1) -> None:
        """Hear of one second and endpoint, and that it was all."""
        end = {"number": number, "until": NOW + 1, "final": True}
        self.hear(client_id, run, windows=[[NOW, TALLY]], start=NOW, endpoints=[ENDPOINT], **end)

    def count(self, measurement: str, bucket: str = "loadtest") -> list[int]:
        """Return the count of all together in each point of *measurement*."""
        lines = self.kept.lines(measurement, bucket)
        return [
            int(line.partition(" count=")[2].partition("i")[0])
            for line in lines
            if ",name=Aggregated," in line
        ]


def test_a_run_ends_in_both_buckets_when_all_have_said_so(tmp_path: Path) -> None:
    led = Led(tmp_path)
    led.hear_all("0")
    led.merges.tick(NOW + 2, "r", ["0"], 1)
    assert not led.merges.over("r"), "this process itself"
    assert not led.count("locust_summary")
    led.hear(OWN, until=NOW + 1, final=True)
    assert led.merges.over("r")
    led.merges.tick(NOW + 2, "r", ["0"], 1)
    for bucket in ("loadtest", "loadtest_long"):
        assert led.count("locust_summary", bucket) == [2]
        assert led.count("locust_merged_stats", bucket) == [2]
        assert led.kept.lines("locust_merged_latency", bucket)
    assert all(batch.requests == 0 for batch in led.kept.batches), "the workers account for them"


def test_a_run_whose_end_had_no_request_is_summarised_in_both_buckets(tmp_path: Path) -> None:
    led = Led(tmp_path)
    told = {"until": NOW + 10, "spans_until": NOW + 10}
    led.hear("0", windows=[[NOW, TALLY]], start=NOW, endpoints=[ENDPOINT], **told)
    led.hear(OWN, **told)
    led.merges.tick(NOW + 11, "r", ["0"], 1)
    assert led.count("locust_summary") == [2], "while it goes on"
    for client_id in ("0", OWN):
        led.hear(client_id, number=2, until=NOW + 20, spans_until=NOW + 20, final=True)
    for _ in range(2):
        led.merges.tick(NOW + 21, "r", ["0"], 1)
    assert led.count("locust_summary", "loadtest_long") == [2]
    led.hear("0", number=3, start=NOW, endpoints=[ENDPOINT], until=NOW + 20, final=True)
    led.merges.tick(NOW + 22, "r", ["0"], 1)
    assert led.count("locust_summary", "loadtest_long") == [2, 4]


@pytest.mark.parametrize(("span", "minutes"), [("20", [2]), ("60", [2]), ("25", []), ("120", [])])
def test_minutes_are_merged_where_spans_lie_in_one(
    tmp_path: Path, span: str, minutes: list[int]
) -> None:
    led = Led(tmp_path, SWARMSCOPE_LATENCY_RESOLUTION=span)
    led.hear_all("0")
    led.hear(OWN, until=NOW + 1, final=True)
    led.merges.tick(NOW + 2, "r", ["0"], 1)
    assert led.count("locust_merged_stats") == [2]
    assert led.count("locust_merged_stats", "loadtest_long") == minutes
    assert led.count("locust_summary", "loadtest_long") == [2]


def test_one_bucket_is_enough(tmp_path: Path) -> None:
    led = Led(tmp_path, SWARMSCOPE_BUCKET_LONG="")
    led.hear_all("0")
    led.hear(OWN, until=NOW + 1, final=True)
    led.merges.tick(NOW + 2, "r", ["0"], 1)
    assert led.count("locust_summary") == [2]
    assert {batch.bucket for batch in led.kept.batches} == {"loadtest"}


def test_a_local_run_has_summaries_alone(tmp_path: Path) -> None:
    led = Led(tmp_path, leads=False)
    led.hear_all(OWN)
    led.merges.tick(NOW + 2, "r", [], 1)
    for bucket in ("loadtest", "loadtest_long"):
        assert led.count("locust_summary", bucket) == [2]
    assert not led.kept.lines("locust_merged_stats")
    assert not led.kept.lines("locust_merged_stats", "loadtest_long")


def test_at_the_end_who_did_not_tell_it_is_named_and_the_summary_is_left_to_the_audit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path)
    led.hear_all("0")
    led.hear(OWN, until=NOW + 1)
    with caplog.at_level(logging.INFO):
        led.merges.tick(NOW + 2, "r", ["0", "1"], 1)
        for _ in range(2):
            led.merges.end("r", NOW + 3)
    assert not led.kept.batches
    assert not led.merges.over("r")
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("1 worker of run r didn't tell the master to the end what it counted (w")
    assert "(worker-1)" in said
    assert "until all is told" in said


def test_in_a_process_that_goes_on_it_is_said_also_that_the_end_never_came(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path)
    led.hear(OWN, until=NOW + 1, final=True)
    led.hear_all("0")
    with caplog.at_level(logging.INFO):
        led.merges.tick(NOW + 1, "r", ["0", "1"], 1)
        led.merges.end("r", NOW + 2)
        for look in range(70):
            led.merges.tick(NOW + look, "r", [], 1)
    unfinished, silent = [record.getMessage() for record in caplog.records]
    assert "didn't tell the master to the end" in unfinished
    assert "told the master too late, or no longer" in silent


def test_what_comes_after_the_end_is_added_to_what_was_written(tmp_path: Path) -> None:
    led = Led(tmp_path)
    led.hear(OWN, until=NOW + 1, final=True)
    led.hear_all("0")
    led.merges.end("r", NOW + 2)
    led.hear_all("0", number=2)
    led.merges.tick(NOW + 3, "r", ["0"], 1)
    assert led.count("locust_merged_stats") == [2, 4]
    for bucket in ("loadtest", "loadtest_long"):
        assert led.count("locust_summary", bucket) == [2, 4]


def test_a_worker_that_has_left_is_waited_for_and_heard(tmp_path: Path) -> None:
    led = Led(tmp_path)
    led.hear(OWN, until=NOW + 1, final=True)
    led.hear_all("0")
    led.merges.tick(NOW + 1, "r", ["0", "1"], 1)
    led.merges.tick(NOW + 2, "r", ["0"], 1)
    assert not led.kept.batches
    assert led.merges.expects("1"), "its last words may be its first ones"
    led.hear_all("1")
    led.merges.tick(NOW + 3, "r", ["0"], 1)
    assert led.count("locust_summary") == [4]


def test_of_a_run_of_which_one_is_silent_there_is_no_last_summary(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path)
    led.hear(OWN, until=NOW + 1, final=True)
    led.hear_all("0")
    led.merges.tick(NOW + 1, "r", ["0", "1"], 1)
    led.begin("r-2", NOW + 2)
    for look in range(70):
        led.hear(OWN, "r-2", number=look + 1, until=NOW + look)
        led.merges.tick(NOW + look, "r-2", [], 1)
    assert not led.kept.batches
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("1 worker of run r told the master too late, or no longer, what it")
    assert "(worker-1)" in said


def test_no_more_than_two_runs_are_held(tmp_path: Path) -> None:
    led = Led(tmp_path)
    for number in range(2, 6):
        led.begin(f"r-{number}")
    for run in ("r-3", "r-4"):
        led.hear(OWN, run, until=NOW + 1, final=True)
        led.hear_all("0", run)
    led.merges.end("r-3", NOW + 1)
    assert not led.kept.batches
    led.merges.end("r-4", NOW + 1)
    assert {batch.run for batch in led.kept.batches} == {"r-4"}
    assert led.merges.expects("0")
    assert not led.merges.expects("1")


def test_reports_that_got_lost_are_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    led = Led(tmp_path)
    led.hear("7")
    led.hear_all("7", number=5)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("3 reports of worker-7 to the master of run r were lost on the way: ")
    assert "boards read the workers' own points instead" in said
    assert said.endswith("when it is over: for this run nothing needs to be done.")


def test_a_report_that_cant_be_merged_is_said_once_with_the_remedy_and_none_is_called_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path)
    led.hear("7", windows=[[NOW, TALLY]])
    led.hear("7", number=2, start=NOW, span=60, endpoints=[ENDPOINT])
    led.hear("7", number=3, windows=[[NOW + 1, TALLY]], until=NOW + 2, final=True)
    led.hear(OWN, until=NOW + 2, final=True)
    led.merges.tick(NOW + 3, "r", ["7"], 1)
    assert not led.kept.batches
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(
        "A report of worker-7 to the master of run r can't be merged (its spans have 60 s, and the "
        "master's 10): from there on the master writes no more"
    )
    assert said.endswith("Give master and workers the same SWARMSCOPE_LATENCY_RESOLUTION.")


def test_a_worker_of_an_earlier_master_is_said_to_be_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path)
    led.hear_all("7", number=40)
    led.hear_all("7", number=43)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("worker-7 had reported of run r before this master heard of it (39 t")
    assert "SWARMSCOPE_RUN_ID" in said


def test_too_many_endpoints_of_all_workers_are_said_with_the_remedy(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    led = Led(tmp_path, SWARMSCOPE_MAX_NAMES="1")
    for number in (1, 2):
        names = [[f"/{number}{i}", "GET", *TALLY] for i in range(3)]
        led.hear("0", number=number, start=NOW, endpoints=names)
    (said,) = [r.getMessage() for r in caplog.records if "endpoints together" in r.getMessage()]
    assert said.startswith("The workers of run r have more than 2 endpoints together")
    assert "boards read the workers' own points" in said
    assert "SWARMSCOPE_MAX_NAMES" in said
