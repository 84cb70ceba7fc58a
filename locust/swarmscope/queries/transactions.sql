-- Transactions of the whole range: journeys of several requests that users time, none of them a request.
WITH buckets AS (
    SELECT name, bound, saturated(sum(whole)) AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_transaction_latency' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name, bound
),
sums AS (
    SELECT
        name,
        saturated(sum(whole) FILTER (field = 'count')) AS ended,
        saturated(sum(whole) FILTER (field = 'num_failures')) AS failures,
        saturated(sum(whole) FILTER (field = 'abandoned')) AS abandoned,
        sum(number) FILTER (field = 'total_time') AS total,
        sum(number) FILTER (field = 'total_wait') AS waited,
        min(number) FILTER (field = 'min_time') AS shortest,
        max(number) FILTER (field = 'max_time') AS longest
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_transactions' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name
)
SELECT
    name,
    coalesce(ended, 0) AS transactions,
    coalesce(failures, 0) AS failures,
    coalesce(abandoned, 0) AS abandoned,
    total / nullif(ended, 0) AS mean,
    clamp(p50, shortest, longest) AS p50,
    clamp(p95, shortest, longest) AS p95,
    clamp(p99, shortest, longest) AS p99,
    longest AS max,
    waited / nullif(ended, 0) AS pause
FROM sums
LEFT JOIN histogram_percentiles(buckets) USING (name)
ORDER BY name
