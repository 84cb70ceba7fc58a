"""Points in line protocol from what was counted: seconds, minutes, totals, failures."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from swarmscope import line_protocol, schema
from swarmscope.line_protocol import Field, shorten
from swarmscope.recording import histogram, statuses
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.failures import FailureWindow
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.tally import Key, Raw, Tally
from swarmscope.recording.user_errors import UserErrorWindow

NANOSECONDS = 1_000_000_000
_NO_FRACTION = 2.0**53
"""From here on a float is a whole number."""
MINUTE = schema.RESOLUTION_LONG
_CLASS_LENGTH = 120


class Encoder:
    """Encodes the points of one run on one worker.

    *tags* are on each of its points: ``run``, ``worker`` and the user's own. What *budgets* don't
    admit is written as `schema.FOLDED`; whoever counts for the same run asks the same. Each method
    returns lines of line protocol; times are seconds since the epoch.
    """

    def __init__(self, tags: Mapping[str, str], budgets: Budgets | None = None) -> None:
        # InfluxDB wants tags sorted by key; the endpoint's own are put among these once a series.
        self._tags = dict(tags)
        self._escaped = {
            line_protocol.escape_tag(k): line_protocol.escape_tag(v) for k, v in tags.items()
        }
        self._series: dict[tuple[str, Key], str] = {}
        self._budgets = budgets or Budgets()
        self._answers: dict[tuple[Key, int], str] = {}

    def point(
        self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, Field], time_ns: int
    ) -> str:
        """Return one point of *measurement* with *tags* beside the common ones."""
        return line_protocol.line(
            line_protocol.series(measurement, {**self._tags, **tags}), fields, time_ns
        )

    def stats(self, tallies: Tallies, start: int, seconds: int, users: int) -> Iterator[str]:
        """Yield `locust_stats` of a window of *seconds*."""
        time_ns = start * NANOSECONDS
        for key, tally in tallies.items():
            fields = f"{totals(tally, seconds)},current_user_count={users}i"
            yield f"{self._endpoint(schema.LOCUST_STATS.name, key)} {fields} {time_ns}"

    def latencies(
        self, tallies: Iterable[tuple[Key, Tally]], start: int, *, coarse: bool = False
    ) -> Iterator[str]:
        """Yield `locust_latency` of the response times in *tallies*; *coarse*: in 4 % buckets.

        And where requests failed `locust_failed_latency`, which costs nothing where none did.
        """
        at = start * NANOSECONDS
        for key, tally in tallies:
            if tally.timed:
                all_of_them = tally.histogram
                yield self._histogram(schema.LOCUST_LATENCY, key, all_of_them, at, coarse=coarse)
            if tally.failed:
                failed = tally.failed
                yield self._histogram(schema.LOCUST_FAILED_LATENCY, key, failed, at, coarse=coarse)

    def _histogram(
        self,
        of: schema.Measurement,
        key: Key,
        counts: Mapping[int, int],
        time_ns: int,
        *,
        coarse: bool = False,
    ) -> str:
        """Return the point with how many times are in which bucket."""
        return f"{self._endpoint(of.name, key)} {_buckets(counts, coarse=coarse)} {time_ns}"

    def intended(self, key: Key, counts: Mapping[int, int], start: int) -> str:
        """Return `locust_intended_latency` of response times in these buckets."""
        return self._histogram(schema.LOCUST_INTENDED_LATENCY, key, counts, start * NANOSECONDS)

    def arrivals(self, user_class: str, fields: Mapping[str, Field], time_ns: int) -> str:
        """Return `locust_arrivals` of what became of a class's arrivals."""
        folded = self._budgets.user_classes.fold(shorten(user_class, _CLASS_LENGTH))
        return self.point(schema.LOCUST_ARRIVALS.name, {"user_class": folded}, fields, time_ns)

    def transactions(
        self, name: str, fields: Mapping[str, Field], counts: Mapping[int, int], time_ns: int
    ) -> Iterator[str]:
        """Yield `locust_transactions` of those called *name*, and their times in buckets."""
        key = (name, "")
        yield self.of_endpoint(schema.LOCUST_TRANSACTIONS.name, key, fields, time_ns)
        if counts:
            yield self._histogram(schema.LOCUST_TRANSACTION_LATENCY, key, counts, time_ns)

    def statuses(self, endpoints: Iterable[Raw], start: int) -> Iterator[str]:
        """Yield `locust_status` of one window: each of its requests counts once."""
        time_ns = start * NANOSECONDS
        for raw in endpoints:
            counts: dict[str, int] = {}
            for code, count in raw.statuses.items():
                series = self._answers.get((raw.key, code)) or self._answer(raw.key, code)
                # Of what is folded there may be more than one code, and only one point.
                counts[series] = counts.get(series, 0) + count
            for series, count in counts.items():
                yield f"{series} count={count}i {time_ns}"

    def _answer(self, key: Key, code: int) -> str:
        status = (
            schema.NO_STATUS if code == statuses.NONE else self._budgets.statuses.fold(str(code))
        )
        known = code == statuses.NONE or self._budgets.answer_kinds.admits((key, status))
        tags = {"name": key[0], "method": key[1], "status": status if known else schema.FOLDED}
        series = schema.LOCUST_STATUS.name + _joined({**self._escaped, **tags})
        if known:
            self._answers[key, code] = series
        return series

    def totals(self, tallies: Tallies, seconds: float, time_ns: int) -> Iterator[str]:
        """Yield `locust_entry_point_stats`: totals of a run that has lasted *seconds*."""
        name = schema.LOCUST_ENTRY_POINT_STATS.name
        for key, tally in tallies.items():
            yield f"{self._endpoint(name, key)} {totals(tally, seconds)} {time_ns}"

    def failures(self, failures: FailureWindow, start: int) -> list[str]:
        """Return `locust_exception_stats` of one window."""
        lines = []
        for failure, (count, message) in failures.items():
            series = schema.LOCUST_EXCEPTION_STATS.name + _joined(
                {**vars(failure), **self._escaped}
            )
            lines.append(
                line_protocol.line(
                    series, {"count": count, "message": message}, start * NANOSECONDS
                )
            )
        return lines

    def user_errors(self, errors: UserErrorWindow, time_ns: int) -> list[str]:
        """Return `locust_user_error` of what was raised since the last call, at its own time."""
        return [
            self.point(
                schema.LOCUST_USER_ERROR.name,
                vars(error),
                {"count": count, "message": sample},
                time_ns,
            )
            for error, (count, sample) in errors.items()
        ]

    def users(self, counts: Mapping[str, int], field: str, start: int) -> list[str]:
        """Return `locust_users`: *counts* of users by class, as `count` or `target_count`."""
        folded: Counter[str] = Counter()
        for cls, n in counts.items():
            folded[self._budgets.user_classes.fold(shorten(cls, _CLASS_LENGTH))] += n
        return [
            self.point(
                schema.LOCUST_USERS.name, {"user_class": cls}, {field: n}, start * NANOSECONDS
            )
            for cls, n in folded.items()
        ]

    def of_endpoint(
        self, measurement: str, key: Key, fields: Mapping[str, Field], time_ns: int
    ) -> str:
        """Return one point of *measurement* of the endpoint *key*."""
        return line_protocol.line(self._endpoint(measurement, key), fields, time_ns)

    def _endpoint(self, measurement: str, key: Key) -> str:
        series = self._series.get((measurement, key))
        if series is None:
            series = measurement + _joined({**self._escaped, "name": key[0], "method": key[1]})
            self._series[measurement, key] = series
        return series


