"""What a master says of itself, and what is said where it says nothing useful."""

from typing import Any

import pytest
from tests.fixtures.fake_master import FakeMaster
from tests.fixtures.ports import free_port

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.webui.master import Master, MasterUnreachableError, Status

P95 = {"current_response_time_percentiles": {"response_time_percentile_0.95": 7}}


@pytest.mark.parametrize(
    ("told", "status", "ready"),
    [
        ({"state": "ready", "user_count": 0}, Status("ready", 0, None), 1),
        ({"state": "ready", "user_count": "3", "workers": []}, Status("ready", 3, ()), 0),
        (
            {"state": "a\n::b", "user_count": 1, "workers": [{"state": "ready"}, {"state": "x"}]},
            Status("a ::b", 1, ("ready", "x")),
            1,
        ),
        (
            {
                "state": "running",
                "user_count": 1,
                "current_rps": 1,
                "current_fail_per_sec": 2,
                **P95,
            },
            Status("running", 1, None, 1.0, 2.0, 7.0),
            1,
        ),
        (
            {"state": "running", "user_count": 1, "current_response_time_percentiles": {}},
            Status("running", 1, None),
            1,
        ),
    ],
)
def test_what_locust_shows_is_read(told: Any, status: Status, ready: int) -> None:
    assert Status.of(told) == status
    assert Status.of(told).ready == ready


@pytest.mark.parametrize("url", ["localhost", "http://", "ftp://h", "http://me:secret@h:8089"])
def test_an_address_that_can_not_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--master is ") as caught:
        Master(url)
    assert "http://page-of-locust:8089" in caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["", "2026-x", "../a b"])
def test_the_newest_run_has_a_name_or_there_was_none(locust: FakeMaster, name: str) -> None:
    locust.run = name
    assert Master(f"{locust.url}/").run() == name


@pytest.mark.parametrize(
    "answer",
    [
        (404, b"not found"),
        (200, b"{}"),
        (200, b"[]"),
        (200, b"null"),
        (200, b'{"run": "a\\nb"}'),
        (500, b""),
    ],
)
def test_a_master_that_names_no_runs_needs_the_listener(
    locust: FakeMaster, answer: tuple[int, bytes]
) -> None:
    locust.pages["/swarmscope/run"] = answer
    with pytest.raises(ConfigurationError, match="doesn't tell its runs apart") as caught:
        Master(locust.url).run()
    assert caught.value.data == "No load was started."
    assert "python -m swarmscope.listener" in caught.value.remedy


def test_an_order_is_sent_and_a_refusal_told(locust: FakeMaster) -> None:
    Master(locust.url).start({"user_count": "2", "host": "http://x.y/?a=b&c"})
    assert locust.orders == [{"user_count": "2", "host": "http://x.y/?a=b&c"}]
    locust.refusal = "no users\n::error::"
    with pytest.raises(
        ConfigurationError, match=r"refuses to start: no users ::error::\."
    ) as caught:
        Master(locust.url).start({})
    assert caught.value.data == "No load was started."


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"\xff"])
@pytest.mark.parametrize("path", ["/stats/requests", "/swarm"])
def test_a_page_in_place_of_data_is_told(locust: FakeMaster, path: str, body: bytes) -> None:
    locust.pages[path] = (200, body)
    master = Master(locust.url)
    with pytest.raises(ConfigurationError) as caught:
        master.status() if path == "/stats/requests" else master.start({})
    assert (
        caught.value.happened == f"{locust.url}{path} answers with a page, where Locust has data."
    )
    assert caught.value.data == "No test was started or stopped by this command."


def test_an_error_of_its_own_is_told_with_its_number(locust: FakeMaster) -> None:
    locust.pages["/stop"] = (500, b"")
    with pytest.raises(MasterUnreachableError, match="answers /stop with 500") as caught:
        Master(locust.url).stop()
    assert caught.value.exit_code == ExitCode.STORE_UNREACHABLE


def test_one_that_is_away_or_hangs_up_is_told(locust: FakeMaster) -> None:
    locust.silences = 1
    for url in (locust.url, f"http://127.0.0.1:{free_port()}"):
        with pytest.raises(MasterUnreachableError, match=f"at {url} doesn't answer") as caught:
            Master(url).status()
        assert "make status" in caught.value.remedy
