-- How many requests of the run took how long: all endpoints together have points of their own.
SELECT bound, saturated(sum(whole)) AS requests
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run AND name = 'Aggregated'
    AND time >= $from AND time < $to
GROUP BY bound
HAVING requests > 0
ORDER BY bound