def _joined(escaped: Mapping[str, str]) -> str:
    return "".join(f",{k}={v}" for k, v in sorted(escaped.items()) if k and v)


def _buckets(counts: Mapping[int, int], *, coarse: bool) -> str:
    """Return the fields of the histogram *counts*; *coarse*: in 4 % buckets."""
    return histogram.encode(histogram.coarse(counts) if coarse else counts, 2 if coarse else 1)


def totals(tally: Tally, seconds: float) -> str:
    """Return the fields that tell of *tally*, which was counted in so many *seconds*."""
    # Written out: a second of ten endpoints has a few hundred fields, and time spent here is the
    # load generator's. The names need no escaping, and the numbers are finite.
    fields = f"count={tally.count}i,num_failures={tally.failures}i"
    if tally.timed < tally.count:
        fields += f",untimed={tally.count - tally.timed}i"
    if tally.timed:
        fields += (
            f",avg_response_time={binary(tally.total / tally.timed)}"
            f",min_response_time={binary(tally.min)},max_response_time={binary(tally.max)}"
            f",total_response_time={binary(tally.total)}"
        )
    if tally.count:
        length = line_protocol.in_range(tally.length)
        fields += f",avg_content_length={binary(length / tally.count)}"
        fields += f",total_content_length={length}i"
    rate, fail_rate = (tally.count / seconds, tally.failures / seconds) if seconds else (0.0, 0.0)
    return f"{fields},current_rps={rate!r},current_fail_per_sec={fail_rate!r}"


def binary(number: float) -> str:
    """Return *number* as `rounded`, in a line."""
    return repr(rounded(number))


def rounded(number: float) -> float:
    """Return *number* to the nearest 1/1024, about a thousandth.

    A fraction of few binary digits is shorter, and a store that keeps what differs between two
    floats (InfluxDB) needs a third of the room for it.
    """
    # Past that there is no fraction to round, and the product may be past all numbers.
    return round(number * 1_024) / 1_024 if abs(number) < _NO_FRACTION else number


def requests_of(line: str) -> int:
    """Return how many requests of the run *line* stands for, to account for it alone.

    Only a second's `locust_stats` of one endpoint counts: everything else tells of the same
    requests again.
    """
    series, _, rest = line.replace("\\ ", "\0").partition(" ")
    if not series.startswith(schema.LOCUST_STATS.name + ",") or _AGGREGATE_TAG in series + ",":
        return 0
    for field in rest.split(" ", 1)[0].split(","):
        key, _, value = field.partition("=")
        if key == "count":
            return int(value.rstrip("i"))
    return 0


_AGGREGATE_TAG = f",name={schema.AGGREGATED},"
