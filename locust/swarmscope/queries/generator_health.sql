-- Whether the workers themselves spoilt the measurement: the limits are those of schema.py.
WITH health AS (
    SELECT series, field, time, number, whole
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
        AND field IN (
            'cpu_percent', 'loop_lag_ms', 'clock_error_ms',
            'requests_lost', 'requests_rejected', 'requests_pending'
        )
        AND time >= $from AND time < $to
),
lasts AS (
    SELECT field, series, arg_max(whole, time) AS newest
    FROM health
    WHERE field LIKE 'requests_%'
    GROUP BY field, series
),
accounts AS (
    SELECT
        sum(newest) FILTER (field = 'requests_lost')::BIGINT AS lost,
        sum(newest) FILTER (field = 'requests_rejected')::BIGINT AS rejected,
        sum(newest) FILTER (field = 'requests_pending')::BIGINT AS pending
    FROM lasts
),
limits AS (
    SELECT
        count(*) FILTER (field = 'cpu_percent') AS worker_seconds,
        count(*) FILTER (field = 'cpu_percent' AND number > 90) AS cpu_over,
        count(*) FILTER (field = 'loop_lag_ms' AND number > 100) AS lag_over,
        max(number) FILTER (field = 'cpu_percent') AS cpu_percent,
        max(number) FILTER (field = 'loop_lag_ms') AS loop_lag_ms,
        coalesce(max(abs(number)) FILTER (field = 'clock_error_ms'), 0.0) AS clock_error_ms,
        count(*) AS values
    FROM health
)
SELECT
    -- Null where no worker told of its CPU, as InfluxDB has it.
    nullif(worker_seconds, 0) AS worker_seconds,
    cpu_over,
    lag_over,
    cpu_percent,
    loop_lag_ms,
    clock_error_ms,
    lost,
    rejected,
    pending
FROM limits
CROSS JOIN accounts
WHERE limits.values > 0
