"""Response times from the intended start, as points."""

from collections import Counter

from swarmscope.recording.histogram import BOUND_NAMES, index
from swarmscope.recording.intended import Intended
from swarmscope.recording.points import Encoder

KEY = ("/item", "GET")


def add(intended: Intended, ms: object) -> None:
    intended.add(0.0, KEY, "GET", "/item", ms, 10, None, None, None, None)


def fields(line: str) -> Counter[str]:
    series, told, _ = line.split(" ")
    assert series.startswith("locust_intended_latency,")
    pairs = (field.split("=") for field in told.split(","))
    return Counter({name: int(count.rstrip("i")) for name, count in pairs if count != "0i"})


def bucket(ms: float) -> str:
    return BOUND_NAMES[index(ms)]


def test_what_began_late_is_added_and_all_together_are_told_as_well() -> None:
    late = iter([0.0, 1_500.0, None, 3.0])
    intended = Intended(lambda: next(late))
    for ms in (20, 20, 20, None):
        add(intended, ms)
    of_item, of_all = intended.lines(Encoder({"run": "r", "worker": "w"}), 40)
    assert "name=/item" in of_item
    assert "name=Aggregated" in of_all
    assert fields(of_item) == fields(of_all) == {bucket(20): 1, bucket(1_520): 1}
    assert of_item.endswith(" 40000000000")


def test_what_comes_late_for_a_span_makes_its_point_larger() -> None:
    intended = Intended(lambda: 0.0)
    encoder = Encoder({"run": "r"})
    add(intended, 5)
    list(intended.lines(encoder, 40))
    add(intended, 5)
    assert fields(next(intended.lines(encoder, 40))) == {bucket(5): 2}
    assert list(intended.lines(encoder, 40)) == []
    add(intended, 5)
    assert fields(next(intended.lines(encoder, 50))) == {bucket(5): 1}
