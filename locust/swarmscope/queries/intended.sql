-- Response times from when requests should have begun, beside what their answers took, of the ten
-- busiest endpoints and of all together, where users say when they should begin.
WITH busiest AS (
    FROM busiest_endpoints($bucket, $run, $from, $to)
),
told AS (
    SELECT measurement, name, method, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement IN ('locust_latency', 'locust_intended_latency')
        AND run = $run AND time >= $from AND time < $to
        AND (name = 'Aggregated' OR name IN (SELECT name FROM busiest))
    GROUP BY measurement, name, method, bound
),
intended AS (
    SELECT name, method, bound, count FROM told WHERE measurement = 'locust_intended_latency'
),
service AS (
    SELECT name, method, bound, count FROM told WHERE measurement = 'locust_latency'
),
counted AS (
    SELECT name, method, sum(count) AS begun FROM intended GROUP BY name, method
)
SELECT
    name,
    method,
    saturated(begun) AS requests,
    due.p50 AS p50,
    due.p95 AS p95,
    due.p99 AS p99,
    clamp(took.p50, shortest, longest) AS service_p50,
    clamp(took.p95, shortest, longest) AS service_p95,
    clamp(took.p99, shortest, longest) AS service_p99
FROM counted
JOIN histogram_percentiles(intended) AS due USING (name, method)
LEFT JOIN histogram_percentiles(service) AS took USING (name, method)
LEFT JOIN sums_of_endpoints($bucket, $run, $from, $to, '{}') AS sums USING (name, method)
WHERE begun > 0
ORDER BY name, method
