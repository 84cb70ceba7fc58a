-- The few numbers that stand above all others: of all requests in the range, and the busiest host.
WITH sums AS (
    SELECT
        saturated(sum(whole) FILTER (field = 'count')) AS requests,
        saturated(sum(whole) FILTER (field = 'num_failures')) AS failures,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run AND name = 'Aggregated'
        AND field IN ('count', 'num_failures', 'min_response_time', 'max_response_time')
        AND time >= $from AND time < $to
),
buckets AS (
    SELECT 1 AS one, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run AND name = 'Aggregated'
        AND time >= $from AND time < $to
    GROUP BY bound
),
busiest AS (
    SELECT host, 100 - min(number) AS cpu
    FROM samples
    WHERE bucket = $bucket AND measurement = 'cpu' AND field = 'usage_idle'
        AND tags['cpu'] = 'cpu-total'
        AND time >= $from AND time < $to
    GROUP BY host
    ORDER BY cpu DESC, host
    LIMIT 1
)
SELECT
    coalesce(requests, 0) AS requests,
    coalesce(requests / seconds, 0) AS requests_per_second,
    coalesce(failures, 0) AS failures,
    clamp(p50, shortest, longest) AS p50,
    clamp(p95, shortest, longest) AS p95,
    clamp(p99, shortest, longest) AS p99,
    longest AS max,
    cpu,
    nullif(host, '') AS host
FROM sums
CROSS JOIN run_seconds($bucket, $run, $from, $to)
LEFT JOIN histogram_percentiles(buckets) ON true
LEFT JOIN busiest ON true
WHERE requests IS NOT NULL OR cpu IS NOT NULL
