-- What each worker says of its delivery, and what arrived.
WITH told AS (
    SELECT
        worker,
        host,
        arg_max(whole, time) FILTER (field = 'requests_seen') AS seen,
        arg_max(whole, time) FILTER (field = 'requests_locust') AS locust,
        arg_max(whole, time) FILTER (field = 'requests_unheard') AS unheard,
        arg_max(whole, time) FILTER (field = 'failures_unheard') AS unheard_failures,
        arg_max(whole, time) FILTER (field = 'failures_alone') AS failures_alone,
        arg_max(whole, time) FILTER (field = 'requests_delivered') AS delivered,
        -- What a successor found when it sent what this worker had left is added to its account.
        list_sum([
            arg_max(whole, time) FILTER (field = 'requests_rejected'),
            sum(whole) FILTER (field = 'replay_rejected')
        ]) AS rejected,
        list_sum([
            arg_max(whole, time) FILTER (field = 'requests_lost'),
            sum(whole) FILTER (field = 'replay_lost')
        ]) AS lost,
        arg_max(whole, time) FILTER (field = 'points_rejected') AS points_rejected,
        arg_max(whole, time) FILTER (field = 'points_lost') AS points_lost,
        arg_max(whole, time) FILTER (field = 'spool_bytes') AS spool_bytes,
        coalesce(arg_max(flag, time) FILTER (field = 'final'), false) AS final,
        max(time) FILTER (field = 'requests_seen') AS last
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY worker, host
),
per_series AS (
    SELECT
        series,
        any_value(measurement) AS measurement,
        any_value(worker) AS worker,
        sum(whole) AS total,
        arg_max(whole, time) AS newest
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_stats', 'locust_entry_point_stats')
        AND run = $run AND name <> 'Aggregated' AND field = 'count'
        AND time >= $from AND time < $to
    GROUP BY series
),
-- What the seconds add up to, and what the worker's own totals say.
added AS (
    SELECT
        worker,
        sum(total) FILTER (measurement = 'locust_stats') AS stored,
        sum(newest) FILTER (measurement = 'locust_entry_point_stats') AS totals
    FROM per_series
    GROUP BY worker
),
-- What is stored was delivered, whoever sent it: a worker that was killed can't say any more that the
-- last of it was taken.
settled AS (
    SELECT
        *,
        greatest(
            coalesce(delivered, 0),
            least(saturated(coalesce(stored, 0)), coalesce(seen, 0))
        ) AS taken,
        coalesce(seen, 0)::HUGEINT - taken - coalesce(rejected, 0) - coalesce(lost, 0) AS rest
    FROM told
    FULL JOIN added USING (worker)
)
SELECT
    worker,
    nullif(host, '') AS host,
    seen,
    locust,
    unheard,
    unheard_failures,
    failures_alone,
    taken AS delivered,
    saturated(rejected) AS rejected,
    saturated(lost) AS lost,
    saturated(greatest(0, rest)) AS pending,
    points_rejected,
    points_lost,
    spool_bytes,
    coalesce(final, false) AS final,
    last,
    saturated(coalesce(stored, 0)) AS stored,
    saturated(coalesce(totals, 0)) AS totals
FROM settled
ORDER BY worker, host
