"""Numbers that others wrote: which of them are asked for, and what is said where there are none."""

import json
from typing import Any

import pytest
from tests.fixtures.answers import Answers

from swarmscope.gate.course import Course
from swarmscope.gate.fields import Fields, Tags
from swarmscope.gate.metrics import Field
from swarmscope.gate.samples import Sample
from swarmscope.store.question import Question, Table

COURSE = Course(1_000.5, 1_060, ())


def names(*series: dict[str, str]) -> list[dict[str, Any]]:
    there = {"measurement": ["cpu", "mem"], "field": ["usage_idle", "usage_user"]}
    rows = [{"kind": kind, "name": n, "tags": "{}"} for kind, some in there.items() for n in some]
    return rows + [
        {"kind": "series", "name": "usage_idle", "tags": json.dumps(tags)} for tags in series
    ]


SERIES = ({"host": "shop-1", "cpu": "cpu0"}, {"host": "db", "cpu": "cpu1"})


@pytest.mark.parametrize(
    ("measurement", "field", "tags", "why"),
    [
        (
            "cpus",
            "usage_idle",
            (),
            "nobody wrote a measurement cpus while it went on: did you mean cpu? There are cpu, "
            "mem",
        ),
        ("disk", "x", (), "nobody wrote a measurement disk while it went on: there are cpu, mem"),
        (
            "cpu",
            "usage_active",
            (),
            "cpu has no field usage_active, which Telegraf writes where report_active = true; "
            "without it `max(cpu.usage_active) < 80` is `min(cpu.usage_idle) > 20`",
        ),
        (
            "cpu",
            "usage_ide",
            (),
            "cpu has no field usage_ide: did you mean usage_idle? There are usage_idle, usage_user",
        ),
        (
            "cpu",
            "usage_idle",
            (("hots", "db"),),
            "no point of cpu.usage_idle has a tag hots: did you mean host? There are cpu, host",
        ),
        (
            "cpu",
            "usage_idle",
            (("host", "shop"),),
            'no point of cpu.usage_idle has host="shop": did you mean host="shop-1"? '
            'There are host="db", host="shop-1"',
        ),
        (
            "cpu",
            "usage_idle",
            (("host", "db"), ("cpu", "cpu0")),
            "no point of cpu.usage_idle has all of these tags",
        ),
        ("cpu", "usage_idle", (("host", "db"),), "cpu.usage_idle holds no numbers"),
    ],
)
def test_what_there_is_instead_is_named(measurement: str, field: str, tags: Tags, why: str) -> None:
    fields = Fields(Answers(field_names=names(*SERIES)), "r", COURSE)  # type: ignore[arg-type]
    assert fields.lack(measurement, field, tags) == why


def test_where_nobody_wrote_anything_nothing_is_named() -> None:
    fields = Fields(Answers(), "r", COURSE)  # type: ignore[arg-type]
    assert fields.lack("cpu", "x", ()) == "nobody wrote a measurement cpu while it went on"


def test_a_run_that_nobody_saw_end_has_a_moment_all_the_same() -> None:
    answers = Answers()
    Fields(answers, "r", Course(1_000, 1_000, ())).lack("cpu", "x", ())  # type: ignore[arg-type]
    (asked,) = answers.asked
    assert (asked.start, asked.stop) == (1_000_000, 1_000_001), "an empty range is refused"


def test_of_many_the_first_are_named() -> None:
    rows = [{"kind": "measurement", "name": f"m{i:02}", "tags": "{}"} for i in range(20)]
    fields = Fields(Answers(field_names=rows), "r", COURSE)  # type: ignore[arg-type]
    assert fields.lack("cpu", "x", ()).endswith("m06, m07, and 12 more")


