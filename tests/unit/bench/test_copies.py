"""One run, written again as others."""

from tests.bench.large.copies import Template, run_name
from tests.bench.played import Load

from swarmscope import schema
from swarmscope.recording.points import requests_of

LOAD = Load(endpoints=3, workers=2, rate=5, seconds=12)


def _tags(line: str) -> list[str]:
    return line.replace("\\ ", "_").split(" ")[0].split(",")


def test_a_copy_is_the_same_run_under_another_name_at_another_time() -> None:
    template = Template(LOAD)
    first = list(template.lines(schema.BUCKET, run_name(1), 600))
    second = list(template.lines(schema.BUCKET, run_name(2), 1_200))
    assert all(f"run={run_name(1)}" in _tags(line) for line in first)
    for one, other in zip(first, second, strict=True):
        text, _, time_ns = one.rpartition(" ")
        later = f"{text.replace(run_name(1), run_name(2))} {int(time_ns) + 600 * 10**9}"
        assert other == later


def test_a_copy_has_all_requests() -> None:
    lines = Template(LOAD).lines(schema.BUCKET, run_name(7), 0)
    assert sum(map(requests_of, lines)) == LOAD.requests


def test_a_template_knows_both_buckets() -> None:
    assert Template(LOAD).buckets == [schema.BUCKET, schema.BUCKET_LONG]


def test_no_two_runs_have_one_name() -> None:
    assert len({run_name(number) for number in range(1_000)} - {LOAD.run}) == 1_000
