"""What `--time` of an event means, and what is said of one that may be recorded or not."""

import gzip

import pytest
from tests.fixtures.commands import Command
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.cli.annotate import moment
from swarmscope.errors import ConfigurationError, ExitCode

NOW = 1_780_000_000 * 10**9


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 1_780_000_000),
        ("1767225600", 1_767_225_600),
        ("5m", 1_780_000_000 - 300),
        ("90s", 1_780_000_000 - 90),
        ("2026-05-28T20:27:03Z", 1_780_000_023),
        ("2026-05-28T22:27:03+02:00", 1_780_000_023),
    ],
)
def test_time_is_a_date_seconds_or_how_long_ago(text: str, seconds: int) -> None:
    assert moment(text, NOW) == seconds * 10**9


@pytest.mark.parametrize("text", ["yesterday", "20:27", "5 minutes", "2026-13-01T00:00:00Z"])
def test_anything_else_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(ConfigurationError, match="five minutes ago"):
        moment(text, NOW)


@pytest.mark.parametrize("said", [Said(status=0), Said(b"", 504)], ids=["hangs up", "a proxy"])
def test_whether_an_event_is_recorded_is_not_known_where_nobody_says_it(
    command: Command, said: Said
) -> None:
    heard: list[Heard] = []
    with answering({"/": said}, heard) as url:
        done = command("annotate", "x", "--url", url)
    assert (done.code, done.out, len(heard)) == (ExitCode.STORE_UNREACHABLE, "", 1)
    assert "Whether the event is stored isn't known." in done.err
    assert "makes the same point where --time is a date" in done.err
    assert "not recorded" not in done.err


def test_an_event_that_was_never_sent_is_not_recorded(command: Command) -> None:
    done = command("annotate", "x", "--url", f"http://127.0.0.1:{free_port()}")
    assert done.code == ExitCode.STORE_UNREACHABLE
    assert "The event is not recorded." in done.err


@pytest.mark.parametrize(
    ("time", "points"),
    [(("--time", "1780000000"), 1), (("--time", "2026-05-28T20:27:03Z"), 1), ((), 2)],
    ids=["seconds", "a date", "none"],
)
def test_the_same_again_is_the_same_point_where_its_time_is_given(
    command: Command, time: tuple[str, ...], points: int
) -> None:
    heard: list[Heard] = []
    with answering({"/": Said(status=204)}, heard) as url:
        for _ in range(2):
            assert command("annotate", "x", *time, "--url", url).code == ExitCode.FINE
    # In both buckets; whether there is a second one is asked without a point.
    bodies = [body for one in heard if (body := gzip.decompress(one.body))]
    assert (len(bodies), len(set(bodies))) == (4, points)