def test_each_is_asked_for_once_and_by_the_hour() -> None:
    rows = [{"time": 1_001_500, "tags": "{}", "value": value} for value in (2.0, None)]
    answers = Answers(field_values=rows)
    fields = Fields(answers, "r", Course(1_000.5, 4_601, ()))  # type: ignore[arg-type]
    asked = Field("max", "cpu", "usage_idle", (("host", "db"),))
    assert fields.samples(asked) == [Sample(1_001.5, "{}", 2.0)] * 2
    assert fields.samples(Field("min", "cpu", "usage_idle", (("host", "db"),)))
    found = [(q.start, q.stop, q.measurement, q.field, q.tags, q.run) for q in answers.asked]
    of = ("cpu", "usage_idle", (("host", "db"),), "r")
    assert found == [(1_000_500, 4_600_500, *of), (4_600_500, 4_601_001, *of)]


class Values(Answers):
    """A store of one series: *values* by the second."""

    def __init__(self, **values: float) -> None:
        super().__init__()
        self._values = [(int(at[1:]) * 1_000, value) for at, value in values.items()]

    def ask(self, question: Question) -> Table:
        """Return what was written in the time that is asked for."""
        assert question.start is not None
        assert question.stop is not None
        start, stop = question.start, question.stop
        rows = [(at, "{}", value) for at, value in self._values if start <= at < stop]
        self.asked.append(question)
        return Table(question.name, ("time", "tags", "value"), rows, 1, start, stop)


def test_a_counter_s_growth_begins_where_it_stood_before_the_run() -> None:
    """What it is at the end has in it what was lost before."""
    answers = Values(_700=39.0, _990=40.0, _1010=41.0, _1020=45.0)
    fields = Fields(answers, "r", COURSE)  # type: ignore[arg-type]
    grown = fields.samples(Field("increase", "orders", "lost"))
    assert [(one.time, one.value) for one in grown] == [(1_010, 1.0), (1_020, 4.0)]
    ranges = [(1_000_500, 1_060_001), (700_500, 1_000_500)]
    assert [(one.start, one.stop) for one in answers.asked] == ranges
    assert [one.value for one in fields.samples(Field("max", "orders", "lost"))] == [41.0, 45.0]


def test_what_a_worker_writes_as_the_run_ends_is_in_it() -> None:
    fields = Fields(Values(_1059=1.0, _1060=2.0, _1061=4.0), "r", COURSE)  # type: ignore[arg-type]
    found = fields.samples(Field("sum", "locust_user_error", "count"))
    assert [one.value for one in found] == [1.0, 2.0]
    assert all(COURSE.start <= one.time < COURSE.stop for one in found)


def test_a_counter_that_was_written_once_has_no_growth_that_anybody_knows() -> None:
    fields = Fields(Values(_1010=41.0), "r", COURSE)  # type: ignore[arg-type]
    assert fields.samples(Field("increase", "orders", "lost")) == []
    why = "each of its series was written once, and how much one grew takes two values"
    assert fields.lack("orders", "lost", ()) == why
    assert not fields.is_silent(Field("increase", "orders", "lost"))


@pytest.mark.parametrize("aggregate", ["sum", "increase"])
@pytest.mark.parametrize(("series", "silent"), [((), True), (SERIES, False)])
def test_what_others_write_with_other_tags_or_as_text_is_not_silent(
    aggregate: str, series: tuple[dict[str, str], ...], silent: bool
) -> None:
    """Mistyped tags would pass for a counter that never counted."""
    fields = Fields(Answers(field_names=names(*series)), "r", COURSE)  # type: ignore[arg-type]
    for tags in ((("host", "shop"),), (("host", "db"),), ()):
        field = Field(aggregate, "cpu", "usage_idle", tags)
        assert (fields.samples(field), fields.is_silent(field)) == ([], silent)


def test_a_counter_that_is_no_more_is_not_one_that_never_counted() -> None:
    """Whoever writes it may have gone."""
    for values, silent in (({}, True), ({"_990": 40.0}, False), ({"_690": 40.0}, True)):
        fields = Fields(Values(**values), "r", COURSE)  # type: ignore[arg-type]
        field = Field("increase", "orders", "lost")
        assert (fields.samples(field), fields.is_silent(field)) == ([], silent)
    assert fields.is_silent(Field("sum", "orders", "lost"))
