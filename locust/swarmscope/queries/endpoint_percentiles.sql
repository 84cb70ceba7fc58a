-- Percentiles of each endpoint, and of all together, over the whole range, with the shortest and the
-- longest time of the same points: whoever shows a maximum beside them shows this one, since another
-- question may have been answered a moment before.
WITH buckets AS (
    SELECT name, method, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name, method, bound
),
outermost AS (
    SELECT
        name,
        method,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY name, method
)
SELECT
    name,
    method,
    clamp(p50, shortest, longest) AS p50,
    clamp(p95, shortest, longest) AS p95,
    clamp(p99, shortest, longest) AS p99,
    shortest AS min_response_time,
    longest AS max_response_time
FROM histogram_percentiles(buckets)
LEFT JOIN outermost USING (name, method)
ORDER BY name, method
