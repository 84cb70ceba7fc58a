"""What `--time` of an event means."""

import pytest

from swarmscope.cli.annotate import moment
from swarmscope.errors import ConfigurationError

NOW = 1_780_000_000 * 10**9


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 1_780_000_000),
        ("1767225600", 1_767_225_600),
        ("5m", 1_780_000_000 - 300),
        ("90s", 1_780_000_000 - 90),
        ("2026-05-28T20:27:03Z", 1_780_000_023),
        ("2026-05-28T22:27:03+02:00", 1_780_000_023),
    ],
)
def test_time_is_a_date_seconds_or_how_long_ago(text: str, seconds: int) -> None:
    assert moment(text, NOW) == seconds * 10**9


@pytest.mark.parametrize("text", ["yesterday", "20:27", "5 minutes", "2026-13-01T00:00:00Z"])
def test_anything_else_is_refused_with_what_would_do(text: str) -> None:
    with pytest.raises(ConfigurationError, match="five minutes ago"):
        moment(text, NOW)
