"""What several questions compute alike, as macros of DuckDB.

Each connection has its own, for as long as it lasts. None is ever in the store's file: in one that
somebody else made it could be anything (`checks.py` refuses such a file), and DuckDB looks for what
is temporary first.
"""

import re

import duckdb

_CREATE = """
-- A sum of whole numbers, or the last number there is: whoever may write can make it longer than a
-- column is, and an answer about all runs must not fail for one. InfluxDB begins anew at the least.
CREATE TEMP MACRO IF NOT EXISTS saturated(total) AS
    CASE
        WHEN total IS NOT NULL
        THEN greatest(least(total, 9223372036854775807), -9223372036854775807)::BIGINT
    END;

-- The first whole second that is not before *moment*.
CREATE TEMP MACRO IF NOT EXISTS whole_second(moment) AS
    saturated((moment::HUGEINT + 999999999) // 1000000000 * 1000000000);

-- How fast counters grow: of each of *counters*, as rows of `samples`, the last value in a window
-- of *width* against that in the window before. *counters* begin one window before *since*, so
-- that the first one has a value to grow from.
CREATE TEMP MACRO IF NOT EXISTS counter_rates(counters, since, width) AS TABLE
WITH lasts AS (
    SELECT
        time - time % width AS start,
        series,
        field,
        any_value(host) AS host,
        any_value(role) AS role,
        any_value(tags['interface']) AS interface,
        -- The value's own time: the last point rarely stands at the window's end.
        max(time) AS moment,
        arg_max(number, time) AS total
    FROM query_table(counters)
    GROUP BY start, series, field
),
growth AS (
    SELECT
        * EXCLUDE total,
        total - lag(total) OVER counter AS grown,
        (moment::HUGEINT - lag(moment) OVER counter) / 1e9 AS seconds
    FROM lasts
    WINDOW counter AS (PARTITION BY series, field ORDER BY moment)
)
SELECT start, host, role, interface, field, grown / seconds AS per_second
FROM growth
-- A counter that went backwards (a reboot) gives no rate.
WHERE grown >= 0 AND moment >= since;

-- Bridges and tunnels carry the same bytes again, and the loopback none that leave: what looks like
-- hardware is added up.
CREATE TEMP MACRO IF NOT EXISTS is_network_card(interface) AS
    NOT regexp_matches(
        interface,
        '^(all$|br-|cali|cilium|cni|docker|dummy|flannel|ifb|kube|lo$|lo[0-9]|lxc|tap|tun|utun|'
        || 'veth|virbr|vmnet|wg)'
    );

-- The value at the rank q of a histogram: the bucket in which the rank falls is the first whose
-- running count reaches it, and it is interpolated from the bound before.
CREATE TEMP MACRO IF NOT EXISTS value_at_rank(q, lower, bound, count, reached, total) AS
    arg_min(lower + (bound - lower) * (q * total - (reached - count)) / count, bound)
        FILTER (reached >= q * total);

-- Percentiles of histograms: *buckets* have a bound and a count, and all of their other columns say
-- which histogram they are of.
CREATE TEMP MACRO IF NOT EXISTS histogram_percentiles(buckets) AS TABLE
WITH keyed AS (
    SELECT row(*COLUMNS(* EXCLUDE (bound, count))) AS histogram, *
    FROM query_table(buckets)
),
ranked AS (
    SELECT
        *,
        sum(count) OVER (PARTITION BY histogram ORDER BY bound) AS reached,
        sum(count) OVER (PARTITION BY histogram) AS total,
        -- From the previous bound that is present: an empty neighbour is written for that.
        lag(bound, 1, 0.0) OVER (PARTITION BY histogram ORDER BY bound) AS lower
    FROM keyed
)
SELECT
    * EXCLUDE (histogram, bound, count, reached, total, lower),
    value_at_rank(0.5::DOUBLE, lower, bound, count, reached, total) AS p50,
    value_at_rank(0.95::DOUBLE, lower, bound, count, reached, total) AS p95,
    value_at_rank(0.99::DOUBLE, lower, bound, count, reached, total) AS p99
FROM ranked
WHERE count > 0
GROUP BY ALL;

-- A percentile that isn't outside of all that was measured, as a bucket's bounds may be: what was
-- the least and the most is known to the digit.
CREATE TEMP MACRO IF NOT EXISTS clamp(percentile, least_measured, most_measured) AS
    CASE
        WHEN percentile IS NOT NULL
        THEN greatest(least(percentile, most_measured), least_measured)
    END;

-- Of a hundred endpoints nobody could tell a hundred lines or bars apart.
CREATE TEMP MACRO IF NOT EXISTS busiest_endpoints(its_bucket, its_run, since, til) AS TABLE
SELECT name
FROM samples
WHERE bucket = its_bucket AND measurement = 'locust_stats' AND run = its_run
    AND name <> 'Aggregated' AND field = 'count'
    AND time >= since AND time < til
GROUP BY name
ORDER BY sum(whole) DESC, name
LIMIT 10;

-- What the windows of each endpoint add up to, and of all together. Means cannot be merged.
CREATE TEMP MACRO IF NOT EXISTS sums_of_endpoints(
    its_bucket, its_run, since, til, its_tags
) AS TABLE
SELECT
    name,
    method,
    min(time) FILTER (field = 'count') AS first,
    max(time) FILTER (field = 'count') AS last,
    sum(whole) FILTER (field = 'count') AS requests,
    sum(whole) FILTER (field = 'num_failures') AS failures,
    -- Requests that had no response time: Locust lets it be None.
    coalesce(sum(whole) FILTER (field = 'untimed'), 0) AS untimed,
    sum(number) FILTER (field = 'total_response_time') AS response_time,
    min(number) FILTER (field = 'min_response_time') AS shortest,
    max(number) FILTER (field = 'max_response_time') AS longest,
    sum(number) FILTER (field = 'total_content_length') AS content_length
FROM samples
WHERE bucket = its_bucket AND measurement = 'locust_stats' AND run = its_run
    AND json_contains(to_json(tags), its_tags)
    AND time >= since AND time < til
GROUP BY name, method;

-- The run's own seconds within the range, so that a wider range doesn't thin the rate.
CREATE TEMP MACRO IF NOT EXISTS run_seconds(its_bucket, its_run, since, til) AS TABLE
SELECT (max(time)::HUGEINT - min(time)) / 1e9 + 1 AS seconds
FROM samples
WHERE bucket = its_bucket AND measurement = 'locust_stats' AND run = its_run
    AND name = 'Aggregated' AND field = 'count'
    AND time >= since AND time < til;

-- The windows of *width* in which workers were there: of one without a request that is none a
-- second, and no gap. Not those that hold the run's begin or its end, nor what comes after.
CREATE TEMP MACRO IF NOT EXISTS attended_windows(its_bucket, its_run, since, til, width) AS TABLE
WITH moments AS (
    SELECT
        min(time) FILTER (tags['event'] = 'start') AS start,
        max(time) FILTER (tags['event'] = 'stop') AS stop,
        count(*) FILTER (tags['event'] = 'start') > count(*) FILTER (tags['event'] = 'stop') AS open
    FROM samples
    WHERE bucket = its_bucket AND measurement = 'locust_run' AND run = its_run
        AND field = 'message'
),
windows AS (
    SELECT DISTINCT time - time % width AS begins, worker
    FROM samples
    WHERE bucket = its_bucket AND measurement = 'locust_users' AND run = its_run
        AND field = 'count' AND time >= since AND time < til
)
SELECT begins AS time, worker
FROM windows, moments
WHERE begins >= coalesce(start, begins)
    AND (open OR stop IS NULL OR begins::HUGEINT + width <= stop);

-- What *its_field* of all endpoints together adds up to, in windows: a part for each time and
-- worker, and none but 0 where workers were there and had nothing.
CREATE TEMP MACRO IF NOT EXISTS counted_windows(
    its_bucket, its_run, since, til, width, its_field
) AS TABLE
SELECT time - time % width AS time, worker, whole
FROM samples
WHERE bucket = its_bucket AND measurement = 'locust_stats' AND run = its_run
    AND name = 'Aggregated' AND field = its_field
    AND samples.time >= since AND samples.time < til
UNION ALL
SELECT time, worker, 0 AS whole
FROM attended_windows(its_bucket, its_run, since, til, width);

-- What audits kept of runs that are over, where it still is all that is known of them: nothing
-- newer has come, and all of the run is in the range. Nothing where it isn't to be *believed*.
CREATE TEMP MACRO IF NOT EXISTS summarised_runs(its_bucket, since, til, believed) AS TABLE
WITH signs AS (
    SELECT run, max(time) AS newest
    FROM samples
    WHERE bucket = its_bucket AND run <> '' AND time >= since AND time < til AND believed
        AND (measurement = 'locust_run' AND field = 'message' AND tags['event'] <> 'verdict'
            OR measurement = 'locust_stats' AND name = 'Aggregated' AND field = 'count'
            OR measurement = 'locust_worker' AND worker <> 'master' AND field = 'requests_seen')
    GROUP BY run
),
told AS (
    SELECT
        run,
        arg_max(flag, time) FILTER (field = 'final') AS final,
        arg_max(text, time) FILTER (field = 'test') AS test,
        arg_max(text, time) FILTER (field = 'host') AS target,
        arg_max(text, time) FILTER (field = 'label') AS label,
        arg_max(text, time) FILTER (field = 'description') AS description,
        arg_max(text, time) FILTER (field = 'commit') AS commit,
        arg_max(whole, time) FILTER (field = 'count') AS requests,
        arg_max(whole, time) FILTER (field = 'num_failures') AS failures,
        arg_max(whole, time) FILTER (field = 'user_errors') AS user_errors,
        arg_max(whole, time) FILTER (field = 'users') AS users,
        arg_max(whole, time) FILTER (field = 'workers') AS workers,
        arg_max(whole, time) FILTER (field = 'resolution') AS resolution,
        arg_max(whole, time) FILTER (field = 'start') AS start,
        arg_max(whole, time) FILTER (field = 'stop') AS stop,
        arg_max(whole, time) FILTER (field = 'last') AS last,
        arg_max(whole, time) FILTER (field = 'first') AS first,
        arg_max(whole, time) FILTER (field = 'until') AS until,
        arg_max(number, time) FILTER (field = 'p95') AS p95
    FROM samples
    WHERE bucket = its_bucket AND measurement = 'locust_run_summary' AND run <> ''
        AND time >= since AND time < til AND believed
    GROUP BY run
)
SELECT told.*
FROM told
LEFT JOIN signs USING (run)
WHERE final AND first * 1000000::HUGEINT >= since AND (until + 1::HUGEINT) * 1000000 <= til
    AND coalesce(newest // 1000000 <= until, true);
"""

_NAME = re.compile(r"MACRO IF NOT EXISTS (\w+)")
_MACROS = {name[1]: text for text in _CREATE.split(";\n") if (name := _NAME.search(text))}
"""Each name to what creates it; none calls one that stands behind it."""


def create_macros(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Let *connection* answer *sql*, which may call some of them, and it may have them already.

    No others: all take 2 ms, and some questions take no longer.
    """
    called: list[str] = []
    for name, text in reversed(_MACROS.items()):
        if any(re.search(rf"\b{name}\(", caller) for caller in (sql, *called)):
            called.insert(0, text)
    if called:
        connection.execute(";\n".join(called))
