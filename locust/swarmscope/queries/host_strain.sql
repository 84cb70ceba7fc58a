-- Whose the machines were while their workers' loops were late: how full, and how much of it by the workers.
-- A window is ten seconds, or a thousandth of a long range: host metrics come less often than workers'.
WITH span AS (SELECT greatest(10000000000, ($to::HUGEINT - $from) // 1000) AS width),
health AS (
    SELECT host, worker, field, time // width AS part, number
    FROM samples, span
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
        AND host <> '' AND field IN ('cpu_percent', 'loop_lag_ms')
        AND time >= $from AND time < $to
),
late AS (
    SELECT host, part, count(*) AS seconds
    FROM health
    WHERE field = 'loop_lag_ms' AND number > 100
    GROUP BY host, part
),
each AS (
    SELECT host, part, worker, avg(number) AS percent
    FROM health
    WHERE field = 'cpu_percent'
    GROUP BY host, part, worker
),
crews AS (SELECT host, part, sum(percent) AS workers FROM each GROUP BY host, part),
machines AS (
    SELECT host, time // width AS part, 100 - avg(number) AS used
    FROM samples, span
    WHERE bucket = $bucket AND measurement = 'cpu' AND field = 'usage_idle'
        AND tags['cpu'] = 'cpu-total'
        AND time >= $from AND time < $to
    GROUP BY host, part
),
sizes AS (
    SELECT host, max(number) AS processors
    FROM samples
    WHERE bucket = $bucket AND measurement = 'system' AND field = 'n_cpus'
        AND time >= $from AND time < $to
    GROUP BY host
),
totals AS (
    SELECT
        host,
        sum(seconds)::BIGINT AS late,
        coalesce(sum(seconds) FILTER (used IS NOT NULL), 0)::BIGINT AS measured,
        coalesce(sum(seconds) FILTER (used > 90), 0)::BIGINT AS "full",
        coalesce(sum(seconds * used), 0.0) AS used,
        coalesce(sum(seconds * workers) FILTER (used IS NOT NULL), 0.0) AS workers
    FROM late
    LEFT JOIN crews USING (host, part)
    LEFT JOIN machines USING (host, part)
    GROUP BY host
)
SELECT
    host,
    late,
    measured,
    "full",
    if(measured > 0, used / measured, 0.0) AS cpu_percent,
    if(measured > 0, workers / measured, 0.0) AS workers_percent,
    coalesce(processors, 0.0) AS processors
FROM totals
LEFT JOIN sizes USING (host)
ORDER BY host
