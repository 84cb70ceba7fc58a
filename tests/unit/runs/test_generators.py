"""The one judge of whether the load generators kept up."""

from typing import Any

import pytest

from swarmscope import schema
from swarmscope.runs.generators import Generator, Generators, Strain, generators_of

LAG = schema.GENERATOR_LAG_LIMIT_MS + 1


@pytest.mark.parametrize(
    ("over", "seconds", "strain", "says"),
    [
        (0, 100, Strain.KEPT_UP, "worker-0 kept up (0 of 100 seconds)"),
        (1, 100, Strain.STALLED, "worker-0 stalled for moments (1 of 100 seconds): response times"),
        (4, 100, Strain.STALLED, "response times then are partly its own"),
        (5, 100, Strain.SATURATED, "worker-0 was saturated (5 of 100 seconds): response times are"),
        (1, 1, Strain.STALLED, "(1 of 1 seconds)"),
        (1, 15, Strain.STALLED, "(1 of 15 seconds)"),
        (2, 15, Strain.SATURATED, "(2 of 15 seconds)"),
        (499, 10_000, Strain.STALLED, "(499 of 10,000 seconds)"),
    ],
)
def test_a_few_bad_moments_do_not_make_a_run_saturated(
    over: int, seconds: int, strain: Strain, says: str
) -> None:
    one = Generator("worker-0", over, seconds)
    assert one.strain is strain
    assert says in one.line()


@pytest.mark.parametrize(
    ("over", "spawning", "seconds", "strain", "says"),
    [
        (1, 1, 15, Strain.KEPT_UP, "was late (1 of 15 seconds, while users were started or"),
        (3, 2, 15, Strain.STALLED, "(3 of 15 seconds, 2 while users were started or st"),
        (3, 1, 15, Strain.SATURATED, "(3 of 15 seconds, 1 while users"),
        # A quarter of all seconds is no moment, whatever was ordered then.
        (4, 4, 16, Strain.SATURATED, "was saturated (4 of 16 seconds, while users were started"),
        (4, 4, 17, Strain.KEPT_UP, "(4 of 17 seconds, while users"),
        (1, 1, 2, Strain.KEPT_UP, "(1 of 2 seconds, while users"),
    ],
)
def test_a_loop_that_was_late_while_users_were_started_is_no_saturated_generator(
    over: int, spawning: int, seconds: int, strain: Strain, says: str
) -> None:
    one = Generator("worker-0", over, seconds, 4.0, LAG, spawning)
    assert one.strain is strain
    assert says in one.line()


def test_what_kept_up_all_the_same_is_told_without_a_warning() -> None:
    late = Generator("worker-1", 2, 60, 4.0, LAG, 2)
    found = Generators((Generator("worker-0", 1, 60, 4.0, LAG, 1), late))
    assert found.line() == f"kept up: 2 generators; {late.line()}"
    assert found.strained == found.warnings() == ()


def test_in_one_line_the_worst_is_told_with_its_machine_and_how_many_others_there_are() -> None:
    rows = [row(worker="a", over=3), row(worker="b", host="other"), row(worker="c", over=9)]
    found = generators_of(rows, [box(), box(host="other")])
    b, other = found.each[1], found.machines[1]
    assert found.line() == f"saturated: {b.line()}; and 2 more; {other.line()}"
    assert len(found.warnings()) == 5


@pytest.mark.parametrize("over", [1, 47])
def test_where_nothing_was_requested_no_response_time_is_doubtful(over: int) -> None:
    rows = [row(over=over)], [box(full=0)]
    asked, idle = (generators_of(*rows, timed=timed) for timed in (True, False))
    assert "response times" in asked.line()
    assert "response times" in asked.warnings()[0]
    assert "response times" not in "".join((idle.line(), *idle.warnings()))
    assert idle.strain is asked.strain
    assert idle.line().endswith(idle.machines[0].line())


def row(**more: Any) -> dict[str, Any]:
    told = {"worker": "worker-0", "host": "box", "seconds": 100, "over": 47, "spawning": 0}
    return {**told, "cpu_percent": 4.0, "loop_lag_ms": LAG, **more}


def box(**more: Any) -> dict[str, Any]:
    told = {"host": "box", "late": 47, "measured": 47, "full": 40, "cpu_percent": 97.6}
    return {**told, "workers_percent": 8.0, "processors": 2.0, **more}


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ({}, "box was full then (CPU 97.6 %), by something else: its workers took 4 % of it"),
        (
            {"workers_percent": 180.0},
            "box was full then (CPU 97.6 %), by its workers (90 %): it has too many, or too few",
        ),
        ({"processors": 0.0}, "box was full then (CPU 97.6 %), its workers took 8 % of one core"),
        ({"full": 23, "cpu_percent": 41.2}, "box was not full then (CPU 41 %): something blocks"),
        ({"measured": 0}, "how full box was isn't known: nobody writes its host metrics"),
    ],
)
def test_of_a_late_worker_that_had_cpu_left_is_said_whose_its_machine_was(
    host: dict[str, Any], says: str
) -> None:
    found = generators_of([row()], [box(**host)])
    assert found.warnings() == (found.each[0].line(), found.machines[0].line())
    assert says in found.line()


@pytest.mark.parametrize(
    "worker", [row(cpu_percent=97.0), row(over=1, spawning=1), row(over=0), row(host="other")]
)
def test_nothing_is_said_of_a_machine_whose_workers_need_no_such_reason(
    worker: dict[str, Any],
) -> None:
    assert generators_of([worker], [box()]).machines == ()


def test_the_peaks_above_a_limit_are_said() -> None:
    assert "seconds; CPU up to 97.3 % of a core, loop lag up to 101 ms)" in (
        Generator("worker-0", 1, 60, 97.3, LAG).line()
    )
    # The limits themselves are none above.
    limits = (schema.GENERATOR_CPU_LIMIT, schema.GENERATOR_LAG_LIMIT_MS)
    assert "seconds)" in Generator("worker-0", 1, 60, *limits).line()


@pytest.mark.parametrize(
    ("overs", "strain", "line"),
    [
        ((), Strain.UNKNOWN, "unknown: no generator told how it was"),
        ((0,), Strain.KEPT_UP, "kept up: 1 generator"),
        ((0, 0), Strain.KEPT_UP, "kept up: 2 generators"),
        ((0, 1), Strain.STALLED, "stalled: worker-1 stalled for moments"),
        ((50, 1, 0), Strain.SATURATED, "saturated: worker-0 was saturated"),
    ],
)
def test_the_worst_generator_decides(overs: tuple[int, ...], strain: Strain, line: str) -> None:
    found = Generators(tuple(Generator(f"worker-{i}", n, 100) for i, n in enumerate(overs)))
    assert found.strain is strain
    assert found.line().startswith(line)


def test_a_busy_master_is_no_generator() -> None:
    assert generators_of([row(worker=schema.MASTER)]).strain is Strain.UNKNOWN
    assert generators_of([row()]).strain is Strain.SATURATED
