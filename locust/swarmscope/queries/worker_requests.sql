-- Requests per second of each worker.
WITH told AS (
    SELECT time - time % $window AS time, worker, whole
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name = 'Aggregated' AND field = 'count'
        AND samples.time >= $from AND samples.time < $to
    UNION ALL BY NAME
    SELECT time, worker, 0 AS whole
    FROM attended_windows($bucket, $run, $from, $to, $window)
)
SELECT
    time,
    worker,
    sum(whole) / ($window / 1e9) AS value
FROM told
GROUP BY ALL
ORDER BY ALL
