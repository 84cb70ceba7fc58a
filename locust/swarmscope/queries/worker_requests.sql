-- Requests per second of each worker.
SELECT
    time - time % $window AS time,
    worker,
    sum(whole) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
    AND name = 'Aggregated' AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
