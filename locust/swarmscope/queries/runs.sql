-- Every run in the range, the newest first.
WITH summarised AS (FROM summarised_runs($bucket, $from, $to, $believed)),
events AS (
    SELECT
        run,
        min(time) AS first,
        any_value(coalesce(tags['test'], '')) FILTER (tags['event'] = 'start') AS test,
        min(time) FILTER (tags['event'] = 'start') AS start,
        max(time) FILTER (tags['event'] = 'stop') AS stop,
        arg_max(text, time) FILTER (field = 'host') AS target,
        max(whole) FILTER (field = 'user_count') AS users,
        arg_max(text, time) FILTER (field = 'label') AS label,
        arg_max(text, time) FILTER (field = 'description') AS description,
        max(whole) FILTER (field = 'resolution') AS resolution
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_run' AND run <> ''
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
totals AS (
    SELECT
        run,
        min(time) AS first,
        sum(whole) FILTER (field = 'count') AS requests,
        sum(whole) FILTER (field = 'num_failures') AS failures
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run <> ''
        AND name = 'Aggregated' AND field IN ('count', 'num_failures')
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
crews AS (
    SELECT run, min(time) AS first, max(time) AS last, count(DISTINCT worker) AS workers
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run <> ''
        AND worker <> 'master' AND field = 'requests_seen'
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
),
mishaps AS (
    SELECT run, sum(whole) AS user_errors
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_user_error' AND run <> '' AND field = 'count'
        AND time >= $from AND time < $to
        AND run NOT IN (SELECT run FROM summarised)
    GROUP BY run
)
SELECT
    run,
    test,
    -- Its start may be missing: a spool was full, or somebody else wrote a point of that run.
    coalesce(start, totals.first, crews.first, events.first) AS start,
    stop,
    target,
    users,
    saturated(coalesce(requests, 0)) AS requests,
    saturated(coalesce(failures, 0)) AS failures,
    coalesce(workers, 0) AS workers,
    saturated(coalesce(user_errors, 0)) AS user_errors,
    -- When a worker was heard of last: a run without a stop that is silent was interrupted.
    crews.last AS last,
    coalesce(label, '') AS label,
    coalesce(description, '') AS description,
    resolution
FROM events
FULL JOIN totals USING (run)
FULL JOIN crews USING (run)
LEFT JOIN mishaps USING (run)
UNION ALL
SELECT
    run,
    coalesce(test, ''),
    start * 1000000,
    stop * 1000000,
    target,
    users,
    requests,
    failures,
    workers,
    user_errors,
    last * 1000000,
    coalesce(label, ''),
    coalesce(description, ''),
    resolution
FROM summarised
ORDER BY start DESC, run
