-- Of every run in the range: how long it was, how quick, whether all of it arrived, and its verdict.
WITH events AS (
    SELECT
        run,
        min(time) FILTER (field = 'message') AS first,
        max(time) FILTER (field = 'message') AS last,
        arg_max(text, time) FILTER (tags['event'] = 'start' AND field = 'commit') AS commit,
        arg_max(text, time) FILTER (tags['event'] = 'verdict' AND field = 'message') AS verdict
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run <> ''
        AND time >= $from AND time < $to
    GROUP BY run
),
totals AS (
    SELECT run, min(time) AS first, max(time) AS last
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY run
),
crews AS (
    SELECT run, max(time) AS last
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run <> ''
        AND worker <> 'master' AND field = 'requests_seen'
        AND time >= $from AND time < $to
    GROUP BY run
),
-- An audit stands where its run began.
audits AS (
    SELECT
        run,
        arg_max(text, time) FILTER (measurement = 'locust_audit' AND field = 'said') AS audit,
        arg_max(text, time) FILTER (measurement = 'locust_audit' AND field = 'line') AS why,
        arg_max(number, time) FILTER (field = 'p95') AS audited_p95
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_audit', 'locust_run_summary')
        AND time >= $from AND time < $to
    GROUP BY run
),
buckets AS (
    SELECT run, bound, sum(whole)::BIGINT AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run <> '' AND name = 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY run, bound
),
ranked AS (
    SELECT
        run,
        bound,
        count,
        sum(count) OVER (PARTITION BY run ORDER BY bound) AS reached,
        sum(count) OVER (PARTITION BY run) AS total,
        -- From the previous bound that is present: an empty neighbour is written for that.
        lag(bound, 1, 0.0) OVER (PARTITION BY run ORDER BY bound) AS lower
    FROM buckets
),
quantiles AS (
    SELECT
        run,
        -- The bucket in which the rank falls is the first whose running count reaches it.
        arg_min(lower + (bound - lower) * (0.95 * total - (reached - count)) / count, bound) AS p95
    FROM ranked
    WHERE count > 0 AND reached >= 0.95::DOUBLE * total
    GROUP BY run
),
outermost AS (
    SELECT
        run,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY run
),
-- A bucket's bounds may lie outside of all that was measured: what was is known to the digit.
known AS (
    SELECT run, greatest(least(p95, longest), shortest) AS p95
    FROM quantiles
    LEFT JOIN outermost USING (run)
),
summaries AS (
    SELECT
        run,
        commit,
        least(events.first, totals.first) // 1000000 AS first,
        greatest(events.last, totals.last, crews.last) // 1000000 AS last,
        -- A worker that was killed left no last minute: what was audited is from all seconds.
        coalesce(audited_p95, p95) AS p95,
        verdict,
        audit,
        why
    FROM events
    FULL JOIN totals USING (run)
    FULL JOIN crews USING (run)
    LEFT JOIN known USING (run)
    LEFT JOIN audits USING (run)
)
SELECT
    run,
    coalesce(commit, '') AS commit,
    (last - coalesce(first, last)) / 1000 AS seconds,
    p95,
    coalesce(audit, 'not audited yet') AS audit,
    coalesce(why, '') AS why,
    coalesce(verdict, 'not judged') AS verdict,
    coalesce(first, last) * 1000000 AS from,
    last * 1000000 AS until
FROM summaries
ORDER BY "from" DESC, run DESC
