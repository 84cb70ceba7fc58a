"""The one judge of whether the load generators kept up."""

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
        (1, 1, Strain.SATURATED, "(1 of 1 seconds)"),
        (499, 10_000, Strain.STALLED, "(499 of 10,000 seconds)"),
    ],
)
def test_a_few_bad_moments_do_not_make_a_run_saturated(
    over: int, seconds: int, strain: Strain, says: str
) -> None:
    one = Generator("worker-0", over, seconds)
    assert one.strain is strain
    assert says in one.line()


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
    row = {"seconds": 10, "over": 10, "cpu_percent": 99.0, "loop_lag_ms": 1.0}
    assert generators_of([{**row, "worker": schema.MASTER}]).strain is Strain.UNKNOWN
    assert generators_of([{**row, "worker": "worker-0"}]).strain is Strain.SATURATED
