"""The line of progress: what it says of what the store answers."""

from collections.abc import Mapping, Sequence

from swarmscope.demo.progress import HEADING, LAG, SPAN, Glance, Progress, glance
from swarmscope.errors import StoreUnreachableError
from swarmscope.store.question import Question, Table

NOW = 1_700_000_010.7


class Answers:
    """A store that answers from a table."""

    def __init__(self, tables: Mapping[str, tuple[str, Sequence[tuple[object, ...]]]]) -> None:
        self.tables = tables
        self.questions: list[Question] = []

    def ask(self, question: Question) -> Table:
        self.questions.append(question)
        columns, rows = self.tables[question.name]
        return Table(question.name, tuple(columns.split()), list(rows), 1, 0, 0)


class Silence:
    def ask(self, question: Question) -> Table:
        raise StoreUnreachableError("The store does not answer.")


NOTHING = Answers(
    {
        "endpoint_totals": ("name requests failures", []),
        "endpoint_percentiles": ("name p95", []),
        "users": ("time user_class value", []),
        "host_cpu": ("time value", []),
    }
)
SOMETHING = Answers(
    {
        "endpoint_totals": ("name requests failures", [("/a", 40, 0), ("/b", 10, 5)]),
        "endpoint_percentiles": ("name p95", [("/a", 10.0), ("Aggregated", 123.4)]),
        "users": (
            "time user_class value",
            [(1, "Buyer", 99), (2, "Buyer", 3), (2, "Browser", 9)],
        ),
        "host_cpu": ("time value", [(1, 40.0), (2, 60.0)]),
    }
)


def test_a_glance_counts_requests_once_and_users_of_the_latest_second() -> None:
    found = glance(SOMETHING, "r", NOW)
    assert found == Glance(
        users=12,
        requests_per_second=50 / SPAN,
        failures_per_second=5 / SPAN,
        p95_ms=123.4,
        host_cpu=50.0,
    )


def test_a_glance_asks_for_whole_seconds_and_leaves_out_those_still_on_their_way() -> None:
    glance(NOTHING, "r", NOW)
    stop = (int(NOW) - LAG) * 1_000
    assert {(q.run, q.start, q.stop, q.window) for q in NOTHING.questions} == {
        ("r", stop - SPAN * 1_000, stop, 1)
    }


def test_what_is_not_known_yet_is_a_dash_and_not_a_zero() -> None:
    line = glance(NOTHING, "r", NOW).line(0)
    assert line.split() == ["0:00", "-", "0.0", "0.0", "-", "-"]


def test_a_line_stands_under_its_heading() -> None:
    line = glance(SOMETHING, "r", NOW).line(125)
    assert line.split() == ["2:05", "12", "10.0", "1.0", "123", "50", "%"]
    assert len(line) == len(HEADING)


def test_a_store_that_is_silent_for_once_does_not_end_the_progress() -> None:
    said: list[str] = []
    Progress(Silence(), "r", said.append, every=0).tick()
    assert said == [HEADING, "        (The store does not answer.)"]
