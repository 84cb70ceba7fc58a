-- Every run in the range, the newest first.
WITH told AS (
    SELECT
        run,
        measurement,
        worker,
        coalesce(tags['event'], '') AS event,
        coalesce(tags['test'], '') AS test,
        field,
        time,
        whole,
        text
    FROM samples
    WHERE bucket = $bucket AND run IS NOT NULL
        AND (
            measurement = 'locust_run'
            OR (measurement = 'locust_stats' AND name = 'Aggregated'
                AND field IN ('count', 'num_failures'))
            OR (measurement = 'locust_worker' AND field = 'requests_seen')
        )
        AND time >= $from AND time < $to
)
SELECT
    run,
    any_value(test) FILTER (event = 'start') AS test,
    coalesce(min(time) FILTER (event = 'start'), min(time)) AS start,
    max(time) FILTER (event = 'stop') AS stop,
    arg_max(text, time) FILTER (measurement = 'locust_run' AND field = 'host') AS target,
    max(whole) FILTER (field = 'user_count') AS users,
    coalesce(sum(whole) FILTER (field = 'count'), 0)::BIGINT AS requests,
    coalesce(sum(whole) FILTER (field = 'num_failures'), 0)::BIGINT AS failures,
    count(DISTINCT worker) FILTER (measurement = 'locust_worker' AND worker <> 'master') AS workers
FROM told
GROUP BY run
ORDER BY start DESC, run
