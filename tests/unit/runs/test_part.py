"""A part of a run: which options mean which, and what can't be meant."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.runs.part import Part, Wanted, empty, users_in

BEGAN = 1_780_000_000_400
"""Four tenths into a second."""
ENDED = BEGAN // 1_000 * 1_000 + 300_000
WHOLE = BEGAN // 1_000 * 1_000


def part(*, resolution: int | None = 1, **options: str) -> Part:
    return Wanted.of(**options).part_of({"start": BEGAN, "resolution": resolution}, ENDED)


def after(ms: int) -> float:
    """Return the seconds from the begin of the run's first second until *ms*."""
    return (ms - WHOLE) / 1_000


@pytest.mark.parametrize(
    ("options", "bounds"),
    [
        # Of a second that it cuts nobody knows which requests belong to it.
        ({"since": "30s"}, (31, 300)),
        ({"warm_up": "30s"}, (31, 300)),
        ({"since": "0"}, (1, 300)),
        ({"until": "2m"}, (0, 120)),
        ({"since": "500ms", "until": "1m"}, (1, 60)),
        ({"since": "90", "until": "1h"}, (91, 300)),
        ({"since": str(WHOLE // 1_000 + 20)}, (20, 300)),
        ({"since": "2000-01-01T00:00:00Z"}, (0, 300)),
        ({"until": datetime.fromtimestamp(WHOLE / 1_000 + 60, UTC).isoformat()}, (0, 60)),
        ({"since": "10s", "until": "10500ms"}, (11, 10)),
        ({"since": "1h"}, (3_601, 300)),
    ],
)
def test_a_part_holds_the_seconds_that_lie_in_it_whole(
    options: dict[str, str], bounds: tuple[int, int]
) -> None:
    found = part(**options)
    assert (after(found.start), after(found.stop)) == bounds
    assert found.seconds == max(0, bounds[1] - bounds[0])


@pytest.mark.parametrize(("resolution", "first"), [(None, 31), (1, 31), (10, 40), (60, 80)])
def test_a_part_begins_with_a_window_as_it_was_recorded(resolution: int | None, first: int) -> None:
    found = part(since="30s", resolution=resolution)
    assert found.start % ((resolution or 1) * 1_000) == 0
    assert after(found.start) == first


@pytest.mark.parametrize("odd", [-5, 0, 10**15])
def test_a_resolution_that_no_run_has_changes_no_part(odd: int) -> None:
    assert part(since="30s", resolution=odd) == part(since="30s", resolution=1)


@pytest.fixture
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_kathmandu")
def test_a_moment_without_a_zone_is_one_of_this_machines_clock() -> None:
    assert part(since="2026-05-29T02:12:00") == part(since="2026-05-28T20:27:00Z")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"since": "soon"}, r"--from is 'soon', which can't be used\. Nothing was read\. .*30s"),
        ({"until": "-5"}, "--to is '-5'"),
        ({"until": "nan"}, "--to is 'nan'"),
        ({"until": "inf"}, "--to is 'inf'"),
        ({"until": "9" * 400}, "--to is '9999"),
        ({"until": "9" * 20}, "--to is '9999"),
        ({"until": "2026-13-01"}, "--to is '2026-13-01'"),
        ({"until": "0001-01-01"}, "--to is '0001-01-01'"),
        ({"warm_up": "2026-05-28T20:27:00Z"}, r"--warm-up is .*--from takes.*length, like 30s"),
        ({"since": "-30s"}, r"count from the run's start, not back from its end\. Give it"),
        ({"since": "10:30"}, "A time of day needs its date"),
        ({"since": "1780000030000"}, "looks like milliseconds: seconds since 1970"),
        ({"until": "1m30s"}, "One number and one unit are meant: 90s"),
        ({"until": "1d"}, "Units are ms, s, m and h"),
        ({"until": "30 s"}, "Units are ms, s, m and h, right behind the number"),
        ({"warm_up": "1780000000"}, "--warm-up is"),
        ({"since": "30s", "warm_up": "30s"}, "both say where to begin"),
        ({"since": "2m", "until": "30s"}, "--from 2m does not lie before --to 30s"),
        ({"warm_up": "30s", "until": "30s"}, "--warm-up 30s does not lie before"),
    ],
)
def test_what_cannot_be_meant_is_said(options: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        Wanted.of(**options)
    assert caught.value.exit_code == ExitCode.WRONG_USAGE
    assert caught.value.remedy


def test_without_options_all_is_wanted() -> None:
    assert not Wanted.of()
    assert Wanted.of(since="0s")


@pytest.mark.usefixtures("in_kathmandu")
def test_a_part_says_which_it_is_and_what_is_left_out() -> None:
    found = part(since="30s", until="2m")
    clocks = "(02:12:11 to 02:13:40)"
    assert found.line() == (
        f"0:00:31 to 0:02:00 after the start {clocks}; the rest of 0:05:00 is left out"
    )
    assert found.to_json() == {
        "from": found.start,
        "to": found.stop,
        "seconds": 89.0,
        "line": found.line(),
    }
    error = empty("mine", found)
    assert error.exit_code == ExitCode.NO_DATA
    assert "0:00:31 to 0:02:00" in error.happened


@pytest.mark.usefixtures("in_kathmandu")
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (
            {"since": "1h"},
            "The run mine lasted 0:05:00, and the part that was asked for begins 1:00:01 after its "
            "start (2026-05-29 03:11:41).",
        ),
        (
            {"until": "2001-01-01"},
            "Nothing of the run mine lies in the part that was asked for, which ends 9279 days, "
            "2:11:40 before its start (2001-01-01 00:00:00).",
        ),
        (
            {"since": "10s", "until": "10.4s"},
            "No whole window of the run mine lies in the part that was asked for, which begins "
            "0:00:11 after its start (2026-05-29 02:11:51) and ends 0:00:10 after its start "
            "(2026-05-29 02:11:50).",
        ),
    ],
)
def test_a_part_with_nothing_in_it_says_what_was_understood(
    options: dict[str, str], why: str
) -> None:
    error = empty("mine", part(**options))
    assert error.happened == why
    assert "and so does --from 2026-05-29T02:12:10+0545." in error.remedy


