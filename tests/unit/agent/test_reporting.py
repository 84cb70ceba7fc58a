"""A session that reports: what was counted arrives, at the pace that the master wants."""

from collections import Counter
from pathlib import Path

import pytest
from tests.fixtures.sessions import World

from swarmscope.agent.reporting import Reporting
from swarmscope.recording.reports import Report


class Heard:
    """What a master hears of a session."""

    def __init__(self, folder: Path, pace: int | None) -> None:
        self.messages: list[Report] = []
        self.reports = Reporting(10, self.messages.append)
        self.reports.pace = pace
        self.world = World(folder, reports=self.reports)

    def second(self) -> None:
        self.world.request()
        self.world.tick()

    @property
    def windows(self) -> int:
        """Requests in windows."""
        return sum(t.count for m in self.messages for _, t in m.windows)

    @property
    def endpoints(self) -> Counter[str]:
        """Requests by endpoint."""
        counts: Counter[str] = Counter()
        for report in self.messages:
            for (name, _), tally in report.endpoints:
                counts[name] += tally.count
        return counts


@pytest.mark.parametrize(("pace", "reports"), [(1, 12), (5, 3), (10, 2)])
def test_a_session_reports_at_its_master_s_pace(tmp_path: Path, pace: int, reports: int) -> None:
    heard = Heard(tmp_path, pace)
    heard.world.identify()
    for _ in range(12):
        heard.second()
    until = [m.until for m in heard.messages if m.until]
    assert len(until) == reports
    assert until == sorted(until)


def test_all_that_was_counted_is_told_by_the_end_once_in_each_way(tmp_path: Path) -> None:
    heard = Heard(tmp_path, 5)
    heard.world.identify()
    for _ in range(12):
        heard.second()
    heard.world.request("/b")
    heard.world.finish()
    assert heard.windows == 13
    assert heard.endpoints == {"/a": 12, "/b": 1}
    assert heard.messages[-1].final
    assert [m.number for m in heard.messages] == list(range(1, len(heard.messages) + 1))


def test_what_comes_after_the_end_is_told_at_once(tmp_path: Path) -> None:
    heard = Heard(tmp_path, 10)
    heard.world.identify()
    heard.second()
    heard.world.finish()
    heard.world.session.mark_final({}, {})
    told = len(heard.messages)
    heard.world.request()
    heard.world.session.take_back({}, {}, for_good=True)
    assert len(heard.messages) > told
    assert heard.windows == heard.endpoints["/a"] == 2
    assert heard.messages[-1].final


def test_windows_from_before_the_run_had_a_name_are_told_as_well(tmp_path: Path) -> None:
    heard = Heard(tmp_path, None)
    for _ in range(3):
        heard.second()
    assert not heard.messages
    heard.reports.pace = 1
    heard.world.identify()
    heard.second()
    assert heard.windows == 4


def test_a_master_that_merges_nothing_hears_nothing(tmp_path: Path) -> None:
    heard = Heard(tmp_path, None)
    heard.world.identify()
    for _ in range(12):
        heard.second()
    heard.world.finish()
    assert not heard.messages
    assert heard.world.requests() == 12
