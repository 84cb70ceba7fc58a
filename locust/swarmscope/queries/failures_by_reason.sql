-- Failures per second of each kind, over all endpoints and workers.
SELECT
    time - time % $window AS time,
    coalesce(tags['exception'], '') AS exception,
    coalesce(tags['status'], '') AS status,
    coalesce(tags['reason'], '') AS reason,
    sum(whole) / ($window / 1e9) AS value
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_exception_stats' AND run = $run AND field = 'count'
    AND time >= $from AND time < $to
GROUP BY ALL
ORDER BY ALL
