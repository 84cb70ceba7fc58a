-- Of each worker how many seconds it was over a limit of schema/limits.py: its response times then are its
-- own. The master sends no load.
WITH health AS (
    SELECT worker, field, time, number
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run AND worker <> 'master'
        AND field IN ('cpu_percent', 'loop_lag_ms')
        AND time >= $from AND time < $to
)
SELECT
    worker,
    count(*) FILTER (field = 'cpu_percent') AS seconds,
    count(DISTINCT time) FILTER (
        (field = 'cpu_percent' AND number > 90) OR (field = 'loop_lag_ms' AND number > 100)
    ) AS over,
    max(number) FILTER (field = 'cpu_percent') AS cpu_percent,
    max(number) FILTER (field = 'loop_lag_ms') AS loop_lag_ms
FROM health
GROUP BY worker
HAVING seconds > 0
ORDER BY worker
