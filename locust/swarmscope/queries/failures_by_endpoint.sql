-- Failures per second of each endpoint, over all workers.
SELECT
    time - time % $window AS time,
    name,
    method,
    sum(whole) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_exception_stats' AND run = $run AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
