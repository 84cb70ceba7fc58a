"""What a report asks of a store."""

from pathlib import Path

import pytest

from swarmscope.embedded.database import Database
from swarmscope.report.contents import WINDOWS, contents_of
from swarmscope.store.file_reader import FileReader

START = 700


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("resolution", "windows", "window"),
    [(1, 9, 1), (1, WINDOWS, 1), (1, WINDOWS + 1, 2), (7, 9, 7), (7, WINDOWS + 9, 14)],
)
def test_its_charts_have_whole_windows_of_those_that_were_recorded(
    tmp_path: Path, resolution: int, windows: int, window: int
) -> None:
    event = f"locust_run,run=r,worker=master,event=start,test=t resolution={resolution}i {START}"
    stats = "locust_stats,run=r,worker=w,name=Aggregated count=70i"
    lines = [f"{stats} {START + resolution * n}" for n in range(windows)]
    with Database(tmp_path) as database:
        database.write("loadtest", "\n".join([event, *lines]), "s")
    with FileReader(tmp_path) as reader:
        charts = contents_of(reader, "r").tables["requests_per_second"]
    assert charts.window == window
    assert sum(rate for _, rate in charts.rows) * window == pytest.approx(70 * windows)
