"""The shop's gauges: levels as they are, counts as rates, by the names of the data dictionary."""

from pathlib import Path

from swarmscope import schema
from swarmscope.demo.gauges import Gauges
from swarmscope.demo.parts import Parts
from swarmscope.demo.payments import Payments
from swarmscope.demo.pool import Pool


class Clock:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _parts(tmp_path: Path) -> Parts:
    pool = Pool(tmp_path / "shop.db", workers=1, queue_limit=1)
    return Parts.of(tmp_path / "shop.db", pool, Payments())


def test_the_shop_tells_what_the_data_dictionary_says(tmp_path: Path) -> None:
    told = Gauges(_parts(tmp_path), lambda: 7).read()
    assert told.keys() == schema.APP_GAUGES.fields.keys()
    assert told["open_connections"] == 7
    assert told["rss_bytes"] > 0


def test_counts_are_told_as_how_many_a_second_there_were_since_before(tmp_path: Path) -> None:
    parts, clock = _parts(tmp_path), Clock()
    gauges = Gauges(parts, lambda: 0, clock)
    parts.cache.get("a")
    parts.cache.get("b")
    clock.now = 4.0
    assert gauges.read()["cache_misses_per_second"] == 0.5
    clock.now = 5.0
    assert gauges.read()["cache_misses_per_second"] == 0
    assert gauges.totals()["cache_misses"] == 2
