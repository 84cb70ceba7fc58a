-- The 95th percentile of each of the ten busiest endpoints, merged over the workers.
WITH busiest AS (
    FROM busiest_endpoints($bucket, $run, $from, $to)
),
buckets AS (
    SELECT time - time % $window AS start, name, method, bound, saturated(sum(whole)) AS count
    FROM samples
    JOIN busiest USING (name)
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY start, name, method, bound
),
-- Of the whole range, not of each window: with that Flux would take a third longer.
outermost AS (
    SELECT
        name,
        method,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    JOIN busiest USING (name)
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY name, method
)
SELECT
    start AS time,
    name,
    method,
    clamp(p95, shortest, longest) AS p95
FROM histogram_percentiles(buckets)
LEFT JOIN outermost USING (name, method)
ORDER BY time, name, method
