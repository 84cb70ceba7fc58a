-- Percentiles of the response times of all endpoints, merged over the workers.
WITH buckets AS (
    SELECT time - time % $window AS start, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND name = 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY start, bound
),
outermost AS (
    SELECT
        time - time % $window AS start,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND name = 'Aggregated' AND field IN ('min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
    GROUP BY start
)
SELECT
    start AS time,
    clamp(p50, shortest, longest) AS p50,
    clamp(p95, shortest, longest) AS p95,
    clamp(p99, shortest, longest) AS p99,
    longest AS max
FROM histogram_percentiles(buckets)
FULL JOIN outermost USING (start)
ORDER BY start
