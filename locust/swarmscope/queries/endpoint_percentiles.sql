-- Percentiles of each endpoint, and of all together, over the whole range.
WITH buckets AS (
    SELECT name, method, bound, sum(whole)::BIGINT AS count
    FROM samples
    WHERE bucket = $bucket AND measurement = 'locust_latency' AND run = $run
        AND time >= $from AND time < $to
    GROUP BY name, method, bound
),
ranked AS (
    SELECT
        name,
        method,
        bound,
        count,
        sum(count) OVER (PARTITION BY name, method ORDER BY bound) AS reached,
        sum(count) OVER (PARTITION BY name, method) AS total,
        -- From the previous bound that is present: an empty neighbour is written for that.
        lag(bound, 1, 0.0) OVER (PARTITION BY name, method ORDER BY bound) AS lower
    FROM buckets
),
quantiles AS (
    SELECT
        name,
        method,
        q,
        -- The bucket in which the rank falls is the first whose running count reaches it.
        arg_min(lower + (bound - lower) * (q * total - (reached - count)) / count, bound) AS ms
    FROM ranked, (VALUES (0.5::DOUBLE), (0.95), (0.99)) AS wanted (q)
    WHERE count > 0 AND reached >= q * total
    GROUP BY name, method, q
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
),
-- A bucket's bounds may lie outside of all that was measured: what was is known to the digit.
known AS (
    SELECT name, method, q, greatest(least(ms, longest), shortest) AS ms
    FROM quantiles
    LEFT JOIN outermost USING (name, method)
)
SELECT
    name,
    method,
    max(ms) FILTER (q = 0.5) AS p50,
    max(ms) FILTER (q = 0.95) AS p95,
    max(ms) FILTER (q = 0.99) AS p99
FROM known
GROUP BY name, method
ORDER BY name, method
