-- Failures per second over all endpoints and workers.
SELECT
    time - time % $window AS time,
    sum(whole) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
    AND name = 'Aggregated' AND field = 'num_failures'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
