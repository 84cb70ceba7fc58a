"""Numbers as words in a cell: each has one word, that of the last step it reaches."""

import pytest
from dashboards import cell_overrides, config


def word_of(requests: float) -> list[str]:
    """Return the words of all ranges that hold *requests*: Grafana takes the first."""
    steps = ((least, word, "text") for least, word in config.ENOUGH_FOR)
    mappings, _ = cell_overrides.in_ranges(*steps)
    return [
        one["options"]["result"]["text"]
        for one in mappings.value
        if one["options"]["from"] <= requests
        and (one["options"]["to"] is None or requests <= one["options"]["to"])
    ]


@pytest.mark.parametrize(
    ("requests", "word"),
    [
        *((0, "nothing"), (1, "nothing"), (2, "p50"), (19, "p50"), (20, "p95"), (99, "p95")),
        *((100, "p99"), (10**12, "p99")),
    ],
)
def test_a_percentile_needs_a_request_beyond_it(requests: int, word: str):
    assert word_of(requests) == [word]
