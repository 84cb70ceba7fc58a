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
    SELECT run, min(time) AS first, max(time) AS last, sum(whole) AS stored
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY run
),
told AS (
    SELECT
        run,
        series,
        max(time) FILTER (field = 'requests_seen') AS last,
        arg_max(whole, time) FILTER (field = 'requests_seen') AS seen,
        coalesce(arg_max(flag, time) FILTER (field = 'final'), false) AS final
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run <> ''
        AND worker <> 'master' AND field IN ('requests_seen', 'final')
        AND time >= $from AND time < $to
    GROUP BY run, series
),
crews AS (
    SELECT
        run, max(last) AS last, sum(seen) AS seen, count(seen) AS workers,
        count(*) FILTER (final) AS finished
    FROM told
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
summaries AS (
    SELECT
        run,
        commit,
        least(events.first, totals.first) // 1000000 AS first,
        greatest(events.last, totals.last, crews.last) // 1000000 AS last,
        p95,
        verdict,
        coalesce(workers, 0) AS workers,
        coalesce(finished, 0) AS finished,
        coalesce(seen, 0) AS seen,
        coalesce(stored, 0) AS stored
    FROM events
    FULL JOIN totals USING (run)
    FULL JOIN crews USING (run)
    LEFT JOIN quantiles USING (run)
)
SELECT
    run,
    coalesce(commit, '') AS commit,
    (last - coalesce(first, last)) / 1000 AS seconds,
    p95,
    CASE
        WHEN workers = 0 THEN 'unknown'
        WHEN stored < seen THEN (seen - stored)::BIGINT || ' missing'
        WHEN finished < workers THEN (workers - finished)::BIGINT || ' unfinished'
        WHEN stored > seen THEN (stored - seen)::BIGINT || ' too many'
        ELSE 'complete'
    END AS audit,
    coalesce(verdict, 'not judged') AS verdict,
    coalesce(first, last) * 1000000 AS from,
    last * 1000000 AS until
FROM summaries
ORDER BY "from" DESC, run DESC
