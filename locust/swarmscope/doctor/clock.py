"""Whether this machine's clock and the store's agree."""

from datetime import UTC, datetime

from swarmscope.doctor.finding import Finding, Level

_LIMIT_S = 2.0
"""The store tells its time in whole seconds."""


def check_clock(date: datetime) -> Finding:
    """Compare this machine's clock with the store's, which said *date*."""
    # The header is cut to the second: in the middle the store's clock was half a second further.
    ahead = (datetime.now(UTC) - date).total_seconds() - 0.5
    if abs(ahead) <= _LIMIT_S:
        return Finding("clock", Level.FINE, "This clock and the store's agree to about a second.")
    side = "ahead of" if ahead > 0 else "behind"
    return Finding(
        "clock",
        Level.WARNING,
        f"This clock is about {abs(ahead):.0f} s {side} the store's.",
        "Synchronize both with NTP: load and host metrics would not lie over one another.",
    )
