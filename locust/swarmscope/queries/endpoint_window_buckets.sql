-- How many requests of each endpoint took how long in each window, and in
-- rows of their own those that failed.
SELECT
    time - time % $window AS time,
    name,
    method,
    bound,
    coalesce(saturated(sum(whole) FILTER (measurement = 'locust_latency')), 0) AS requests,
    coalesce(saturated(sum(whole) FILTER (measurement = 'locust_failed_latency')), 0) AS failed
FROM samples
WHERE bucket = $bucket AND measurement IN ('locust_latency', 'locust_failed_latency')
    AND run = $run AND name <> 'Aggregated'
    AND json_contains(to_json(tags), $tags)
    AND time >= $from AND time < $to
GROUP BY time - time % $window, name, method, bound, measurement
HAVING requests > 0 OR failed > 0
ORDER BY time, name, method, bound
