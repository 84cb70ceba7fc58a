"""What is folded past a budget in one kind of points is folded in all others of the same run."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures.sessions import World, fields

from swarmscope import schema
from swarmscope.embedded.parser import parse

RAW = {"SWARMSCOPE_RAW_REQUESTS": "on"}
Endpoints = Counter[tuple[str, ...]]


def counts(
    world: World,
    measurement: str,
    field: str = "count",
    *,
    by: tuple[str, ...] = ("name", "method"),
) -> Endpoints:
    """Return what *measurement* says of each endpoint; of totals the last word."""
    found: Endpoints = Counter()
    last = {}
    for point in parse("\n".join(world.kept.lines(measurement)), "ns", 0):
        tags = dict(point.key.tags)
        if tags.get("name") != schema.AGGREGATED:
            key = tuple(tags.get(tag, "") for tag in by)
            number = point.fields.get(field, 1)
            assert isinstance(number, int)
            found[key] += number
            last[key] = number
    return Counter(last) if measurement == "locust_entry_point_stats" else +found


def fire(world: World, name: object, method: object = "GET", **more: Any) -> None:
    world.session.record(
        request_type=method, name=name, response_time=5.0, response_length=1, **more
    )


class Page:
    """A name whose text is another one each time."""

    def __init__(self) -> None:
        self._asked = 0

    def __str__(self) -> str:
        self._asked += 1
        return f"/page/{self._asked}"


def test_a_name_that_its_list_changes_is_written_by_itself_as_it_was_counted(
    tmp_path: Path,
) -> None:
    world = World(tmp_path, SWARMSCOPE_MAX_NAMES="2", **RAW)
    world.identify()
    name = [1]  # no key, so that its text is all there is
    for number in (1, 2, 3):
        name[0] = number
        fire(world, name)
    world.finish()
    folded = {(schema.FOLDED, ""): 1}
    assert counts(world, "locust_stats") == {("[1]", "GET"): 1, ("[2]", "GET"): 1, **folded}
    assert counts(world, "locust_request") == counts(world, "locust_stats")


def test_names_that_are_equal_are_apart_wherever_they_were_counted_apart(tmp_path: Path) -> None:
    class One(list[int]):
        def __str__(self) -> str:
            return "1"

    world = World(tmp_path, SWARMSCOPE_MAX_NAMES="1", **RAW)
    world.identify()
    fire(world, One())
    for i in range(8):  # as many spellings as are remembered
        fire(world, f"/{i}")
    fire(world, 1)
    fire(world, True)
    world.finish()
    assert counts(world, "locust_stats") == {("1", "GET"): 2, (schema.FOLDED, ""): 9}
    assert counts(world, "locust_request") == counts(world, "locust_stats")


PLAIN: list[Any] = ["/a", "/b", "/c d", "/a?b=1", "", None, 1, True, 1.0, b"x", ("/a", 1)]
REQUESTS = st.lists(
    st.tuples(
        st.integers(0, len(PLAIN) + 3),  # the name
        st.sampled_from(["GET", "POST", None]),
        st.sampled_from([None, ValueError("no"), "no"]),
        st.sampled_from([None, 200, 404, 503]),
        st.sampled_from(["", "", "", "second", "changed"]),
    ),
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(
    REQUESTS, st.integers(1, 6), st.booleans(), st.sampled_from(["1", "0.5"]), st.integers(0, 20)
)
def test_whatever_is_requested_all_kinds_of_points_fold_the_same_endpoints(
    requests: list[tuple[Any, ...]], most: int, template: bool, sample: str, named_at: int
) -> None:
    env = {"SWARMSCOPE_MAX_NAMES": str(most), "SWARMSCOPE_RAW_SAMPLE": sample, **RAW}
    with TemporaryDirectory() as folder:
        world = World(
            Path(folder), **env, **({"SWARMSCOPE_TEMPLATE_NAMES": "on"} if template else {})
        )
        changing: list[Any] = [[1], [1], Page(), Page()]
        names = [*PLAIN, *changing]
        for number, (name, method, error, status, then) in enumerate(requests):
            if number == named_at:
                world.identify()
            response = status and SimpleNamespace(status_code=status)
            fire(world, names[name], method, exception=error, response=response)
            if then == "second":
                world.tick()
            elif then == "changed":
                changing[0][0] += 1
        if world.session.identity is None:
            world.identify()
        world.finish()
    check(world, requests, most, sample)


def check(world: World, requests: list[tuple[Any, ...]], most: int, sample: str) -> None:
    seconds, failed = (counts(world, "locust_stats", f) for f in ("count", "num_failures"))
    assert seconds.total() == len(requests)
    assert len(seconds.keys() - {(schema.FOLDED, "")}) <= most
    assert counts(world, "locust_status") == seconds
    assert counts(world, "locust_entry_point_stats") == seconds
    assert counts(world, "locust_entry_point_stats", "num_failures") == {
        key: failed[key] for key in seconds
    }
    assert counts(world, "locust_exception_stats") == +failed
    each = counts(world, "locust_request", by=("name", "method", "result"))
    single: Endpoints = Counter(dict.fromkeys(seconds, 0))
    for (*key, _), number in each.items():
        single[tuple(key)] += number
    assert single <= seconds
    assert single.keys() == seconds.keys()
    if sample == "1":
        assert single == seconds
        assert {key: each[*key, schema.FAILURE] for key in seconds} == {
            key: failed[key] for key in seconds
        }


def test_a_user_class_is_folded_among_the_users_if_it_is_among_their_errors(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    world.identify()
    classes = [f"User{i}" for i in range(schema.MAX_USER_CLASSES + 5)]
    for name in reversed(classes):
        world.session.user_errors.record(name, ValueError("no"))
    world.mono += 1
    world.session.tick(dict.fromkeys(classes, 1), {})
    world.session.tick(dict.fromkeys(classes, 1), {})
    by = ("user_class",)
    errors = counts(world, "locust_user_error", by=by)
    assert errors[schema.FOLDED,] == 5
    assert counts(world, "locust_users", by=by).keys() == errors.keys()


def test_a_status_is_folded_among_the_failures_if_it_is_among_the_answers(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.identify()
    for code in range(200, 200 + schema.MAX_STATUSES):
        fire(world, "/a", response=SimpleNamespace(status_code=code))
    world.tick()
    for code in (201, 503):
        fire(world, "/b", response=SimpleNamespace(status_code=code), exception=ValueError("no"))
    world.finish()
    by = ("name", "status")
    failures = counts(world, "locust_exception_stats", by=by)
    assert failures == {("/b", "201"): 1, ("/b", schema.FOLDED): 1}
    assert failures.items() <= counts(world, "locust_status", by=by).items()


def test_an_exception_that_is_folded_among_failures_is_among_users_errors(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.identify()
    kinds = [type(f"E{i}", (Exception,), {}) for i in range(schema.MAX_EXCEPTIONS + 1)]
    for kind in kinds:
        fire(world, "/a", exception=kind("no"))
    for kind in reversed(kinds):
        world.session.user_errors.record("Shopper", kind("no"))
    world.finish()
    by = ("exception",)
    errors = counts(world, "locust_user_error", by=by)
    assert errors[schema.FOLDED,] == 1
    assert errors == counts(world, "locust_exception_stats", by=by)


def test_a_reset_of_locusts_statistics_gives_no_endpoint_another_place(tmp_path: Path) -> None:
    world = World(tmp_path, SWARMSCOPE_MAX_NAMES="1", **RAW)
    world.identify()
    for _ in range(2):
        for name in ("/a", "/b"):
            world.request(name)
        world.environment.stats.reset_all()
        world.environment.stats.clear_all()
        world.tick()
    world.request("/b")
    world.finish()
    world.session.mark_final({}, {})
    assert counts(world, "locust_stats") == {("/a", "GET"): 2, (schema.FOLDED, ""): 3}
    assert counts(world, "locust_request") == counts(world, "locust_stats")
    assert fields(world.kept.lines("locust_worker")[-1])["requests_unheard"] == "0i"


def test_each_run_of_a_process_has_budgets_of_its_own(tmp_path: Path) -> None:
    for own in ("first", "second"):
        world = World(tmp_path, SWARMSCOPE_MAX_NAMES="1", **RAW)
        world.identify()
        for name in (own, "other one"):
            fire(world, name)
        world.finish()
        assert counts(world, "locust_request") == {(own, "GET"): 1, (schema.FOLDED, ""): 1}
        assert counts(world, "locust_stats") == counts(world, "locust_request")