@pytest.mark.usefixtures("in_kathmandu")
def test_what_is_wanted_of_every_run_says_how_it_was_understood() -> None:
    wanted = Wanted.of(since="1h", until="1780000000")
    assert wanted.line() == (
        "Only a part of each run: --from 1h after its start --to 2026-05-29 02:11:40 +0545"
    )


def test_users_of_a_part_are_those_wanted_at_its_begin_and_meanwhile() -> None:
    steps = [(0, 5), (20, None), (40, 50), (100, 20), (200, 80)]
    events = [{"time": WHOLE + s * 1_000, "user_count": users} for s, users in steps]
    assert users_in(events, part(since="60s", until="90s")) == 50
    assert users_in(events, part(since="100s", until="150s")) == 20
    assert users_in(events, part(since="30s", until="150s")) == 50
    assert users_in(events, part(until="30s")) == 5
    assert users_in([], part(until="30s")) == 0


@pytest.mark.parametrize("at", [(22, 10), (31, 1), (60, 1), (89, 5)])
def test_a_window_that_a_part_cuts_lies_in_it(at: tuple[int, int]) -> None:
    second, window = at
    assert part(since="30s", until="90s").overlaps(WHOLE + second * 1_000, window)


@pytest.mark.parametrize("at", [(20, 10), (21, 10), (90, 5), (200, 1)])
def test_a_window_beside_a_part_does_not(at: tuple[int, int]) -> None:
    second, window = at
    assert not part(since="30s", until="90s").overlaps(WHOLE + second * 1_000, window)
