"""Files as versions of Locust write them with --csv."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

HEAD = [
    *("Type", "Name", "Request Count", "Failure Count", "Median Response Time"),
    *("Average Response Time", "Min Response Time", "Max Response Time", "Average Content Size"),
    *("Requests/s", "Failures/s"),
]
PERCENTS = {
    "1.0": [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 99.999, 100],
    "2.0": [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100],
    "own": [50, 97.5],
}
"""A user may choose others: locust.stats.PERCENTILES_TO_REPORT."""
GET = ("GET", "/items", 900, 9, 120.0)
POST = ("POST", 'say "a, b"\nagain', 100, 1, 320.0)
OWN = ("GET", "Aggregated", 0, 0, 0.0)
Endpoint = tuple[str, str, int, int, float]


def _row(one: Endpoint, percents: Sequence[float]) -> list[object]:
    kind, name, count, failures, avg = one
    times = [int(avg + percent) for percent in percents] if count else ["N/A"] * len(percents)
    return [kind, name, count, failures, avg, avg, 1.5, 2 * avg, 100, count / 60, 0.1, *times]


def stats(
    path: Path, rows: Sequence[Endpoint] = (GET, POST, OWN), version: str = "2.0", total: str = ""
) -> Path:
    """Write the statistics of *rows* to *path*; *total* is the type of the row of them all."""
    percents = PERCENTS[version]
    count = sum(one[2] for one in rows)
    mean = sum(one[2] * one[4] for one in rows) / (count or 1)
    together = (total, "Aggregated", count, sum(one[3] for one in rows), mean)
    written = io.StringIO(newline="")
    # Up to 1.0 each text was quoted, since then what must be.
    quoting = csv.QUOTE_NONNUMERIC if version == "1.0" else csv.QUOTE_MINIMAL
    writer = csv.writer(written, quoting=quoting)
    writer.writerow([*HEAD, *(f"{percent:g}%" for percent in percents)])
    writer.writerows(_row(one, percents) for one in (*rows, together))
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    return path


HISTORY = [
    *("Timestamp", "User Count", "Type", "Name", "Requests/s", "Failures/s", "50%", "95%"),
    *("Total Request Count", "Total Failure Count", "Total Median Response Time"),
    *("Total Average Response Time", "Total Min Response Time", "Total Max Response Time"),
    "Total Average Content Size",
]


def history(path: Path, rows: Sequence[tuple[int, str, str, int, int, float]]) -> Path:
    """Write a history: time, type, name, requests, failures, mean time so far."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HISTORY)
        for time, kind, name, count, failures, avg in rows:
            shown = (1, 9) if count else ("N/A", "N/A")
            writer.writerow(
                [time, 5, kind, name, "1.0", "0.0", *shown, count, failures, 1, avg, 1, 9, 10]
            )
    return path
