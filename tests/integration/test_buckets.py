"""`swarmscope buckets create`, on a real InfluxDB and on the embedded store."""

import secrets
from pathlib import Path

import pytest
from tests.fixtures.influxd import Influx
from tests.fixtures.ports import free_port
from tests.fixtures.server_process import store_process, swarmscope

from swarmscope.errors import ExitCode

DAY = 86_400
PAGE = 100
"""The most buckets that InfluxDB lists at once."""


@pytest.fixture
def names() -> tuple[str, str]:
    """Names that no other test uses."""
    name = secrets.token_hex(4)
    return name, f"{name} by minutes"


def settings(influx: Influx, names: tuple[str, str], token: str = "") -> dict[str, str]:
    return {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": token or influx.token,
        "INFLUXDB_V2_BUCKET": names[0],
        "SWARMSCOPE_BUCKET_LONG": names[1],
    }


def retention(influx: Influx, name: str) -> int:
    return sum(rule["everySeconds"] for rule in influx.bucket(name)["retentionRules"])


@pytest.mark.long
def test_both_are_made_and_made_once(influx: Influx, names: tuple[str, str]) -> None:
    raw, long = names
    done = swarmscope("buckets", "create", env=settings(influx, names))
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert done.stdout.splitlines() == [
        f"{raw}: made; its points are kept for 30 days.",
        f"{long}: made; its points are kept for ever.",
    ]
    assert [retention(influx, name) for name in names] == [30 * DAY, 0]

    again = swarmscope("buckets", "create", "--retention", "36h", env=settings(influx, names))
    assert again.returncode == ExitCode.FINE
    assert again.stdout.splitlines() == [
        f"{raw}: was there already; its points are kept for 30 days.",
        f"{long}: was there already; its points are kept for ever.",
    ]
    assert retention(influx, raw) == 30 * DAY


def test_only_the_missing_one_is_made(influx: Influx, names: tuple[str, str]) -> None:
    raw, long = names
    influx.make_bucket(raw)
    env = settings(influx, names)
    done = swarmscope("buckets", "create", "--retention-long", "36h", env=env)
    assert done.stdout.splitlines() == [
        f"{raw}: was there already; its points are kept for ever.",
        f"{long}: made; its points are kept for 36 hours.",
    ]
    assert retention(influx, long) == 36 * 3_600


def test_no_bucket_of_minutes_is_made_where_none_is_named(
    influx: Influx, names: tuple[str, str]
) -> None:
    done = swarmscope("buckets", "create", env=settings(influx, (names[0], "")))
    assert done.stdout.splitlines() == [f"{names[0]}: made; its points are kept for 30 days."]


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("sees", [True, False])
def test_a_token_that_may_not_is_told_which_right_it_lacks(
    influx: Influx, names: tuple[str, str], sees: bool
) -> None:
    raw, long = names
    influx.make_bucket(raw)
    token = influx.token_for(read=[raw] if sees else [], write=[raw])
    done = swarmscope("buckets", "create", env=settings(influx, names, token))
    assert done.returncode == ExitCode.WRONG_USAGE
    kept = "its points are kept for ever" if sees else "this token may not see"
    assert f"{raw}: was there already" in done.stdout
    assert kept in done.stdout
    right = f"write:orgs/{influx.org_id}/buckets" if sees else f"read:orgs of {influx.org}"
    assert f"it lacks the right {right}." in done.stderr
    assert f"Not made: {long}." in done.stderr
    assert f"influx bucket create --org {influx.org} --name '{long}'" in done.stderr
    assert influx.bucket(long) is None


def test_a_token_s_one_bucket_is_found_behind_more_than_a_page_of_others(
    influx: Influx, names: tuple[str, str]
) -> None:
    """InfluxDB cuts the page first, and leaves out what the token may not see afterwards."""
    for number in range(PAGE + 1):
        influx.make_bucket(f"before {names[0]} {number}")
    influx.make_bucket(names[1])
    token = influx.token_for(read=[names[1]])
    done = swarmscope("buckets", "create", env=settings(influx, names, token))
    assert done.returncode == ExitCode.WRONG_USAGE
    assert f"it lacks the right write:orgs/{influx.org_id}/buckets." in done.stderr
    assert f"Not made: {names[0]}." in done.stderr


def test_a_wrong_token_and_a_wrong_organization_are_told_apart(
    influx: Influx, names: tuple[str, str]
) -> None:
    wrong = swarmscope("buckets", "create", env=settings(influx, names, "wrong"))
    assert wrong.returncode == ExitCode.STORE_UNREACHABLE
    assert "refused the token (401)" in wrong.stderr
    env = {**settings(influx, names), "INFLUXDB_V2_ORG": "nobody's"}
    lost = swarmscope("buckets", "create", env=env)
    assert lost.returncode == ExitCode.WRONG_USAGE
    assert "has no organization nobody's" in lost.stderr


@pytest.mark.long
def test_an_embedded_store_has_the_buckets_of_its_own_settings(tmp_path: Path) -> None:
    with store_process(tmp_path) as url:
        done = swarmscope("buckets", "create", "--url", url)
        other = swarmscope(
            "buckets",
            "create",
            env={
                "INFLUXDB_V2_URL": url,
                "SWARMSCOPE_BUCKET_LONG": "another",
            },
        )
    assert done.stdout.splitlines() == [
        "loadtest: was there already; its points are kept for ever.",
        "loadtest_long: was there already; its points are kept for ever.",
    ]
    assert other.returncode == ExitCode.WRONG_USAGE
    assert "has no bucket another" in other.stderr
    assert "Start `swarmscope serve` with the same" in other.stderr


@pytest.mark.long
def test_what_can_not_be_done_is_said_before_anything_is_asked() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    absent = swarmscope("buckets", "create", "--url", url)
    assert absent.returncode == ExitCode.STORE_UNREACHABLE
    span = swarmscope("buckets", "create", "--url", url, "--retention", "soon")
    assert span.returncode == ExitCode.WRONG_USAGE
    assert "30d, 12h, 8w" in span.stderr
    one = swarmscope("buckets", "create", env={"SWARMSCOPE_BUCKET_LONG": "loadtest"})
    assert one.returncode == ExitCode.WRONG_USAGE
    assert "both name the bucket loadtest" in one.stderr
