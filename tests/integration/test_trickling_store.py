"""An answer that never ends is given up: each byte of it begins the client's time-out anew."""

from pathlib import Path

import pytest
from tests.fixtures.delivery_program import deliver
from tests.fixtures.odd_store import DRIP, serving_oddly


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize(
    "begins",
    [
        b"",
        pytest.param(b"HTTP/1.1 204", marks=pytest.mark.long),
        pytest.param(b"HTTP/1.1 503 x\r\nX: ", marks=pytest.mark.long),
        b"HTTP/1.1 503 x\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["at once", "status", "header", "body"],
)
def test_all_is_delivered_after_an_answer_without_an_end(tmp_path: Path, begins: bytes):
    """To both lanes' first writes, and to the first with something in it."""
    with serving_oddly(*[begins + DRIP] * 3) as odd:
        said = deliver(tmp_path, 1, INFLUXDB_V2_URL=odd.url, INFLUXDB_V2_TIMEOUT="200")
    assert said == "1 delivered; imported on threads: []\n"
    assert len(odd.lines) >= 1
