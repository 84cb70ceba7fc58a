-- Response times of the requests that succeeded, and of those that failed, of the ten busiest endpoints
-- and of all together: quick failures make all of them look quick. An endpoint of which some failures
-- were not told apart is left out.
WITH busiest AS (
    FROM busiest_endpoints($bucket, $run, $from, $to)
),
told AS (
    SELECT
        name,
        method,
        bound,
        coalesce(sum(whole) FILTER (measurement = 'locust_latency'), 0) AS answered,
        coalesce(sum(whole) FILTER (measurement = 'locust_failed_latency'), 0) AS failed
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_latency', 'locust_failed_latency')
        AND run = $run AND time >= $from AND time < $to
        AND (name = 'Aggregated' OR name IN (SELECT name FROM busiest))
    GROUP BY name, method, bound
),
sums AS (
    SELECT
        name,
        method,
        sum(whole) FILTER (field = 'count') AS requests,
        sum(whole) FILTER (field = 'num_failures') AS failures,
        min(number) FILTER (field = 'min_response_time') AS shortest,
        max(number) FILTER (field = 'max_response_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_stats' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name, method
),
apart AS (
    SELECT
        name,
        method,
        bound,
        saturated(greatest(0, answered - failed)) AS good,
        saturated(failed) AS bad
    FROM told
),
endpoints AS (
    SELECT
        name,
        method,
        sum(good) AS succeeded,
        sum(bad) AS failed,
        shortest,
        longest
    FROM apart
    LEFT JOIN sums USING (name, method)
    GROUP BY name, method, requests, failures, shortest, longest
    -- What has no response time is in no histogram.
    HAVING coalesce(failures, 0) - sum(bad)
        <= greatest(0, coalesce(requests, 0) - sum(good) - sum(bad))
),
good AS (
    SELECT name, method, bound, good AS count FROM apart
),
bad AS (
    SELECT name, method, bound, bad AS count FROM apart
)
SELECT
    name,
    method,
    saturated(succeeded) AS succeeded,
    clamp(well.p50, shortest, longest) AS p50,
    clamp(well.p95, shortest, longest) AS p95,
    clamp(well.p99, shortest, longest) AS p99,
    saturated(failed) AS failed,
    clamp(broken.p50, shortest, longest) AS failed_p50,
    clamp(broken.p95, shortest, longest) AS failed_p95,
    clamp(broken.p99, shortest, longest) AS failed_p99
FROM endpoints
LEFT JOIN histogram_percentiles(good) AS well USING (name, method)
LEFT JOIN histogram_percentiles(bad) AS broken USING (name, method)
WHERE endpoints.succeeded + endpoints.failed > 0
ORDER BY name, method
